//! Entering a network of one's own: the program starts itself anew inside it.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use crate::run_folder::RunFolder;

/// How far the browsers are cut off from the machine's own network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// A network namespace: real names, real addresses, ports 80 and 443, nothing gets out.
    Private,
    /// None could be made. The browsers send every name to 127.0.0.1 instead, so that addresses
    /// tell nothing and the verdicts rest on the fields alone.
    Shared { why: String },
}

/// Tells the restarted program that it is inside.
const INSIDE: &str = "SERVED_BY_WORLD";

/// Runs once inside, as root of the namespace: `$1` is a folder with the files to put into place,
/// the rest is the program to become.
///
/// Names are asked of our own server only: systems that ask a service over a socket file
/// (`resolve` in nsswitch.conf) would otherwise reach the real network through it. Loopback
/// takes every address, so that each provider's own can be used.
const SCRIPT: &str = r#"
set -e
PATH="$PATH:/usr/sbin:/sbin"
folder=$1; shift
ip link set lo up
ip route add local 0.0.0.0/0 dev lo
ip -6 route add local ::/0 dev lo 2>/dev/null || true
mount --bind "$folder/resolv.conf" /etc/resolv.conf
[ ! -e /etc/nsswitch.conf ] || mount --bind "$folder/nsswitch.conf" /etc/nsswitch.conf
rm -r "$folder"
exec "$@"
"#;

/// Enters a private network by replacing this process, or says why there is none.
///
/// Call it first thing in `main`: on success it does not return the first time, and the second
/// time, inside, it returns `Private` at once.
pub fn enter() -> Isolation {
    if env::var_os(INSIDE).is_some() {
        return Isolation::Private;
    }
    match attempt() {
        Ok(never) => match never {},
        Err(error) => Isolation::Shared { why: error.to_string() },
    }
}

fn attempt() -> io::Result<std::convert::Infallible> {
    // Root needs no user namespace; everybody else becomes root of one.
    let mut refused = None;
    for flags in [&["--net", "--mount"][..], &["--user", "--map-root-user", "--net", "--mount"]] {
        let folder = RunFolder::new("world")?;
        fs::write(folder.path().join("resolv.conf"), "nameserver 127.0.0.53\noptions timeout:1 attempts:1\n")?;
        fs::write(
            folder.path().join("nsswitch.conf"),
            "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n",
        )?;
        let command = |script: &str| {
            let mut command = Command::new("unshare");
            command.args(flags).args(["--", "sh", "-c", script, "world"]).arg(folder.path());
            command
        };
        // Tried first with nothing to become, because after `exec` there is no way back.
        let trial = SCRIPT.replace("rm -r \"$folder\"", ":");
        let trial = command(&trial).arg("true").stdin(Stdio::null()).output()?;
        if !trial.status.success() {
            let message = String::from_utf8_lossy(&trial.stderr);
            refused = Some(message.lines().last().unwrap_or("unshare failed").to_owned());
            continue;
        }
        return Err(command(SCRIPT).arg(env::current_exe()?).args(env::args_os().skip(1)).env(INSIDE, "1").exec());
    }
    Err(io::Error::other(refused.unwrap_or_default()))
}
