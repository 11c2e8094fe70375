//! A reader for tests.

use std::io::{self, Read};

/// Hands out a few bytes at a time, so that everything is cut somewhere.
pub struct Few<'a>(pub &'a [u8], pub usize);

impl Read for Few<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.1.min(buffer.len()).min(self.0.len());
        buffer[..len].copy_from_slice(&self.0[..len]);
        self.0 = &self.0[len..];
        Ok(len)
    }
}
