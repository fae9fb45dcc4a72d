//! Which layouts are proposed for a file.

use super::super::{Layout, LayoutFit, shipped_layouts, suggest_layouts};
use super::london;
use crate::domain::money::Currency;
use crate::domain::telephone::NumberRules;

fn suggest(bytes: &[u8]) -> Vec<LayoutFit> {
    let layouts: Vec<Layout> =
        shipped_layouts().iter().map(|(name, toml)| Layout::parse(name, toml).expect("sound")).collect();
    suggest_layouts(bytes, &layouts, &london(), &NumberRules::of_country("44"), Currency::GBP)
}

#[test]
fn every_sample_is_recognised_by_its_own_layout_only() {
    for (name, _) in shipped_layouts() {
        let path = format!("{}/fixtures/formats/{name}.csv", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).expect("every shipped layout has a sample");
        let fits = suggest(&bytes);
        assert_eq!(fits.len(), shipped_layouts().len());
        assert_eq!((fits[0].layout.as_str(), fits[0].fits, fits[0].rejects), (*name, true, 0), "{fits:?}");
        assert!(fits[0].records > 0 && fits[0].why_not.is_none(), "{fits:?}");
        for other in &fits[1..] {
            assert!(!other.fits && other.why_not.is_some(), "{name}: {other:?}");
        }
    }
}

#[test]
fn the_beginning_of_a_file_is_enough() {
    let header = "kind,cli,started_at,duration\n";
    let text = format!("{header}{}voice,0207", "voice,02079460018,2026-06-01 09:15:02,60\n".repeat(5000));
    let best = &suggest(text.as_bytes())[0];
    assert_eq!((best.layout.as_str(), best.fits, best.rejects), ("generic", true, 0));
    assert!((1000..5000).contains(&best.records));
}

#[test]
fn a_bad_line_is_named_and_too_many_do_not_fit() {
    let file = |good: usize, bad: usize| {
        let (good, bad) = ("sms,1,2026-06-01 09:15:02\n".repeat(good), "sms,1,yesterday\n".repeat(bad));
        format!("kind,cli,started_at\n{good}{bad}")
    };
    let best = suggest(file(9, 1).as_bytes()).remove(0);
    assert!(best.fits && best.rejects == 1);
    let expected = "line 11, column started_at, value \"yesterday\": is not a time as YYYY-MM-DD HH:MM:SS";
    assert_eq!(best.why_not.as_deref(), Some(expected));
    assert!(!suggest(file(8, 1).as_bytes())[0].fits);
    assert!(!suggest(b"").iter().any(|fit| fit.fits));
}
