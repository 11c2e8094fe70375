//! Firefox through Marionette, the port that geckodriver itself speaks to.
//!
//! A message is its length in decimal digits, a colon, and JSON: `[0, id, command, parameters]`
//! one way, `[1, id, error, result]` the other. Firefox greets first.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use base64::Engine as _;
use serde_json::{Value, json};

use super::{BASE64, Command, DriverError, GECKO_ID, Kind, Options, Process, Result, Wire, find_program, io_error};
use crate::run_folder::RunFolder;
use crate::world::Isolation;

/// The host of the extension's pages, which Firefox would otherwise choose at random.
pub(super) const UUID: &str = "5e7edb00-0000-4000-8000-000000000001";

struct Marionette {
    stream: BufReader<TcpStream>,
    last_id: u64,
}

pub(super) fn start(options: &Options<'_>, run: &RunFolder) -> Result<(Box<dyn Wire>, Vec<Process>)> {
    let firefox = find_program(&["firefox-esr", "firefox"])?;
    let profile = run.folder("profile").map_err(io_error("making the profile"))?;
    fs::write(profile.join("user.js"), preferences(options, run)?).map_err(io_error("writing user.js"))?;
    let log = fs::File::create(run.path().join("firefox.log")).map_err(io_error("making the log"))?;
    let mut program = Program::new(firefox);
    if options.headless {
        program.arg("-headless");
    }
    program
        .args(["-no-remote", "-marionette", "-remote-allow-system-access", "-profile"])
        .arg(&profile)
        .args(["-width", &options.size.0.to_string(), "-height", &options.size.1.to_string()])
        .env("TMPDIR", run.folder("tmp").map_err(io_error("making TMPDIR"))?)
        .env("HOME", run.path())
        .env("MOZ_CRASHREPORTER_DISABLE", "1");
    if let Some(display) = &options.display {
        program.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY");
    }
    super::display::keep_authority(&mut program);
    program.stdin(Stdio::null()).stdout(log.try_clone().map_err(io_error("the log"))?).stderr(log);
    // A run that was killed left its own there.
    let _ = fs::remove_file(profile.join("MarionetteActivePort"));
    let mut process = Process(program.spawn().map_err(io_error("starting Firefox"))?);

    let port = read_port(&profile, &mut process)?;
    let stream = TcpStream::connect(("127.0.0.1", port)).map_err(io_error("connecting to Marionette"))?;
    stream.set_nodelay(true).map_err(io_error("connecting to Marionette"))?;
    let mut wire = Marionette { stream: BufReader::new(stream), last_id: 0 };
    wire.read()?; // The greeting.
    wire.call("WebDriver:NewSession", json!({ "unhandledPromptBehavior": "accept" }))?;
    trust(&mut wire, options)?;
    Ok((Box::new(wire), vec![process]))
}

/// Firefox chooses the port itself and writes it into its profile.
fn read_port(profile: &Path, process: &mut Process) -> Result<u16> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(60) {
        if let Some(port) =
            fs::read_to_string(profile.join("MarionetteActivePort")).ok().and_then(|text| text.trim().parse().ok())
        {
            return Ok(port);
        }
        if let Ok(Some(status)) = process.0.try_wait() {
            return Err(DriverError::Gone(format!("Firefox ended at once, {status}")));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Err(DriverError::Gone("Firefox named no port within a minute".to_owned()))
}

/// Makes Firefox trust this run's certificate authority.
fn trust(wire: &mut Marionette, options: &Options<'_>) -> Result<()> {
    let authority = BASE64.encode(options.world.authority().certificate());
    wire.privileged(
        Command::Script,
        super::script_body(
            "Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB).addCertFromBase64(arguments[0], 'C,,')",
            json!([authority]),
        ),
    )
    .and_then(super::unwrap_script)
    .map(drop)
}

fn preferences(options: &Options<'_>, run: &RunFolder) -> Result<String> {
    let mut all = vec![
        ("marionette.port", json!(0)),
        ("extensions.webextensions.uuids", json!(json!({ GECKO_ID: UUID }).to_string())),
        ("browser.shell.checkDefaultBrowser", json!(false)),
        ("browser.startup.page", json!(0)),
        ("browser.aboutwelcome.enabled", json!(false)),
        ("browser.warnOnQuit", json!(false)),
        ("browser.tabs.warnOnClose", json!(false)),
        ("browser.uitour.enabled", json!(false)),
        ("datareporting.policy.dataSubmissionEnabled", json!(false)),
        ("datareporting.policy.dataSubmissionPolicyBypassNotification", json!(true)),
        ("termsofuse.bypassNotification", json!(true)),
        ("sidebar.revamp", json!(false)),
        ("intl.accept_languages", json!(options.languages)),
        ("intl.locale.requested", json!(options.language())),
        ("browser.download.dir", json!(run.folder("downloads").map_err(io_error("making the folder"))?)),
        ("browser.download.folderList", json!(2)),
        ("browser.download.alwaysOpenPanel", json!(false)),
        // What Firefox would ask the network for by itself.
        ("app.update.enabled", json!(false)),
        ("app.normandy.enabled", json!(false)),
        ("app.normandy.api_url", json!("")),
        ("browser.newtabpage.enabled", json!(false)),
        ("browser.newtabpage.activity-stream.feeds.system.topstories", json!(false)),
        ("browser.newtabpage.activity-stream.feeds.topsites", json!(false)),
        ("browser.safebrowsing.malware.enabled", json!(false)),
        ("browser.safebrowsing.phishing.enabled", json!(false)),
        ("browser.safebrowsing.downloads.remote.enabled", json!(false)),
        ("browser.safebrowsing.update.enabled", json!(false)),
        ("browser.region.network.url", json!("")),
        ("browser.region.update.enabled", json!(false)),
        ("browser.search.update", json!(false)),
        ("browser.contentblocking.report.lockwise.enabled", json!(false)),
        ("extensions.getAddons.cache.enabled", json!(false)),
        ("extensions.getAddons.discovery.api_url", json!("")),
        ("extensions.systemAddon.update.enabled", json!(false)),
        ("extensions.update.enabled", json!(false)),
        ("extensions.blocklist.enabled", json!(false)),
        ("media.gmp-manager.updateEnabled", json!(false)),
        ("media.gmp-manager.url", json!("")),
        ("messaging-system.rsexperimentloader.enabled", json!(false)),
        ("network.captive-portal-service.enabled", json!(false)),
        ("network.connectivity-service.enabled", json!(false)),
        ("network.trr.mode", json!(5)),
        ("network.dns.echconfig.enabled", json!(false)),
        ("services.settings.server", json!("data:,")),
        ("toolkit.telemetry.enabled", json!(false)),
        ("toolkit.telemetry.server", json!("")),
        ("signon.management.page.breach-alerts.enabled", json!(false)),
        ("dom.push.connection.enabled", json!(false)),
        ("security.OCSP.enabled", json!(0)),
        ("security.certerrors.mitm.priming.enabled", json!(false)),
        // After a crash the browser starts as before, and the extension, which is installed for one run
        // only, finds what it had kept.
        ("toolkit.startup.max_resumed_crashes", json!(-1)),
        ("extensions.webextensions.keepStorageOnUninstall", json!(true)),
        ("extensions.webextensions.keepUuidOnUninstall", json!(true)),
        // Pages here may not be kept from what a reader's own clicks may do.
        ("browser.sessionstore.resume_from_crash", json!(false)),
        ("dom.disable_open_during_load", json!(false)),
    ];
    if let Some((host, port)) = options.proxy.as_deref().and_then(|proxy| proxy.split_once(':')) {
        let port: u16 = port.parse().expect("a proxy is written host:port");
        all.extend([
            ("network.proxy.type", json!(1)),
            ("network.proxy.http", json!(host)),
            ("network.proxy.http_port", json!(port)),
            ("network.proxy.ssl", json!(host)),
            ("network.proxy.ssl_port", json!(port)),
        ]);
    }
    if let Isolation::Shared { .. } = options.world.isolation() {
        let (plain, secure) = options.world.ports();
        all.push(("network.dns.forceResolve", json!("127.0.0.1")));
        all.push(("network.socket.forcePort", json!(format!("80={plain};443={secure}"))));
    }
    let mut text = String::new();
    for (name, value) in all {
        let _ = writeln!(text, "user_pref({}, {value});", json!(name));
    }
    Ok(text)
}

impl Marionette {
    fn read(&mut self) -> Result<Value> {
        let gone = |error: std::io::Error| DriverError::Gone(error.to_string());
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length).map_err(gone)?;
        length.pop();
        let length = String::from_utf8_lossy(&length)
            .parse()
            .map_err(|_| DriverError::Gone("Marionette closed the connection".to_owned()))?;
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message).map_err(gone)?;
        serde_json::from_slice(&message).map_err(|error| DriverError::Gone(error.to_string()))
    }

    fn call(&mut self, command: &str, parameters: Value) -> Result<Value> {
        self.last_id += 1;
        let message = json!([0, self.last_id, command, parameters]).to_string();
        let stream = self.stream.get_mut();
        write!(stream, "{}:{message}", message.len()).map_err(|error| DriverError::Gone(error.to_string()))?;
        let mut answer = self.read()?;
        if let Some(error) = answer[2].as_object() {
            let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
            let kind = error.get("error").and_then(Value::as_str).unwrap_or_default();
            return Err(match kind {
                "invalid session id" => DriverError::Gone(format!("{kind}: {message}")),
                _ => DriverError::Refused { command: command.to_owned(), message: format!("{kind}: {message}") },
            });
        }
        let mut result = answer[3].take();
        match result.get_mut("value") {
            Some(value) => Ok(value.take()),
            None => Ok(result),
        }
    }
}

fn name(command: Command) -> &'static str {
    match command {
        Command::NewSession => "WebDriver:NewSession",
        Command::Navigate => "WebDriver:Navigate",
        Command::Url => "WebDriver:GetCurrentURL",
        Command::NewWindow => "WebDriver:NewWindow",
        Command::CloseWindow => "WebDriver:CloseWindow",
        Command::SwitchWindow => "WebDriver:SwitchToWindow",
        Command::Windows => "WebDriver:GetWindowHandles",
        Command::SetWindowRect => "WebDriver:SetWindowRect",
        Command::Script => "WebDriver:ExecuteAsyncScript",
        Command::Actions => "WebDriver:PerformActions",
        Command::Screenshot => "WebDriver:TakeScreenshot",
        Command::SetTimeouts => "WebDriver:SetTimeouts",
    }
}

impl Wire for Marionette {
    fn send(&mut self, command: Command, body: Value) -> Result<Value> {
        self.call(name(command), body)
    }

    fn cdp(&mut self, _method: &str, _parameters: Value) -> Result<Value> {
        Err(DriverError::Unsupported(Kind::Firefox))
    }

    fn install(&mut self, extension: &Path) -> Result<()> {
        let path = fs::canonicalize(extension).map_err(io_error(extension.display().to_string()))?;
        self.call("Addon:Install", json!({ "path": path, "temporary": true })).map(drop)
    }

    fn privileged(&mut self, command: Command, body: Value) -> Result<Value> {
        self.call("Marionette:SetContext", json!({ "value": "chrome" }))?;
        let answer = self.call(name(command), body);
        self.call("Marionette:SetContext", json!({ "value": "content" }))?;
        answer
    }
}
