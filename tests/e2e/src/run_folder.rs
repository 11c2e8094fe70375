//! The folder of one run: profiles, caches and whatever a browser leaves lying about.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, io, process, thread, time::Duration};

/// A new, empty folder below the system's folder for temporary files; removed on drop.
///
/// Killed browsers leave folders in `TMPDIR`, so each run points that variable here.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// Makes the folder; `name` only helps whoever looks at a running test.
    pub fn new(name: &str) -> io::Result<Self> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("served-by-{name}-{}-{number}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A folder inside it, made now.
    pub fn folder(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.path.join(name);
        fs::create_dir_all(&path)?;
        Ok(path)
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // A browser that was just killed may still be writing; its last files appear between the
        // listing and the removal of a folder, so one attempt is not enough.
        for _ in 0..20 {
            match fs::remove_dir_all(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => thread::sleep(Duration::from_millis(50)),
                _ => return,
            }
        }
        eprintln!("could not remove {}", self.path.display());
    }
}
