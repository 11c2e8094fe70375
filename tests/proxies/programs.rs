//! The programs: started as children on free ports of loopback, ended with the value that holds them.

use crate::capture::Exchange;
use std::{
    env, fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a program may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// A gateway.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Haproxy,
    Nginx,
    Squid,
    TrafficServer,
    Varnish,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Haproxy, Self::Nginx, Self::Squid, Self::TrafficServer, Self::Varnish];

    /// The name in host names, configurations and file names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Haproxy => "haproxy",
            Self::Nginx => "nginx",
            Self::Squid => "squid",
            Self::TrafficServer => "trafficserver",
            Self::Varnish => "varnish",
        }
    }

    /// Whether the response passed this gateway, as its own field says.
    pub fn signed(self, exchange: &Exchange) -> bool {
        match self {
            Self::Haproxy => exchange.has("via", "haproxy"),
            Self::Nginx => exchange.has("x-proxy-cache", "") && exchange.has("x-cache-status", ""),
            Self::Squid => exchange.has("via", "(squid/") && exchange.has("x-cache-lookup", "squid.example"),
            Self::TrafficServer => exchange.has("via", "ApacheTrafficServer/"),
            Self::Varnish => exchange.has("via", "varnish") && exchange.has("x-varnish", ""),
        }
    }

    /// Whether this gateway, as the outermost, says that the response is a copy it kept.
    pub fn says_hit(self, exchange: &Exchange) -> bool {
        let age = exchange.has("age", "");
        match self {
            Self::Haproxy => age && exchange.has("x-cache-status", "HIT"),
            // nginx adds no Age.
            Self::Nginx => exchange.has("x-proxy-cache", "HIT"),
            Self::Squid => age && exchange.has("x-cache", "HIT from squid.example"),
            Self::TrafficServer => age && exchange.has("via", "[uScH"),
            Self::Varnish => age && exchange.has("x-cache", "HIT") && !exchange.has("x-cache-hits", "0"),
        }
    }

    /// The command that runs it in the foreground with the configuration in a directory.
    fn command(self, directory: &Path) -> Command {
        let file = |name: &str| directory.join(name);
        let mut command = Command::new(match self {
            Self::TrafficServer => "traffic_server",
            Self::Varnish => "varnishd",
            _ => self.name(),
        });
        match self {
            Self::Haproxy => command.arg("-db").arg("-f").arg(file("haproxy.cfg")),
            Self::Nginx => nginx(&mut command, directory, "nginx.conf"),
            Self::Squid => command.arg("-N").arg("-f").arg(file("squid.conf")),
            Self::TrafficServer => command.arg(format!("--run-root={}", file("runroot.yaml").display())),
            Self::Varnish => command.args(["-F", "-j", "none", "-T", "none", "-s", "malloc,16M", "-i", "cache-1"]),
        };
        command
    }
}

fn nginx<'a>(command: &'a mut Command, directory: &Path, configuration: &str) -> &'a mut Command {
    command
        .arg("-p")
        .arg(directory)
        .arg("-e")
        .arg(directory.join("error.log"))
        .arg("-c")
        .arg(directory.join(configuration))
}

/// The running programs.
pub struct Programs {
    ports: Vec<(&'static str, u16)>,
    children: Vec<Child>,
    directory: PathBuf,
}

impl Programs {
    pub fn port(&self, kind: Kind) -> u16 {
        port(&self.ports, kind.name())
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        for child in &mut self.children {
            // A child that ended by itself has already made a test fail.
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn port(ports: &[(&'static str, u16)], name: &str) -> u16 {
    ports.iter().find(|port| port.0 == name).expect("every program has a port").1
}

/// Starts all of them and waits until they listen.
pub fn start() -> Programs {
    let names = Kind::ALL.map(Kind::name).into_iter().chain(["origin", "nowhere"]);
    // All are held until the last is chosen, so that no two are the same.
    let held: Vec<_> = names.map(|name| (name, TcpListener::bind("127.0.0.1:0").unwrap())).collect();
    let ports = held.iter().map(|(name, listener)| (*name, listener.local_addr().unwrap().port())).collect();
    drop(held);

    // Short, because some of the programs put sockets there, whose paths have a limit.
    let directory = env::temp_dir().join(format!("served-by-{}", process::id()));
    let mut programs = Programs { ports, children: Vec::new(), directory };
    for name in Kind::ALL.map(Kind::name).into_iter().chain(["origin"]) {
        let directory = programs.directory.join(name);
        configure(&directory, name, &programs.ports);
        let mut command = match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
            None => {
                let mut command = Command::new("nginx");
                nginx(&mut command, &directory, "origin.conf");
                command
            }
            Some(kind) => kind.command(&directory),
        };
        if name == "varnish" {
            let listen = format!("127.0.0.1:{}", port(&programs.ports, name));
            command.arg("-a").arg(listen).arg("-n").arg(&directory).arg("-f").arg(directory.join("varnish.vcl"));
        }
        // Debian keeps servers out of an ordinary user's path.
        let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        let output = fs::File::create(directory.join("output")).unwrap();
        command.env("PATH", path).stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let child = command.spawn();
        programs.children.push(child.unwrap_or_else(|error| {
            panic!("{name} does not start: {error}; `./build.sh test proxies` installs what is missing")
        }));
    }
    let begin = Instant::now();
    for name in Kind::ALL.map(Kind::name).into_iter().chain(["origin"]) {
        while TcpStream::connect(("127.0.0.1", port(&programs.ports, name))).is_err() {
            if begin.elapsed() > PATIENCE {
                let output = fs::read(programs.directory.join(name).join("output")).unwrap_or_default();
                panic!("{name} does not listen; it says:\n{}", String::from_utf8_lossy(&output));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    programs
}

/// Copies a program's configuration to its directory, with every `@name@` filled in.
fn configure(directory: &Path, name: &str, ports: &[(&'static str, u16)]) {
    fs::create_dir_all(directory).unwrap();
    open_to_all(directory);
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proxies");
    let mut files = Vec::new();
    if sources.join(name).is_dir() {
        fs::create_dir_all(directory.join("cache")).unwrap();
        files.extend(fs::read_dir(sources.join(name)).unwrap().map(|entry| entry.unwrap().path()));
    } else {
        let own = fs::read_dir(&sources).unwrap().map(|entry| entry.unwrap().path());
        files.extend(
            own.filter(|path| path.extension() != Some("rs".as_ref()) && path.file_stem() == Some(name.as_ref())),
        );
    }
    assert!(!files.is_empty(), "{name} has no configuration in {}", sources.display());
    for file in files {
        let mut text = fs::read_to_string(&file).unwrap();
        text = text.replace("@directory@", directory.to_str().unwrap());
        text = text.replace("@port@", &port(ports, name).to_string());
        for (other, port) in ports {
            text = text.replace(&format!("@{other}@"), &port.to_string());
        }
        fs::write(directory.join(file.file_name().unwrap()), text).unwrap();
    }
}

/// Some of the programs, started by root, become another user before they write their logs.
fn open_to_all(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).unwrap();
}
