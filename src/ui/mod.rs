//! A page or a verdict as words and rows; what is shown is decided here, elements are not.

pub mod words;
pub mod toolbar;
pub mod view;
pub mod tree;
pub mod options;
pub mod records;
#[cfg(target_arch = "wasm32")]
pub mod dom;

/// Items in the order of their keys, equal ones as they came. Lists here are short, and each use of the
/// library's sort adds some ten kilobytes to the module.
fn in_order<T, K: Ord>(items: impl IntoIterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut ordered: Vec<T> = Vec::new();
    for item in items {
        let at = ordered.partition_point(|before| key(before) <= key(&item));
        ordered.insert(at, item);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn equal_items_keep_their_order() {
        assert_eq!(in_order([3, 11, 2, 13, 1, 12], |number| number / 10), [3, 2, 1, 11, 13, 12]);
        assert_eq!(in_order([0_u8; 0], |number| *number), [0_u8; 0]);
    }
}
