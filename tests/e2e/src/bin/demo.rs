//! The demonstration: a real browser with the extension on pages that imitate providers.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, thread};

use e2e::drivers::{Browser, Display, DriverError, Kind, Options};
use e2e::looks;
use e2e::sites::{self, INDEX, SITES};
use e2e::world::{self, Isolation, World};
use serde_json::json;

const HELP: &str = "\
Usage: demo --browser firefox|chromium --extension FOLDER [OPTION...]

Opens the browser with the extension on the demonstration pages, and ends when it is closed.
Without a display it visits the pages on its own, writes screenshots and names them.

  --headless       do so even with a display
  --toolbar        with --headless: in a real window on a screen of its own (needs Xvfb), so that
                   the pictures show the toolbar with the badge as well
  --shots FOLDER   where the screenshots go (target/screenshots/demo-BROWSER unless you say so)
  --pages HOST,... only these hosts
  --lang LANGS     the reader's languages, as in Accept-Language (en unless you say so)
  --serve          no browser: only answer, and run the command after -- inside that network
";

fn main() -> ExitCode {
    let isolation = world::enter();
    match read_arguments().and_then(|arguments| run(&arguments, isolation).map_err(|error| error.to_string())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("demo: {message}");
            ExitCode::from(2)
        }
    }
}

#[derive(Default)]
struct Arguments {
    browser: Option<Kind>,
    extension: Option<PathBuf>,
    headless: bool,
    toolbar: bool,
    shots: Option<PathBuf>,
    pages: Option<Vec<String>>,
    languages: Option<String>,
    serve: bool,
    command: Vec<String>,
}

fn read_arguments() -> Result<Arguments, String> {
    let mut arguments = Arguments::default();
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--browser" => arguments.browser = Some(value()?.parse()?),
            "--extension" => arguments.extension = Some(value()?.into()),
            "--shots" => arguments.shots = Some(value()?.into()),
            "--pages" => arguments.pages = Some(value()?.split(',').map(str::to_owned).collect()),
            "--lang" => arguments.languages = Some(value()?),
            "--headless" => arguments.headless = true,
            "--toolbar" => arguments.toolbar = true,
            "--serve" => arguments.serve = true,
            "--" => arguments.command = words.by_ref().collect(),
            "--help" | "-h" => {
                print!("{HELP}");
                std::process::exit(0);
            }
            other => return Err(format!("unknown argument `{other}`\n\n{HELP}")),
        }
    }
    Ok(arguments)
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn run(arguments: &Arguments, isolation: Isolation) -> Outcome {
    if let Isolation::Shared { why } = &isolation {
        println!(
            "No private network could be made ({why}).\n\
             The pages still open, but every address is 127.0.0.1: the extension judges by the fields alone."
        );
    }
    let world = World::start(isolation, sites::records(), sites::answer())?;
    if arguments.serve {
        return serve(&world, &arguments.command);
    }
    let kind = arguments.browser.ok_or("--browser is needed")?;
    let extension = arguments.extension.as_deref().ok_or("--extension is needed")?;
    let on_screen =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    if on_screen && !arguments.headless && !arguments.toolbar {
        show(&world, kind, extension, arguments)
    } else {
        let default = PathBuf::from(format!("target/screenshots/demo-{kind}"));
        picture(&world, kind, extension, arguments.shots.as_deref().unwrap_or(&default), arguments)
    }
}

/// Answers until the command ends; without one, until the program is ended.
fn serve(world: &World, command: &[String]) -> Outcome {
    let (plain, secure) = world.ports();
    println!("answering on ports {plain} and {secure}");
    let Some((program, rest)) = command.split_first() else {
        loop {
            thread::park();
        }
    };
    let status = std::process::Command::new(program).args(rest).stdin(std::process::Stdio::null()).status()?;
    if status.success() { Ok(()) } else { Err(format!("{program} ended with {status}").into()) }
}

fn show(world: &World, kind: Kind, extension: &Path, arguments: &Arguments) -> Outcome {
    println!("Opening {kind} on https://{INDEX}/; close it to end the demonstration.");
    let options = Options {
        extension: Some(extension),
        headless: false,
        size: (1200, 860),
        languages: arguments.languages.as_deref().unwrap_or("en"),
        ..Options::new(kind, world)
    };
    let mut browser = Browser::start(&options)?;
    browser.navigate(&format!("https://{INDEX}/"))?;
    browser.close_control()?;
    browser.wait_until_closed();
    Ok(())
}

fn picture(world: &World, kind: Kind, extension: &Path, shots: &Path, arguments: &Arguments) -> Outcome {
    let display = if arguments.toolbar { Some(Display::start(1200, 860)?) } else { None };
    let options = Options {
        extension: Some(extension),
        headless: display.is_none(),
        display: display.as_ref().map(|display| display.name().to_owned()),
        size: (1200, 860),
        languages: arguments.languages.as_deref().unwrap_or("en"),
        ..Options::new(kind, world)
    };
    let mut browser = Browser::start(&options)?;
    let tab = browser.first_tab()?;
    let mut panel = None;
    for site in SITES {
        if arguments.pages.as_ref().is_some_and(|pages| !pages.iter().any(|page| page == site.host)) {
            continue;
        }
        browser.switch(&tab)?;
        browser.navigate(&format!("https://{}/", site.host))?;
        browser.until("the badge says who answered", |browser| {
            let badge = browser.badge(&tab)?;
            // An ellipsis says that the response is not there yet: a slow machine shows it for a while.
            Ok((!["", "…"].contains(&badge.text.as_str()), json!(badge.title)))
        })?;
        let name = site.host.trim_end_matches(".example").replace('.', "-");
        let page = shots.join(format!("{name}-page.png"));
        match &display {
            None => browser.screenshot(&page, true)?,
            Some(display) => window(&mut browser, &tab, display, &page)?,
        }
        // Opened late, so that the window with its toolbar is shown without it.
        let panel = match &panel {
            Some(panel) => panel,
            None => panel.insert(browser.open_tab()?),
        };
        browser.switch(panel)?;
        browser.viewport(400, 620)?;
        browser.navigate(&browser.extension_url(&format!("panel.html?tab={}", tab.id)))?;
        looks::whole_panel(&mut browser)?;
        let drawn = shots.join(format!("{name}-panel.png"));
        browser.screenshot(&drawn, true)?;
        // The table of operators, which is loaded when nothing else tells who answered, may have come since.
        let badge = browser.badge(&tab)?;
        println!("{:<26} {:<4} {}", site.host, badge.text, badge.title);
        println!("  {}\n  {}", page.display(), drawn.display());
    }
    Ok(())
}

/// The window as a reader sees it: toolbar, badge, and the panel opened from its button.
fn window(browser: &mut Browser, tab: &e2e::drivers::Tab, display: &Display, path: &Path) -> Result<(), DriverError> {
    browser.activate(tab)?;
    browser.open_popup()?;
    // Nothing tells when the panel is there and everything is drawn.
    thread::sleep(std::time::Duration::from_millis(3500));
    display.screenshot(path)?;
    browser.activate(tab)
}
