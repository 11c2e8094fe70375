//! Entering a network of one's own: the program starts itself anew inside it.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::{env, fs, io, process, thread};

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
/// the rest is the program to run.
///
/// Names are asked of our own server only: systems that ask a service over a socket file
/// (`resolve` in nsswitch.conf) would otherwise reach the real network through it. Loopback
/// takes every address, so that each provider's own can be used. The folder becomes the place for
/// temporary files, in memory: whatever the browsers leave there is gone with the namespace.
const SCRIPT: &str = r#"
set -e
PATH="$PATH:/usr/sbin:/sbin"
folder=$1; shift
ip link set lo up
ip route add local 0.0.0.0/0 dev lo
ip -6 route add local ::/0 dev lo 2>/dev/null || true
mount --bind "$folder/resolv.conf" /etc/resolv.conf
[ ! -e /etc/nsswitch.conf ] || mount --bind "$folder/nsswitch.conf" /etc/nsswitch.conf
mount -t tmpfs -o mode=1777 tmpfs "$folder"
TMPDIR=$folder; export TMPDIR
"$@"
"#;

/// Ways to make the namespace, the best first: root needs no user namespace, and with process
/// numbers of its own, no browser outlives it. Some containers do not let `/proc` be mounted.
const WAYS: &[&[&str]] = &[
    &["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
    &["--net", "--mount"],
    &["--user", "--map-root-user", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"],
    &["--user", "--map-root-user", "--net", "--mount"],
];

/// Enters a private network, or says why there is none.
///
/// Call it first thing in `main`: the program is run anew inside, where this returns `Private`;
/// outside it does not return, but ends as the inner program did.
pub fn enter() -> Isolation {
    if env::var_os(INSIDE).is_some() {
        end_with_the_outer_program();
        return Isolation::Private;
    }
    match run_inside() {
        Ok(code) => process::exit(code),
        Err(error) => Isolation::Shared { why: error.to_string() },
    }
}

/// The outer program holds the other end of standard input: when it is gone, however it ended,
/// so shall be the inner one, and with it the namespace and the browsers.
fn end_with_the_outer_program() {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(2);
    });
}

fn run_inside() -> io::Result<i32> {
    let folder = RunFolder::new("world")?;
    fs::write(folder.path().join("resolv.conf"), "nameserver 127.0.0.53\n")?;
    fs::write(folder.path().join("nsswitch.conf"), "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n")?;
    let mut refused = String::new();
    for way in WAYS {
        let command = || {
            let mut command = Command::new("unshare");
            command.args(*way).args(["--", "sh", "-c", SCRIPT, "world"]).arg(folder.path());
            command
        };
        // First with nothing to run, to tell a namespace that cannot be made from a program that fails.
        let trial = command().arg("true").stdin(Stdio::null()).output()?;
        if !trial.status.success() {
            let message = String::from_utf8_lossy(&trial.stderr);
            message.lines().last().unwrap_or("unshare failed").clone_into(&mut refused);
            continue;
        }
        let mut command = command();
        command.arg(env::current_exe()?).args(env::args_os().skip(1)).env(INSIDE, "1").stdin(Stdio::piped());
        let mut inner = command.spawn()?;
        // Waiting would close the pipe, whose closing tells the inner program to end.
        let pipe = inner.stdin.take();
        let status = inner.wait()?;
        drop(pipe);
        return Ok(status.code().unwrap_or(2));
    }
    Err(io::Error::other(refused))
}
