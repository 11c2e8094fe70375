//! One page view: what was observed of it, how it began, and when it ends.
