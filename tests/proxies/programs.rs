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

/// The name of the program behind the last gateway; it is an nginx without a cache.
const ORIGIN: &str = "origin";

/// How long a program may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long they may take together to end when asked.
const FAREWELL: Duration = Duration::from_secs(5);

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
            // H is a hit, R one in memory, W one on a copy that is still being written.
            Self::TrafficServer => age && ["[uScH", "[uScR", "[uScW"].iter().any(|hit| exchange.has("via", hit)),
            Self::Varnish => age && exchange.has("x-cache", "HIT") && !exchange.has("x-cache-hits", "0"),
        }
    }

    /// The command that runs it in the foreground with the configuration in a directory.
    fn command(self, directory: &Path, port: u16) -> Command {
        let file = |name: &str| directory.join(name);
        match self {
            Self::Haproxy => command("haproxy", &["-db", "-f"], file("haproxy.cfg")),
            Self::Nginx => nginx(directory, "nginx.conf"),
            Self::Squid => {
                // Its shared memory bears the service's name, which must be nobody else's.
                command("squid", &["-N", "-n", &service(), "-f"], file("squid.conf"))
            }
            Self::TrafficServer => {
                let mut own = Command::new("traffic_server");
                own.arg(format!("--run-root={}", file("runroot.yaml").display()));
                own
            }
            Self::Varnish => {
                let fixed = ["-F", "-j", "none", "-T", "none", "-s", "malloc,16M", "-i", "cache-1", "-f"];
                let mut own = command("varnishd", &fixed, file("varnish.vcl"));
                own.arg("-a").arg(format!("127.0.0.1:{port}")).arg("-n").arg(directory);
                own
            }
        }
    }
}

fn command(program: &str, options: &[&str], file: PathBuf) -> Command {
    let mut command = Command::new(program);
    command.args(options).arg(file);
    command
}

fn nginx(directory: &Path, configuration: &str) -> Command {
    let mut own = command("nginx", &["-c"], directory.join(configuration));
    own.arg("-p").arg(directory).arg("-e").arg(directory.join("error.log"));
    own
}

/// A name for this run, made of letters and digits.
fn service() -> String {
    format!("servedby{}", process::id())
}

/// The running programs.
pub struct Programs {
    ports: Vec<(&'static str, u16)>,
    children: Vec<Child>,
    directory: PathBuf,
}

impl Programs {
    pub fn port(&self, kind: Kind) -> u16 {
        self.port_of(kind.name())
    }

    fn port_of(&self, name: &str) -> u16 {
        self.ports.iter().find(|port| port.0 == name).expect("every program has a port").1
    }

    fn spawn(&mut self, name: &str) {
        let directory = self.directory.join(name);
        self.configure(name, &directory);
        let mut command = match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
            None => nginx(&directory, "origin.conf"),
            Some(kind) => kind.command(&directory, self.port_of(name)),
        };
        // Debian keeps servers out of an ordinary user's path.
        let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        let output = fs::File::create(directory.join("output")).unwrap();
        command.env("PATH", path).stdin(Stdio::null()).stdout(output.try_clone().unwrap()).stderr(output);
        let child = command.spawn();
        self.children.push(child.unwrap_or_else(|error| {
            panic!("{name} does not start: {error}; `./build.sh test proxies` installs what is missing")
        }));
    }

    fn wait_for(&self, name: &str) {
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port_of(name))).is_err() {
            if begin.elapsed() > PATIENCE {
                let output = fs::read(self.directory.join(name).join("output")).unwrap_or_default();
                panic!("{name} does not listen; it says:\n{}", String::from_utf8_lossy(&output));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Copies a program's configuration to its directory, with every `@name@` filled in.
    fn configure(&self, name: &str, directory: &Path) {
        fs::create_dir_all(directory.join("cache")).unwrap();
        open_to_all(directory);
        open_to_all(&directory.join("cache"));
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proxies").join(name);
        for file in fs::read_dir(&sources).unwrap_or_else(|error| panic!("{}: {error}", sources.display())) {
            let file = file.unwrap();
            let mut text = fs::read_to_string(file.path()).unwrap();
            text = text.replace("@directory@", directory.to_str().unwrap());
            text = text.replace("@port@", &self.port_of(name).to_string());
            for (other, port) in &self.ports {
                text = text.replace(&format!("@{other}@"), &port.to_string());
            }
            fs::write(directory.join(file.file_name()), text).unwrap();
        }
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        // Asked to end, they remove what they keep outside the directory, such as shared memory. One
        // that ended by itself has already made a test fail.
        let ids = self.children.iter().map(|child| child.id().to_string());
        let _ = Command::new("kill").args(ids).stderr(Stdio::null()).status();
        let begin = Instant::now();
        for child in &mut self.children {
            while let Ok(None) = child.try_wait() {
                if begin.elapsed() > FAREWELL {
                    let _ = child.kill();
                }
                thread::sleep(Duration::from_millis(5));
            }
        }
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// Starts all of them and waits until they listen.
pub fn start() -> Programs {
    let names = Kind::ALL.map(Kind::name).into_iter().chain([ORIGIN]);
    // All are held until the last is chosen, so that no two are the same.
    let held: Vec<_> = names.map(|name| (name, TcpListener::bind("127.0.0.1:0").unwrap())).collect();
    let mut ports: Vec<_> = held.iter().map(|(name, held)| (*name, held.local_addr().unwrap().port())).collect();
    drop(held);
    // The port of a service of 1988 that nobody offers any more.
    ports.push(("nowhere", 1));

    // Short, because some of the programs put sockets there, whose paths have a limit.
    let directory = env::temp_dir().join(service());
    let mut programs = Programs { ports, children: Vec::new(), directory };
    // Squid comes last: whoever does not listen when it starts, it takes for dead for some time.
    let (last, first): (Vec<_>, Vec<_>) = Kind::ALL.map(Kind::name).into_iter().partition(|name| *name == "squid");
    for names in [first, vec![ORIGIN], last] {
        names.iter().for_each(|name| programs.spawn(name));
        names.iter().for_each(|name| programs.wait_for(name));
    }
    programs
}

/// Some of the programs, started by root, become another user before they write their logs.
fn open_to_all(directory: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o777)).unwrap();
}
