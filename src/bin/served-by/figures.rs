//! How often verdicts are right: precision, recall and their mean, counted over labelled responses.

use std::collections::BTreeMap;

use serde::Serialize;

/// What is known to be right of one response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// Id of the provider whose machine answered; nothing where nobody can be named.
    pub delivered_by: Option<String>,
    /// Ids of all providers that took part.
    pub layers: Option<Vec<String>>,
    /// The inner option is nothing where nobody holds the site as far as can be told.
    pub hosted_at: Option<Option<String>>,
    pub origin: Option<String>,
    pub copy: Option<String>,
    pub tags: Vec<String>,
}

/// What was said of it, in the same words.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub delivered_by: Option<String>,
    pub certain: bool,
    pub layers: Vec<String>,
    pub hosted_at: Option<String>,
    pub origin: String,
    pub copy: String,
}

/// Names that were given, and names that should have been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Named, and rightly.
    pub right: u64,
    /// Named.
    pub said: u64,
    /// To be named.
    pub expected: u64,
}

impl Counts {
    fn add(&mut self, expected: Option<&str>, said: Option<&str>) {
        self.expected += u64::from(expected.is_some());
        self.said += u64::from(said.is_some());
        self.right += u64::from(said.is_some() && said == expected);
    }

    /// The share of names given that are right; nothing where none was given.
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.said)
    }

    /// The share of names to be given that were given.
    pub fn recall(&self) -> Option<f64> {
        share(self.right, self.expected)
    }

    /// The harmonic mean of both: 2 × right ÷ (given + to be given).
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.right, self.said + self.expected)
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Answers that are equal to the label, among those that have one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Equal {
    pub right: u64,
    pub of: u64,
}

impl Equal {
    fn add(&mut self, right: bool) {
        self.of += 1;
        self.right += u64::from(right);
    }

    pub fn share(&self) -> Option<f64> {
        share(self.right, self.of)
    }
}

/// The figures of a group of responses.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub responses: u64,
    /// Who delivered, over all responses.
    pub delivered_by: Counts,
    /// The same over the responses whose verdict is certain.
    pub certain: Counts,
    /// The same for each provider that a label names or that was named.
    pub providers: BTreeMap<String, Counts>,
    /// Responses whose label names nobody, and those of them for which nobody was named.
    pub nobody: Equal,
    pub layers: Counts,
    pub hosted_at: Counts,
    pub origin: Equal,
    pub copy: Equal,
    /// What was expected and what was said, where they differ.
    pub confusions: BTreeMap<(Option<String>, Option<String>), u64>,
}

impl Figures {
    pub fn add(&mut self, label: &Label, said: &Said) {
        let (expected, found) = (label.delivered_by.as_deref(), said.delivered_by.as_deref());
        self.responses += 1;
        self.delivered_by.add(expected, found);
        if said.certain {
            self.certain.add(expected, found);
        }
        if expected.is_none() {
            self.nobody.add(found.is_none());
        }
        for provider in [expected, found.filter(|found| Some(*found) != expected)].into_iter().flatten() {
            let is = |other: Option<&str>| (other == Some(provider)).then_some("it");
            self.providers.entry(provider.to_owned()).or_default().add(is(expected), is(found));
        }
        if expected != found {
            let pair = (label.delivered_by.clone(), said.delivered_by.clone());
            *self.confusions.entry(pair).or_default() += 1;
        }
        if let Some(layers) = &label.layers {
            let right = said.layers.iter().filter(|layer| layers.contains(layer)).count();
            self.layers.right += right as u64;
            self.layers.said += said.layers.len() as u64;
            self.layers.expected += layers.len() as u64;
        }
        if let Some(hosted_at) = &label.hosted_at {
            self.hosted_at.add(hosted_at.as_deref(), said.hosted_at.as_deref());
        }
        if let Some(origin) = &label.origin {
            self.origin.add(*origin == said.origin);
        }
        if let Some(copy) = &label.copy {
            self.copy.add(*copy == said.copy);
        }
    }

    /// The mean of F1 over the providers that a label names, each counting the same however often it occurs.
    pub fn macro_f1(&self) -> Option<f64> {
        let each: Vec<f64> =
            self.providers.values().filter(|counts| counts.expected > 0).filter_map(Counts::f1).collect();
        (!each.is_empty()).then(|| each.iter().sum::<f64>() / each.len() as f64)
    }

    /// Confusions, the most frequent first.
    pub fn confusions(&self) -> Vec<(&Option<String>, &Option<String>, u64)> {
        let mut all: Vec<_> =
            self.confusions.iter().map(|((expected, said), count)| (expected, said, *count)).collect();
        all.sort_by_key(|(expected, said, count)| (std::cmp::Reverse(*count), *expected, *said));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(pairs: &[(Option<&str>, Option<&str>, bool)]) -> Figures {
        let mut figures = Figures::default();
        for (expected, found, certain) in pairs {
            let label = Label { delivered_by: expected.map(str::to_owned), ..Label::default() };
            let said = Said { delivered_by: found.map(str::to_owned), certain: *certain, ..Said::default() };
            figures.add(&label, &said);
        }
        figures
    }

    /// The figures of five answers, counted by hand.
    #[test]
    fn figures_are_those_of_the_definitions() {
        let figures = figures(&[
            (Some("a"), Some("a"), true),
            (Some("a"), Some("b"), true),
            (Some("b"), None, false),
            (None, Some("c"), false),
            (None, None, false),
        ]);
        assert_eq!(figures.delivered_by, Counts { right: 1, said: 3, expected: 3 });
        assert_eq!(figures.delivered_by.precision(), Some(1.0 / 3.0));
        assert_eq!(figures.delivered_by.recall(), Some(1.0 / 3.0));
        assert_eq!(figures.delivered_by.f1(), Some(1.0 / 3.0));
        assert_eq!(figures.certain.precision(), Some(0.5));
        assert_eq!(figures.nobody, Equal { right: 1, of: 2 });
        // a: one of two found, nothing else called a; b: never found; c is no label.
        assert_eq!(figures.providers["a"].f1(), Some(2.0 / 3.0));
        assert_eq!(figures.providers["b"].f1(), Some(0.0));
        assert_eq!(figures.macro_f1(), Some((2.0 / 3.0) / 2.0));
        let confusions: Vec<_> = figures
            .confusions()
            .into_iter()
            .map(|(expected, said, _)| (expected.as_deref(), said.as_deref()))
            .collect();
        assert_eq!(confusions, [(None, Some("c")), (Some("a"), Some("b")), (Some("b"), None)]);
    }

    #[test]
    fn nothing_counted_is_no_figure() {
        let figures = figures(&[(None, None, false)]);
        assert_eq!((figures.delivered_by.f1(), figures.macro_f1(), figures.layers.f1()), (None, None, None));
    }
}
