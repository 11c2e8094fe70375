//! Members of structured lists (RFC 9651), read by the `sfv` library.
//!
//! `Cache-Status` and `Proxy-Status` are lists of items with parameters. Each member is handed to
//! the library by itself, so that one malformed member costs only itself (see the head of
//! [`crate::field`]), and through one visitor for both fields, so that the library's parser is
//! compiled once.

use std::borrow::Cow;
use std::convert::Infallible;

use sfv::visitor::{ItemVisitor, ParameterVisitor};
use sfv::{BareItemFromInput, KeyRef, Parser};

use crate::field::{Fault, Problem, list::Member};

/// What an item or a parameter holds, reduced to the types these fields use.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Token(&'a str),
    String(Cow<'a, str>),
    Integer(i64),
    Boolean(bool),
    /// A decimal, byte sequence, date or display string: no parameter of these fields is one.
    Other,
}

impl<'a> Value<'a> {
    /// The text of a token or a string, which these fields allow in the same places.
    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Value::Token(token) => Some(Cow::Borrowed(token)),
            Value::String(string) => Some(string),
            _ => None,
        }
    }
}

impl<'a> From<BareItemFromInput<'a>> for Value<'a> {
    fn from(item: BareItemFromInput<'a>) -> Self {
        match item {
            BareItemFromInput::Token(token) => Value::Token(token.as_str()),
            BareItemFromInput::String(Cow::Borrowed(string)) => Value::String(Cow::Borrowed(string.as_str())),
            BareItemFromInput::String(Cow::Owned(string)) => Value::String(Cow::Owned(string.into())),
            BareItemFromInput::Integer(integer) => Value::Integer(integer.into()),
            BareItemFromInput::Boolean(boolean) => Value::Boolean(boolean),
            _ => Value::Other,
        }
    }
}

/// Called for each parameter in the order sent; a later one of the same name replaces the
/// earlier (RFC 9651, section 4.2.3.2).
type Parameter<'f, 'a> = &'f mut dyn FnMut(&'a str, Value<'a>);

struct Visitor<'f, 'a> {
    item: &'f mut Option<Value<'a>>,
    parameter: Parameter<'f, 'a>,
}

impl<'a> ItemVisitor<'a> for Visitor<'_, 'a> {
    type Error = Infallible;

    fn bare_item(self, item: BareItemFromInput<'a>) -> Result<impl ParameterVisitor<'a>, Infallible> {
        *self.item = Some(item.into());
        Ok(Parameters(self.parameter))
    }
}

struct Parameters<'f, 'a>(Parameter<'f, 'a>);

impl<'a> ParameterVisitor<'a> for Parameters<'_, 'a> {
    type Error = Infallible;

    fn parameter(&mut self, name: &'a KeyRef, value: BareItemFromInput<'a>) -> Result<(), Infallible> {
        (self.0)(name.as_str(), value.into());
        Ok(())
    }
}

/// Reads one member: the item, and its parameters through `parameter`.
///
/// The parameters before a syntax error have been handed over when it is found; callers that
/// must not believe them drop what they collected.
pub(crate) fn parse_member<'a>(member: Member<'a>, parameter: Parameter<'_, 'a>) -> Result<Value<'a>, Problem> {
    if member.is_too_long() {
        return Err(Fault::TooLong.at(member.at));
    }
    let mut item = None;
    let visitor = Visitor { item: &mut item, parameter };
    match Parser::new(member.bytes).parse_item_with_visitor(visitor) {
        Ok(()) => item.ok_or(Fault::Empty.at(member.at)),
        Err(error) => {
            let index = error.index().unwrap_or(0).min(member.bytes.len());
            Err(Fault::Syntax.at(member.at + index))
        }
    }
}
