//! Chromium through ChromeDriver, over HTTP.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::BufReader;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::time::Duration;
use std::{fs, io, thread};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Command, DriverError, Kind, Options, Process, Result, Wire, find_program, io_error};
use crate::run_folder::RunFolder;
use crate::world::Isolation;

struct ChromeDriver {
    agent: ureq::Agent,
    /// `http://127.0.0.1:PORT/session`, and once there is a session, its id.
    address: String,
    browser: Option<u64>,
}

pub(super) fn start(options: &Options<'_>, run: &RunFolder) -> Result<(Box<dyn Wire>, Vec<Process>)> {
    let driver = find_program(&["chromedriver", "chromium.chromedriver"])?;
    let browser = find_program(&["chromium", "chromium-browser", "google-chrome"])?;
    let temporary = run.folder("tmp").map_err(io_error("making TMPDIR"))?;
    let log = fs::File::create(run.path().join("chromedriver.log")).map_err(io_error("making the log"))?;
    let mut program = as_reader(driver);
    program.arg("--port=0").env("TMPDIR", &temporary).env("HOME", run.path());
    // Its own words follow this on Linux, and not `--lang`.
    program.env("LANGUAGE", options.language());
    if let Some(display) = &options.display {
        program.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
    }
    super::display::keep_authority(&mut program);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut child = program.spawn().map_err(io_error("starting ChromeDriver"))?;
    let mut output = BufReader::new(child.stdout.take().expect("it was piped"));
    let process = Process(child);
    let port = read_port(&mut output).map_err(io_error("reading ChromeDriver's port"))?;
    // Whatever else it prints must be read, or it would wait for a reader for ever.
    thread::spawn(move || io::copy(&mut output, &mut io::sink()));

    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(120)))
        .build()
        .new_agent();
    let mut wire = ChromeDriver { agent, address: format!("http://127.0.0.1:{port}/session"), browser: None };
    let session = wire.send(Command::NewSession, capabilities(options, run, &browser)?)?;
    wire.browser = session["capabilities"]["goog:processID"].as_u64();
    let id = session["sessionId"].as_str().unwrap_or_default();
    wire.address = format!("{}/{id}", wire.address);
    Ok((Box::new(wire), vec![process]))
}

/// The program, under another user's number where a namespace for that can be made: the files stay ours.
///
/// Where the user is root, Chromium lets threads that draw and navigate go before others, and processes in the
/// background wait; a worker then gets a sixth of a processor that it shares with them. No reader's browser may.
fn as_reader(program: impl AsRef<OsStr>) -> Program {
    let under = |program: &OsStr| {
        let mut command = Program::new("unshare");
        command.args(["--user", "--map-user=1000", "--map-group=1000", "--"]).arg(program);
        command
    };
    let trial = under("true".as_ref()).stdin(Stdio::null()).stderr(Stdio::null()).status();
    let can = trial.is_ok_and(|status| status.success());
    if can { under(program.as_ref()) } else { Program::new(program) }
}

fn capabilities(options: &Options<'_>, run: &RunFolder, browser: &Path) -> Result<Value> {
    let mut arguments = vec![
        // Neither root nor a private user namespace can use Chromium's sandbox.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-quic".to_owned(),
        // What Chromium would ask the network for by itself.
        "--disable-component-update".to_owned(),
        "--disable-domain-reliability".to_owned(),
        // Chromium turns http: into https: on its own, which would make the plain pages unreachable.
        "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,HttpsFirstModeV2,OptimizationHints,\
         OptimizationGuideModelDownloading,MediaRouter,Translate,AutofillServerCommunication"
            .to_owned(),
        format!("--window-size={},{}", options.size.0, options.size.1),
        format!("--user-data-dir={}", run.folder("profile").map_err(io_error("making the profile"))?.display()),
        // A self-signed authority would do for pages, but a certificate error switches the cache
        // and prerendering off; naming the key does not.
        format!("--ignore-certificate-errors-spki-list={}", options.world.authority().key_hash()),
    ];
    if options.headless {
        arguments.push("--headless".to_owned());
    }
    let mut folders: Vec<String> = Vec::new();
    let mut pinned = Vec::new();
    for folder in options.extension.iter().chain(&options.others) {
        let folder = absolute(folder)?;
        pinned.push(extension_id(&folder)?);
        folders.push(folder.display().to_string());
    }
    if !folders.is_empty() {
        arguments.push(format!("--load-extension={}", folders.join(",")));
    }
    if let Some(proxy) = &options.proxy {
        arguments.push(format!("--proxy-server=http://{proxy}"));
    }
    if let Isolation::Shared { .. } = options.world.isolation() {
        let (plain, secure) = options.world.ports();
        arguments.push(format!("--host-resolver-rules=MAP *:80 127.0.0.1:{plain}, MAP *:443 127.0.0.1:{secure}"));
    }
    Ok(json!({ "capabilities": { "alwaysMatch": {
        "goog:chromeOptions": {
            "binary": browser,
            "args": arguments,
            // Without this the page would carry a bar that says it is being tested.
            "excludeSwitches": ["enable-automation", "disable-background-networking"],
            "prefs": {
                // The toolbar shows only pinned extensions.
                // Unpacked extensions are switched off at their first restart unless the reader is a developer.
                "extensions": { "pinned_extensions": pinned, "ui": { "developer_mode": true } },
                "intl": { "accept_languages": options.languages },
                "download": { "default_directory": run.folder("downloads").map_err(io_error("making the folder"))? },
                "credentials_enable_service": false,
            },
        },
        "unhandledPromptBehavior": "accept",
        // ChromeDriver waits for a page to load before each command, and with an extension that
        // listens from the start the empty first tab is at times "loading" for ever: seen as
        // `/window/new` that times out in one of four starts. So it waits for nothing here, and
        // `Browser::navigate` waits itself.
        "pageLoadStrategy": "none",
    } } }))
}

fn read_port(output: &mut impl io::BufRead) -> io::Result<u16> {
    let mut line = String::new();
    while output.read_line(&mut line)? > 0 {
        if let Some(port) = line.split("successfully on port ").nth(1) {
            let digits: String = port.chars().take_while(char::is_ascii_digit).collect();
            return digits.parse().map_err(io::Error::other);
        }
        line.clear();
    }
    Err(io::Error::other("ChromeDriver ended without naming a port"))
}

/// The id that Chromium derives from the folder of an unpacked extension: the first 16 bytes of
/// the SHA-256 of its path, each half byte a letter from `a` to `p`.
pub(super) fn extension_id(folder: &Path) -> Result<String> {
    let folder = absolute(folder)?;
    let mut id = String::new();
    for byte in &Sha256::digest(folder.as_os_str().as_bytes())[..16] {
        for half in [byte >> 4, byte & 15] {
            let _ = write!(id, "{}", char::from(b'a' + half));
        }
    }
    Ok(id)
}

fn absolute(folder: &Path) -> Result<std::path::PathBuf> {
    fs::canonicalize(folder).map_err(io_error(folder.display().to_string()))
}

impl ChromeDriver {
    fn call(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.address);
        let answer = match method {
            "GET" => self.agent.get(&url).call(),
            "DELETE" => self.agent.delete(&url).call(),
            _ => self.agent.post(&url).send_json(body),
        };
        let mut answer = answer.map_err(|error| DriverError::Gone(error.to_string()))?;
        let mut answer: Value = answer
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_json()
            .map_err(|error| DriverError::Gone(error.to_string()))?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error @ "invalid session id") => Err(DriverError::Gone(error.to_owned())),
            Some(error) if value.get("message").is_some() => {
                let message = value["message"].as_str().unwrap_or_default();
                let message = message.lines().next().unwrap_or_default();
                Err(DriverError::Refused { command: path.to_owned(), message: format!("{error}: {message}") })
            }
            _ => Ok(value),
        }
    }
}

impl Wire for ChromeDriver {
    fn send(&mut self, command: Command, body: Value) -> Result<Value> {
        let (method, path) = match command {
            Command::NewSession => ("POST", ""),
            Command::Navigate => ("POST", "/url"),
            Command::Url => ("GET", "/url"),
            Command::NewWindow => ("POST", "/window/new"),
            Command::CloseWindow if body["quit"] == true => ("DELETE", ""),
            Command::CloseWindow => ("DELETE", "/window"),
            Command::SwitchWindow => ("POST", "/window"),
            Command::Windows => ("GET", "/window/handles"),
            Command::SetWindowRect => ("POST", "/window/rect"),
            Command::Script => ("POST", "/execute/async"),
            Command::Actions => ("POST", "/actions"),
            Command::Screenshot => ("GET", "/screenshot"),
            Command::SetTimeouts => ("POST", "/timeouts"),
        };
        self.call(method, path, &body)
    }

    fn cdp(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.call("POST", "/goog/cdp/execute", &json!({ "cmd": method, "params": parameters }))
    }

    fn install(&mut self, _extension: &Path) -> Result<()> {
        Err(DriverError::Unsupported(Kind::Chromium))
    }

    fn privileged(&mut self, _command: Command, _body: Value) -> Result<Value> {
        Err(DriverError::Unsupported(Kind::Chromium))
    }

    fn process_id(&self) -> Option<u64> {
        self.browser
    }
}
