//! Deltas: a part made from an earlier one.
//!
//! The format is bsdiff's, without its compression: pieces of three numbers (each 8 bytes, little-endian),
//! bytes to add to those of the old part, bytes to take as they are. A row that points at texts changes
//! its numbers when one text grows; such differences are small and alike, and gzip makes little of them.
//! The library that makes deltas can apply them too, and would take 4 kB of the module for it.

/// The new part, or nothing when the delta does not belong to the old one.
pub fn apply(old: &[u8], mut delta: &[u8], len: usize) -> Option<Vec<u8>> {
    let mut new = Vec::with_capacity(len);
    let mut at = 0_i64;
    while !delta.is_empty() {
        let (numbers, rest) = delta.split_first_chunk::<24>()?;
        let number = |from: usize| u64::from_le_bytes(std::array::from_fn(|byte| numbers[from + byte]));
        let (add, take) = (usize::try_from(number(0)).ok()?, usize::try_from(number(8)).ok()?);
        // Sign and magnitude.
        let seek = number(16);
        let magnitude = i64::try_from(seek & (u64::MAX >> 1)).ok()?;
        let seek = if seek >> 63 == 1 { -magnitude } else { magnitude };

        let start = usize::try_from(at).ok()?;
        let from_old = old.get(start..start.checked_add(add)?)?;
        let (added, rest) = rest.split_at_checked(add)?;
        let (taken, rest) = rest.split_at_checked(take)?;
        if new.len() + add + take > len {
            return None;
        }
        new.extend(from_old.iter().zip(added).map(|(old, add)| old.wrapping_add(*add)));
        new.extend(taken);
        at = at.checked_add(i64::try_from(add).ok()?)?.checked_add(seek)?;
        delta = rest;
    }
    (new.len() == len).then_some(new)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_delta_makes_the_new_from_the_old(old: Vec<u8>, new: Vec<u8>, cut in 0..64_usize) {
            // Something in common, as versions have.
            let new = [&old[..old.len().min(cut)], &new[..], &old[old.len().min(cut)..]].concat();
            let mut delta = Vec::new();
            bsdiff::diff(&old, &new, &mut delta).unwrap();
            prop_assert_eq!(apply(&old, &delta, new.len()), Some(new.clone()));
            prop_assert_eq!(apply(&old, &delta, new.len() + 1), None);
        }

        #[test]
        fn no_delta_makes_more_than_it_says(old: Vec<u8>, delta: Vec<u8>, len in 0..100_usize) {
            let made = apply(&old, &delta, len);
            prop_assert!(made.is_none_or(|made| made.len() == len));
        }
    }
}
