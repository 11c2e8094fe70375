//! The arguments of `served-by lookup` and `served-by operators`.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};

/// Name the operator of addresses
///
/// The network that announces an address, who operates it, and the operator's home country: never where a
/// server stands. Addresses that nobody on the Internet operates (private, loopback, documentation and so on)
/// are named as what they are. Nothing is sent anywhere: the table covers the whole Internet, and has a date.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  served-by lookup 192.0.43.7 2620:0:2d0:200::7
  served-by lookup --format csv < addresses.txt > operators.csv
        one address on each line; millions of them, on all cores, in the order of the input;
        a blank line has an answer too

The columns of `csv`, and the names in `json`:
  address     as it was given
  kind        public, or what a special address is: private, loopback, carrier-nat, nat64 and so on;
              invalid where it is no address; blank for a line with nothing on it
  as_number   number of the network's autonomous system, or nothing
  operator    its name
  country     the operator's home country, ISO 3166-1 alpha-2
  provider    id of the provider in the dataset, where the network is one's own
  source      what the answer comes from (csv: on each line; json: once)

An address of version 6 may stand in brackets, as in URLs, and have a zone.

Exit codes: 0 every address was read; 1 some were not; 2 the table of operators is missing.")]
pub struct Lookup {
    /// Addresses; `-`, or none at all, is standard input, with one on each line
    #[arg(value_name = "ADDRESS")]
    pub addresses: Vec<String>,
    #[command(flatten)]
    pub shown: Shown,
}

/// Find operators by AS number or name
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  served-by operators AS16276
  served-by operators \"wikimedia\"
        every operator with this in its name, whatever the case of letters and their accents

Exit codes: 0 found; 1 something asked for was not found; 2 the table of operators is missing.")]
pub struct Operators {
    /// AS numbers as AS16276 or 16276, or parts of names
    #[arg(value_name = "AS…|NAME", required = true)]
    pub wanted: Vec<String>,
    #[command(flatten)]
    pub shown: Shown,
}

#[derive(clap::Args)]
pub struct Shown {
    /// How the answers are written
    #[arg(long, value_enum, default_value_t = Form::Text)]
    pub format: Form,
    #[command(flatten)]
    pub table: Table,
}

/// Where the table of operators is.
#[derive(clap::Args)]
pub struct Table {
    /// The table of operators; without this it is `operators.img` beside the program or in the folder above.
    /// `none` lets `inspect` and `explain` go without
    #[arg(id = "operators", long, value_name = "FILE", env = "SERVED_BY_OPERATORS", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

impl Table {
    /// `none` stands for no table at all.
    pub fn is_refused(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.as_os_str() == "none")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people
    Text,
    /// Comma-separated values (RFC 4180), with a head
    Csv,
    /// One document that names the source
    Json,
}
