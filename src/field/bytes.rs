//! Bytes looked for and compared eight at a time. The module for browsers is built for size, and there the standard
//! library does both byte by byte.

const ONES: u64 = u64::from_le_bytes([1; 8]);

/// Where a byte stands first, without regard to the bits of `ignored`.
pub(crate) fn position(text: &[u8], wanted: u8, ignored: u8) -> Option<usize> {
    let (wanted, any) = (wanted | ignored, u64::from(ignored) * ONES);
    let all = u64::from(wanted) * ONES;
    let found = |eight: &[u8; 8]| {
        let other = (u64::from_le_bytes(*eight) | any) ^ all;
        // Of the bits that are left, the lowest is that of the first byte without any.
        other.wrapping_sub(ONES) & !other & (ONES << 7)
    };
    let place = |found: u64| found.trailing_zeros() as usize / 8;
    let Some(last) = text.last_chunk() else {
        return text.iter().position(|byte| byte | ignored == wanted);
    };
    for (number, eight) in text.as_chunks().0.iter().enumerate() {
        let found = found(eight);
        if found != 0 {
            return Some(number * 8 + place(found));
        }
    }
    // What is left over is looked at together with what stands before it, where nothing was.
    let found = found(last);
    if found == 0 { None } else { Some(text.len() - 8 + place(found)) }
}

/// Are these the same bytes?
#[inline(always)]
pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    // Natively the library's comparison takes fewer instructions.
    if cfg!(target_arch = "wasm32") { equal_by_eights(one, other) } else { one == other }
}

/// Loops, because closures would be calls in the module.
#[inline(always)]
fn equal_by_eights(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (Some(last), Some(other_last)) = (one.last_chunk::<8>(), other.last_chunk::<8>()) else {
        for (one, other) in one.iter().zip(other) {
            if one != other {
                return false;
            }
        }
        return true;
    };
    for (one, other) in one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0) {
        if one != other {
            return false;
        }
    }
    last == other_last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each length has its own mixture of whole and left-over eights.
    #[test]
    fn bytes_are_found_and_compared_at_every_place() {
        for len in 0..40 {
            let plain = vec![b'a'; len];
            assert_eq!(position(&plain, b'.', 0), None);
            assert!(equal_by_eights(&plain, &plain.clone()));
            for at in 0..len {
                let mut text = plain.clone();
                text[at] = b'.';
                assert!(!equal_by_eights(&text, &plain) && !equal_by_eights(&plain[..at], &plain), "{len} {at}");
                for later in at..len {
                    text[later] = b'.';
                    assert_eq!(position(&text, b'.', 0), Some(at), "{len} {at} {later}");
                }
                text[at] = b'F';
                assert_eq!(position(&text, b'f', 0x20), Some(at));
                assert_eq!(position(&text, b'f', 0), None);
            }
        }
        assert_eq!(position(&[0x80, 0xff, 0x01, 0, 0, 0, 0, 0, 0], 0, 0), Some(3));
    }
}
