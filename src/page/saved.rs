//! A tab as bytes, so that a worker that was killed loses nothing.

use super::Tab;

/// Raised whenever [`Tab`] changes its shape. Older states are dropped: they outlive no browser session.
const FORMAT: u8 = 7;
/// Longest saved state that is read, in bytes.
const SAVED_MAX: usize = 4 << 20;

/// Why a saved state was not taken; the tab starts afresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    #[error("saved state of format {found}; this program reads {FORMAT}")]
    Format { found: u8 },
    #[error("saved state of {len} bytes is too long or too short")]
    Length { len: usize },
    #[error("damaged saved state")]
    Damaged,
}

/// Writes format, checksum, and the tab. What is too long to be read again gives up what nobody looks at.
pub fn save(tab: &mut Tab) -> Vec<u8> {
    loop {
        let bytes = written(tab);
        if bytes.len() <= SAVED_MAX || !tab.shed() {
            return bytes;
        }
    }
}

fn written(tab: &Tab) -> Vec<u8> {
    let body = postcard::to_allocvec(tab).unwrap_or_default();
    let mut bytes = vec![FORMAT];
    bytes.extend(checksum(&body).to_le_bytes());
    bytes.extend(body);
    bytes
}

/// Reads what [`save`] wrote. Hostile input: bounded, checked, never a panic.
pub fn load(bytes: &[u8]) -> Result<Tab, SavedError> {
    let length = SavedError::Length { len: bytes.len() };
    let (&[format, ref sum @ ..], body) = bytes.split_first_chunk::<5>().ok_or(length)?;
    if format != FORMAT {
        return Err(SavedError::Format { found: format });
    }
    if bytes.len() > SAVED_MAX {
        return Err(length);
    }
    if checksum(body).to_le_bytes() != *sum {
        return Err(SavedError::Damaged);
    }
    match postcard::take_from_bytes(body) {
        Ok((tab, [])) => Ok(tab),
        _ => Err(SavedError::Damaged),
    }
}

/// FNV-1a, 32 bits: it tells a cut-off write, it is no seal.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
