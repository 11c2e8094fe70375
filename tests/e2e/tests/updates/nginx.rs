//! A channel that an ordinary web server hands out: nginx, with the folder as the tool leaves it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, net::TcpStream, thread};

use e2e::drivers::{Browser, Kind, Options};
use e2e::world::World;
use serde_json::json;

use crate::channel::{HOST, Publisher};
use crate::{Outcome, click, see};

/// Both browsers have a server of their own, side by side.
fn port(kind: Kind) -> u16 {
    match kind {
        Kind::Chromium => 8443,
        Kind::Firefox => 8444,
    }
}

/// The names of lines in the log are what is asked of it below.
const CONFIGURATION: &str = r#"
daemon off;
master_process off;
user root;
pid @folder@/nginx.pid;
error_log @folder@/error.log;
events {}
http {
    log_format short '$status $uri';
    access_log @folder@/access.log short;
    client_body_temp_path @folder@/body;
    proxy_temp_path @folder@/proxy;
    fastcgi_temp_path @folder@/fastcgi;
    uwsgi_temp_path @folder@/uwsgi;
    scgi_temp_path @folder@/scgi;
    server {
        listen 0.0.0.0:@port@ ssl;
        ssl_certificate @folder@/certificate.pem;
        ssl_certificate_key @folder@/key.pem;
        root @channel@;
        location = /index.signed { add_header Cache-Control no-cache; }
        location /files/ { add_header Cache-Control "max-age=31536000, immutable"; limit_rate 2m; }
    }
}
"#;

struct Nginx {
    process: Child,
    folder: PathBuf,
}

impl Nginx {
    fn start(world: &World, folder: &Path, channel: &Path, port: u16) -> Outcome<Self> {
        fs::create_dir_all(folder)?;
        world.authority().write(folder)?;
        let [folder_text, channel] = [folder, channel].map(|path| path.display().to_string());
        let text = CONFIGURATION.replace("@folder@", &folder_text).replace("@channel@", &channel);
        fs::write(folder.join("nginx.conf"), text.replace("@port@", &port.to_string()))?;
        // Debian keeps servers out of an ordinary user's path.
        let path = env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        let output = fs::File::create(folder.join("output"))?;
        let mut command = Command::new("nginx");
        command.arg("-c").arg(folder.join("nginx.conf")).arg("-p").arg(folder).arg("-e").arg(folder.join("error.log"));
        command.env("PATH", path).stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let process = command.spawn().map_err(|error| {
            format!("nginx does not start: {error}; `./build.sh test browsers` installs what is missing")
        })?;
        let nginx = Self { process, folder: folder.to_owned() };
        let begin = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begin.elapsed() > Duration::from_secs(20) {
                let said = fs::read(folder.join("output"))?;
                return Err(format!("nginx does not listen; it says: {}", String::from_utf8_lossy(&said)).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(nginx)
    }

    /// What it answered since the last time it was asked for this: status and path.
    fn answered(&self) -> Outcome<Vec<String>> {
        let path = self.folder.join("access.log");
        let text = fs::read_to_string(&path)?;
        fs::OpenOptions::new().write(true).truncate(true).open(&path)?;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The whole of it from a real server: first whole, then unchanged, then by deltas, then nobody there.
pub fn an_ordinary_server_will_do(kind: Kind, world: &World) -> Outcome {
    let port = port(kind);
    let publisher = Publisher::new(kind, "nginx", &format!("https://{HOST}:{port}/"))?;
    publisher.publish(20_361_126, false)?;
    let nginx = Nginx::start(world, &publisher.folder.join("nginx"), &publisher.channel(), port)?;
    let mut browser = Browser::start(&Options { extension: Some(&publisher.extension), ..Options::new(kind, world) })?;
    let page = browser.extension_url("options.html");
    browser.navigate(&page)?;
    for (day, version) in [(0, "2036-11-26"), (20_361_127, "2036-11-27")] {
        if day > 0 {
            publisher.publish(day, true)?;
        }
        click(&mut browser, "look")?;
        see(&mut browser, "nginx's version is offered", &json!({ "offer": version, "refused": null }))?;
        click(&mut browser, "take")?;
        see(&mut browser, "nginx's version is in use", &json!({ "version": version, "refused": null }))?;
        let answered = nginx.answered()?;
        // The index, two lists of changes; then the one part that differs, and later two deltas.
        let expected = if day == 0 { 4 } else { 5 };
        if answered.len() != expected || answered.iter().any(|line| !line.starts_with("200 /")) {
            return Err(format!("nginx answered {answered:?}").into());
        }
    }
    click(&mut browser, "look")?;
    browser.until("nginx is asked", |_| {
        let text = fs::read_to_string(nginx.folder.join("access.log")).unwrap_or_default();
        Ok((!text.is_empty(), json!(text)))
    })?;
    see(&mut browser, "nothing newer", &json!({ "version": "2036-11-27", "offer": null, "refused": null }))?;
    let answered = nginx.answered()?;
    if answered != ["304 /index.signed"] {
        return Err(format!("nginx answered {answered:?}").into());
    }
    drop(nginx);
    click(&mut browser, "look")?;
    see(&mut browser, "nobody is there", &json!({ "version": "2036-11-27", "refused": "no-connection" }))
}
