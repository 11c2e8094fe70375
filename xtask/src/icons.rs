//! The icons, drawn once in `extension/icons/icon.svg` and rasterised here.
//!
//! Chromium takes no SVG for its toolbar. The pictures are made at build time and not committed,
//! so that none can differ from the drawing; without its text and photo features `resvg` adds
//! about three seconds to a cold build and nothing to a warm one.

use crate::Failure;
use resvg::{tiny_skia, usvg};
use std::{fs, path::Path};

/// The colours, by the ground they are for, and the sizes that the manifests name.
///
/// `any` is for browsers that take one icon only: its contrast is at least 3:1 with a white toolbar
/// and with a dark one (#35363a). Firefox changes between the other two with its theme.
const ICONS: [(&str, &str, &[u32]); 3] =
    [("any", "#78828d", &[16, 32, 48, 128]), ("on-light", "#3b4550", &[16, 32]), ("on-dark", "#dfe4ea", &[16, 32])];

/// Writes every icon to a directory, as `<ground>-<size>.png`.
pub fn write(drawing: &Path, directory: &Path) -> Result<(), Failure> {
    let drawing = fs::read_to_string(drawing)?;
    fs::create_dir_all(directory)?;
    for (ground, colour, sizes) in ICONS {
        let options =
            usvg::Options { style_sheet: Some(format!("svg {{ color: {colour} }}")), ..usvg::Options::default() };
        let tree = usvg::Tree::from_str(&drawing, &options)?;
        for &size in sizes {
            let mut pixels = tiny_skia::Pixmap::new(size, size).expect("the sizes are not zero");
            let scale = size as f32 / tree.size().width();
            let scale = tiny_skia::Transform::from_scale(scale, scale);
            resvg::render(&tree, scale, &mut pixels.as_mut());
            fs::write(directory.join(format!("{ground}-{size}.png")), pixels.encode_png()?)?;
        }
    }
    Ok(())
}
