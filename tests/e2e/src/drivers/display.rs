//! A screen that nobody looks at, for pictures of the whole window with its toolbar.

use std::path::Path;
use std::process::{Command as Program, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use super::{DriverError, Process, Result, find_program, io_error};
use crate::run_folder::RunFolder;

/// An Xvfb server; it writes its screen into a file, which `screenshot` reads.
pub struct Display {
    name: String,
    // Dropped in this order: first the process, then the folder it writes to.
    #[expect(dead_code, reason = "held for its Drop")]
    process: Process,
    run: RunFolder,
}

impl Display {
    pub fn start(width: u32, height: u32) -> Result<Self> {
        let server = find_program(&["Xvfb"])?;
        let run = RunFolder::new("display").map_err(io_error("making the run's folder"))?;
        // With -displayfd the server chooses a free number and prints it.
        let output = run.path().join("number");
        let number = fs::File::create(&output).map_err(io_error("making a file"))?;
        let child = Program::new(server)
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &format!("{width}x{height}x24"), "-fbdir"])
            .arg(run.path())
            .stdin(Stdio::null())
            .stdout(number)
            .stderr(Stdio::null())
            .spawn()
            .map_err(io_error("starting Xvfb"))?;
        let process = Process(child);
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(20) {
            let text = fs::read_to_string(&output).unwrap_or_default();
            if text.ends_with('\n') {
                return Ok(Self { name: format!(":{}", text.trim()), process, run });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Err(DriverError::Gone("Xvfb named no display".to_owned()))
    }

    /// The value of `DISPLAY` for programs that shall appear here.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Writes the whole screen as PNG.
    pub fn screenshot(&self, path: &Path) -> Result<()> {
        let dump = fs::read(self.run.path().join("Xvfb_screen0")).map_err(io_error("reading the screen"))?;
        let (width, height, pixels) = read_dump(&dump).map_err(io_error("reading the screen"))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io_error(folder.display().to_string()))?;
        }
        let file = fs::File::create(path).map_err(io_error(path.display().to_string()))?;
        let mut encoder = png::Encoder::new(io::BufWriter::new(file), width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
        written.map_err(|error| io_error(path.display().to_string())(io::Error::other(error)))
    }
}

/// Reads an X window dump (the format of `xwd`, version 7) of 32 bits a pixel: a header of
/// big-endian words, the colour map, then lines of blue, green, red and one unused byte.
fn read_dump(dump: &[u8]) -> io::Result<(u32, u32, Vec<u8>)> {
    let word = |index: usize| -> io::Result<u32> {
        let bytes = dump.get(index * 4..index * 4 + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_be_bytes).ok_or_else(|| io::Error::other("the dump ends inside its header"))
    };
    let (header_len, width, height) = (word(0)?, word(4)?, word(5)?);
    let (bits_per_pixel, line_len, colours) = (word(11)?, word(12)?, word(19)?);
    if bits_per_pixel != 32 {
        return Err(io::Error::other(format!("{bits_per_pixel} bits per pixel, expected 32")));
    }
    let body = dump.get((header_len + colours * 12) as usize..).unwrap_or_default();
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for line in body.chunks_exact(line_len as usize).take(height as usize) {
        for pixel in line.chunks_exact(4).take(width as usize) {
            pixels.extend([pixel[2], pixel[1], pixel[0]]);
        }
    }
    Ok((width, height, pixels))
}

/// A browser gets a home of its own; the key to the reader's screen stays where it was.
pub(super) fn keep_authority(program: &mut Program) {
    if env::var_os("XAUTHORITY").is_none()
        && let Some(home) = env::home_dir()
    {
        let authority = home.join(".Xauthority");
        if authority.exists() {
            program.env("XAUTHORITY", authority);
        }
    }
}
