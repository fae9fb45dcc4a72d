//! `verify` finds a single wrong bit, wherever the program relies on it.

use std::path::Path;

use super::{HEADER, Place, calls};
use crate::program::{Run, files_below, tollbook};

/// The store with one bit of one file changed, and what `verify` makes of it.
fn verify_with_flipped_bit(place: &Path, file: &Path, bit: usize) -> Run {
    let path = place.join(file);
    let sound = std::fs::read(&path).unwrap();
    let mut damaged = sound.clone();
    damaged[bit / 8] ^= 1 << (bit % 8);
    std::fs::write(&path, damaged).unwrap();
    let run = tollbook(place, &["verify"]);
    std::fs::write(&path, sound).unwrap();
    run
}

#[test]
fn verify_finds_a_flipped_bit_in_a_usage_file() {
    let place = Place::with_invoice();
    // The calls of the first file again and others: the second has marks.
    place.write("b.csv", &(calls("a") + calls("b").strip_prefix(HEADER).unwrap()));
    place.run("import usage b.csv --supplier carrier").done();
    let workspace = place.path("workspace");
    tollbook(&workspace, &["verify"]).done();
    let files = files_below(&workspace.join("usage"), &[]);
    assert_eq!(files.len(), 4, "the facts of two files, the marks of one, what was billed");
    for (name, bytes) in &files {
        let file = Path::new("usage").join(name);
        // Thirteen bits spread over the file, the first and the last among them.
        for part in 0..=12 {
            let bit = (bytes.len() * 8 - 1) * part / 12;
            let run = verify_with_flipped_bit(&workspace, &file, bit).ended(4);
            assert!(run.out.contains(name.as_str()), "{name}, bit {bit}: {}", run.out);
        }
        std::fs::rename(workspace.join(&file), workspace.join("away")).unwrap();
        let run = tollbook(&workspace, &["verify"]).ended(4);
        assert!(run.out.contains(name.as_str()), "{name} is missing: {}", run.out);
        std::fs::rename(workspace.join("away"), workspace.join(&file)).unwrap();
    }
    tollbook(&workspace, &["verify"]).done();
}

#[test]
fn verify_finds_a_flipped_bit_in_the_ledger() {
    const PAGE: usize = 4096;
    let place = Place::with_invoice();
    let workspace = place.path("workspace");
    let bytes = std::fs::read(workspace.join("ledger.db")).unwrap();
    let mut bytes_to_flip =
        vec![(0, "the mark of the format".to_owned()), (100, "the kind of the first page".to_owned())];
    bytes_to_flip.extend((1..bytes.len() / PAGE).map(|page| (page * PAGE, format!("the kind of page {page}"))));
    let places_of = |text: &'static str| {
        let starts = bytes.windows(text.len()).enumerate().filter(move |(_, window)| *window == text.as_bytes());
        starts.map(move |(start, _)| (start + text.len() - 1, format!("the end of {text}")))
    };
    bytes_to_flip.extend(places_of("MAIN-000001"));
    for (byte, what) in bytes_to_flip {
        let run = verify_with_flipped_bit(&workspace, Path::new("ledger.db"), byte * 8);
        assert_eq!(run.code, 4, "{what}, byte {byte}:\n{}\n{}", run.out, run.err);
        assert!(!run.err.contains("panicked"), "{what}: {}", run.err);
    }
    tollbook(&workspace, &["verify"]).done();
}
