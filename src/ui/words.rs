//! Every sentence that a reader sees, in English and French.

/// The languages that are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    En,
    Fr,
}
