//! Every fuzz target, run for a bounded time on stable Rust with chance that is seeded.
//!
//! A target is one file in `targets/`: honest inputs (`SEEDS`), pieces of which hostile inputs are
//! made (`PIECES`), and a function `run` that takes any bytes and panics where a promise is
//! broken. That file is plain Rust over the public library and is included twice by its path: by a
//! small libFuzzer program in `fuzz_targets/`, which `./build.sh fuzz` runs for as long as wanted,
//! and here, where it is a test like any other (`cargo test --test fuzz`). So both run the same
//! function, and this one needs neither nightly Rust nor cargo-fuzz.
//!
//! To add a target: write `targets/<name>.rs`, copy `fuzz_targets/fields.rs`, name it in
//! `fuzz/Cargo.toml`, and add the three lines at the end of this file.

/// What the bounded run makes of one target.
struct Target {
    seeds: &'static [&'static [u8]],
    pieces: &'static [&'static [u8]],
    run: fn(&[u8]),
    /// How many changed seeds are tried.
    mutations: usize,
    /// The length of the inputs that repeat one piece.
    repeated_len: usize,
    /// The length of one last input, of the target's longest kind.
    longest_len: usize,
}

/// A repeatable source of chance (xorshift64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).expect("below a usize")
    }

    fn of<'a>(&mut self, choices: &[&'a [u8]]) -> &'a [u8] {
        choices[self.below(choices.len())]
    }
}

impl Target {
    fn check(&self) {
        self.cut_at_every_byte();
        self.change_seeds();
        self.repeat_pieces();
    }

    /// Each seed without its end and without its beginning, at every byte.
    fn cut_at_every_byte(&self) {
        for seed in self.seeds {
            for at in 0..=seed.len() {
                (self.run)(&seed[..at]);
                (self.run)(&seed[at..]);
            }
        }
    }

    /// Seeds with bytes and pieces replaced, inserted, doubled and removed.
    fn change_seeds(&self) {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        for _ in 0..self.mutations {
            let mut input = chance.of(self.seeds).to_vec();
            for _ in 0..=chance.below(6) {
                let at = chance.below(input.len() + 1);
                let byte = u8::try_from(chance.below(256)).expect("below 256");
                match chance.below(6) {
                    0 if at < input.len() => input[at] = byte,
                    1 if at < input.len() => input[at] ^= 1 << chance.below(8),
                    2 => input.insert(at, byte),
                    3 => drop(input.splice(at..at, chance.of(self.pieces).iter().copied())),
                    4 => input.extend_from_within(at..),
                    _ => input.truncate(at),
                }
            }
            (self.run)(&input);
        }
    }

    /// Long inputs of one piece each: what is quadratic anywhere would not end within hours, so
    /// that no time needs to be measured.
    fn repeat_pieces(&self) {
        for piece in self.pieces.iter().chain(self.seeds) {
            (self.run)(&piece.repeat(self.repeated_len / piece.len()));
        }
        for piece in &self.pieces[..2] {
            (self.run)(&piece.repeat(self.longest_len / piece.len()));
        }
    }
}

#[path = "targets/fields.rs"]
mod fields;

#[test]
fn fields() {
    Target {
        seeds: fields::SEEDS,
        pieces: fields::PIECES,
        run: fields::run,
        mutations: 20_000,
        repeated_len: 300_000,
        longest_len: 10_000_000,
    }
    .check();
}

#[path = "targets/har.rs"]
mod har;

#[test]
fn har() {
    Target {
        seeds: har::SEEDS,
        pieces: har::PIECES,
        run: har::run,
        mutations: 20_000,
        repeated_len: 100_000,
        longest_len: 1_000_000,
    }
    .check();
}

#[path = "targets/image.rs"]
mod image;

#[test]
fn image() {
    Target {
        seeds: image::SEEDS,
        pieces: image::PIECES,
        run: image::run,
        // Each draws four panels, and what is documented about a page.
        mutations: 5_000,
        repeated_len: 1_000,
        longest_len: 10_000,
    }
    .check();
}

#[path = "targets/pieces.rs"]
mod pieces;

#[test]
fn pieces() {
    Target {
        seeds: pieces::SEEDS,
        pieces: pieces::PIECES,
        run: pieces::run,
        mutations: 5_000,
        repeated_len: 20_000,
        longest_len: 200_000,
    }
    .check();
}

#[path = "targets/operators.rs"]
mod operators;

#[test]
fn operators() {
    Target {
        seeds: operators::SEEDS,
        pieces: operators::PIECES,
        run: operators::run,
        mutations: 500,
        repeated_len: 20_000,
        longest_len: 200_000,
    }
    .check();
}

#[path = "targets/state.rs"]
mod state;

#[test]
fn state() {
    Target {
        seeds: state::SEEDS,
        pieces: state::PIECES,
        run: state::run,
        // Each draws panels and the options in two languages.
        mutations: 50_000,
        repeated_len: 1_000,
        longest_len: 100_000,
    }
    .check();
}

#[path = "targets/updates.rs"]
mod updates;

#[test]
fn updates() {
    Target {
        seeds: updates::SEEDS,
        pieces: updates::PIECES,
        run: updates::run,
        mutations: 50_000,
        repeated_len: 100_000,
        longest_len: 1_000_000,
    }
    .check();
}
