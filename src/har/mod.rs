//! A HAR file as responses, entry by entry.
