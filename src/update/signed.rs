//! Signatures and public keys in the format of `minisign`, and which keys are in force.
//!
//! Signatures are the prehashed ones that minisign makes since 2021: Ed25519 (RFC 8032) over the
//! BLAKE2b-512 (RFC 7693) of the message. Here they are taken apart; the curve is the device's business.

use blake2::{Blake2b512, Digest as _};
use ct_codecs::{Base64, Decoder as _};

use super::{Refusal, lines};

/// A public key as minisign writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Random, chosen with the key; signatures name it.
    pub id: [u8; 8],
    pub point: [u8; 32],
}

impl PublicKey {
    /// The second line of a `.pub` file: `RW` and 54 more characters.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 42] = base64(text)?;
        let (algorithm, rest) = bytes.split_first_chunk::<2>()?;
        let (id, point) = rest.split_first_chunk::<8>()?;
        (algorithm == b"Ed").then_some(Self { id: *id, point: point.try_into().ok()? })
    }

    /// As [`PublicKey::parse`] reads it.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn text(&self) -> String {
        let bytes = [&b"Ed"[..], &self.id, &self.point].concat();
        <Base64 as ct_codecs::Encoder>::encode_to_string(bytes).unwrap_or_default()
    }

    /// The id as minisign shows it.
    pub fn name(&self) -> String {
        key_name(&self.id)
    }
}

fn key_name(id: &[u8; 8]) -> String {
    format!("{:016X}", u64::from_le_bytes(*id))
}

/// The keys that a device trusts. The next one is kept apart from the current one, so that losing one
/// of them, or having it stolen, leaves the other to say what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    pub generation: u32,
    pub current: PublicKey,
    pub next: PublicKey,
}

impl Keys {
    const FIRST: &str = "served-by keys 1";

    /// The statement of keys: what a publisher signs when they change.
    pub fn parse(text: &str) -> Option<Self> {
        Self::of(&lines::of(text, Self::FIRST)?)
    }

    pub(super) fn of(lines: &[(&str, &str)]) -> Option<Self> {
        let key = |word| PublicKey::parse(lines::one(lines, word)?);
        let keys = Self {
            generation: lines::number(lines::one(lines, "generation")?)?,
            current: key("current")?,
            next: key("next")?,
        };
        (keys.current.id != keys.next.id).then_some(keys)
    }

    /// What a publisher signs.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn statement(&self) -> String {
        let Self { generation, current, next } = self;
        let (current, next) = (current.text(), next.text());
        format!("{}\ngeneration {generation}\ncurrent {current}\nnext {next}\n{}\n", Self::FIRST, lines::END)
    }

    /// The file in which a publisher puts the statement that made this generation.
    pub fn file(generation: u32) -> String {
        format!("keys-{generation}.signed")
    }

    /// The key of that id, if it is in force.
    pub fn find(&self, id: &[u8; 8]) -> Option<&PublicKey> {
        [&self.current, &self.next].into_iter().find(|key| key.id == *id)
    }
}

/// A document with its signature before it: the four lines of a `.minisig` file, then what was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<'a> {
    pub key: [u8; 8],
    signature: [u8; 64],
    trusted_comment: &'a str,
    global: [u8; 64],
    pub message: &'a str,
    /// The lines before the message, as a `.minisig` file has them.
    pub head: &'a str,
    /// Bytes up to the end of the document; a file with a whole version goes on behind it.
    pub len: usize,
}

impl<'a> Signed<'a> {
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if !bytes.starts_with(b"untrusted comment: ") {
            return Err(Refusal::NotAnUpdate);
        }
        // Only the documents are text; packed parts may follow.
        let marker = [b"\n", lines::END.as_bytes(), b"\n"].concat();
        // What begins as it should and does not end was cut on the way.
        let end = bytes.windows(marker.len()).position(|window| window == marker).ok_or(Refusal::BrokenOff)?;
        let len = end + marker.len();
        let text = std::str::from_utf8(&bytes[..len]).map_err(|_| Refusal::NotAnUpdate)?;
        let mut parts = text.splitn(5, '\n');
        let mut line = || parts.next().ok_or(Refusal::NotAnUpdate);
        let (_comment, signature, trusted, global, message) = (line()?, line()?, line()?, line()?, line()?);
        let signature: [u8; 74] = base64(signature).ok_or(Refusal::Signature)?;
        // `Ed` would be a signature over the message itself, which minisign makes only when asked.
        let Some((b"ED", rest)) = signature.split_first_chunk() else { return Err(Refusal::Signature) };
        let Some((key, signature)) = rest.split_first_chunk() else { return Err(Refusal::Signature) };
        Ok(Self {
            key: *key,
            signature: signature.try_into().map_err(|_| Refusal::Signature)?,
            trusted_comment: trusted.strip_prefix("trusted comment: ").ok_or(Refusal::Signature)?,
            global: base64(global).ok_or(Refusal::Signature)?,
            message,
            head: &text[..len - message.len()],
            len,
        })
    }

    /// What the key must have signed for the document to be its: messages with their signatures.
    pub fn claims(&self) -> [(Vec<u8>, [u8; 64]); 2] {
        let hash = Blake2b512::digest(self.message.as_bytes()).to_vec();
        let comment = [&self.signature[..], self.trusted_comment.as_bytes()].concat();
        [(hash, self.signature), (comment, self.global)]
    }

    pub fn key_name(&self) -> String {
        key_name(&self.key)
    }
}

/// Exactly this many bytes in base64 (RFC 4648, section 4), padded.
fn base64<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let decoded = Base64::decode(&mut bytes, text, None).ok()?;
    (decoded.len() == N).then_some(bytes)
}
