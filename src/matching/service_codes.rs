//! Code and description of a service line → product (P7). Does not apply the product's options: billing does.

use ahash::AHashMap;
use regex::Regex;

use crate::domain::book::{Book, ProductId};
use crate::domain::charge::ServiceCodeKind;

/// What products recognise lines of service files by.
#[derive(Debug)]
pub(super) struct ServiceCodes<'b> {
    texts: AHashMap<&'b str, ProductId>,
    /// Most literal characters first, then by product code.
    wildcards: Vec<(&'b str, ProductId)>,
    /// By product code, then as the product has them.
    expressions: Vec<(Regex, ProductId)>,
}

impl<'b> ServiceCodes<'b> {
    pub(super) fn new(book: &'b Book) -> Self {
        let mut texts = AHashMap::new();
        let (mut wildcards, mut expressions) = (Vec::new(), Vec::new());
        // Products are in the order of their codes, so that of two with the same text the first by code has it.
        for (index, product) in book.products.iter().enumerate() {
            let id = ProductId::from_index(index);
            for code in product.service_codes.iter().map(|code| code.trim()).filter(|code| !code.is_empty()) {
                match product.service_code_kind {
                    ServiceCodeKind::Text => {
                        texts.entry(code).or_insert(id);
                    }
                    ServiceCodeKind::Wildcard => wildcards.push((code, id)),
                    // One that is none was refused with its book.
                    ServiceCodeKind::Regex => expressions.extend(Regex::new(code).map(|expression| (expression, id))),
                }
            }
        }
        wildcards.sort_by_key(|(pattern, id)| (std::cmp::Reverse(literal_length(pattern)), *id, *pattern));
        Self { texts, wildcards, expressions }
    }

    /// The product of a line: the same text as its code, then as its description, then the wildcard with the longest
    /// literal part that fits either, then the first regular expression that does. A blank code or description is not compared.
    pub(super) fn find(&self, code: &str, description: &str) -> Option<ProductId> {
        let given = || [code, description].map(str::trim).into_iter().filter(|text| !text.is_empty());
        let by_text = given().find_map(|text| self.texts.get(text).copied());
        by_text.or_else(|| {
            let fits = |pattern: &str| given().any(|text| matches_wildcard(pattern, text));
            let by_wildcard = self.wildcards.iter().find(|(pattern, _)| fits(pattern)).map(|(_, id)| *id);
            by_wildcard.or_else(|| {
                let fits = |expression: &Regex| given().any(|text| expression.is_match(text));
                self.expressions.iter().find(|(expression, _)| fits(expression)).map(|(_, id)| *id)
            })
        })
    }
}

/// Characters of a pattern that are not `*`.
fn literal_length(pattern: &str) -> usize {
    pattern.chars().filter(|c| *c != '*').count()
}

/// Does the text consist of the pattern's literal parts in their order, with anything (or nothing) where a `*` stands?
fn matches_wildcard(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(between) = text.strip_prefix(head).and_then(|text| text.strip_suffix(tail)) else { return false };
    // Taking each part as early as it comes leaves the most for the others.
    let mut left = Some(between);
    for part in middle.split('*') {
        left = left.and_then(|text| text.find(part).map(|at| &text[at + part.len()..]));
    }
    left.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::test_book::{book, product};
    use super::*;
    use ServiceCodeKind::{Regex as Expression, Text, Wildcard};

    #[test]
    fn regular_expressions_come_last() {
        let mut book = book();
        book.products = vec![
            product("A", Expression, &["^FTTC-(40|80)$", "(?i)broadband"]),
            product("B", Expression, &["FTTC"]),
            product("C", Wildcard, &["FTTC-4*"]),
        ];
        let codes = ServiceCodes::new(&book);
        for (code, description, expected, rule) in [
            ("FTTC-80", "", Some(0), "P7: the first product by code of those that fit"),
            ("FTTC-800", "", Some(1), "P7: anchors hold"),
            ("FTTC-40", "", Some(2), "P7: a wildcard beats a regular expression"),
            ("X", "Super BROADBAND", Some(0), "P7: or by description"),
            ("X", "", None, "P7: none fits"),
        ] {
            assert_eq!(codes.find(code, description), expected.map(ProductId), "{rule}");
        }
    }

    #[test]
    fn text_beats_wildcard_and_long_beats_short() {
        let mut book = book();
        book.products = vec![
            product("A", Wildcard, &["*line*"]),
            product("B", Wildcard, &["WLR*line", "*"]),
            product("C", Text, &[" WLR3 line "]),
            product("D", Wildcard, &["WLR*line"]),
        ];
        let codes = ServiceCodes::new(&book);
        // (code, description, product)
        let rows = [
            ("WLR3 line", "", 2, "P7: text beats wildcard"),
            ("", " WLR3 line", 2, "P7: or by description, trimmed"),
            ("WLR3 multiline", "WLR3 line", 2, "P7: text on the description beats wildcard on the code"),
            ("WLR3 multiline", "", 1, "P7: 7 literal characters beat 4; of two equal ones B comes before D"),
            ("a line rental", "", 0, "P7: 4 literal characters beat none"),
            ("other", "", 1, "P7: anything"),
        ];
        for (code, description, expected, rule) in rows {
            assert_eq!(codes.find(code, description), Some(ProductId(expected)), "{rule}");
        }
        assert_eq!(codes.find("", ""), None, "P7: a blank is not compared");
    }

    #[test]
    fn a_star_stands_for_anything() {
        let rows = [
            ("*", "", true),
            ("a*", "a", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("*b*b*", "abab", true),
            ("*b*b*", "ab", false),
            ("a**c", "abc", true),
            ("abc", "abc", true),
            ("abc", "ABC", false),
            ("é*ü", "é-ü", true),
        ];
        for (pattern, text, expected) in rows {
            assert_eq!(matches_wildcard(pattern, text), expected, "{pattern} {text}");
        }
    }
}
