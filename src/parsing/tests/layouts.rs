//! What a layout is refused for: always by the name of the key.

use super::super::{Layout, shipped_layouts};

const BASE: &str = "type = \"usage\"\n[file]\ncolumn_count = 4\n[columns]\ncli = 1\nstarted = 2\nduration = 3\n\
                    [time]\nformat = \"YYYY-MM-DD HH:MM:SS\"\n[kind]\nfixed = \"voice\"\n";

#[test]
fn every_shipped_layout_is_sound_and_says_what_it_is_for() {
    for (name, toml) in shipped_layouts() {
        let layout = Layout::parse(name, toml).unwrap_or_else(|error| panic!("{error}"));
        assert!(layout.name() == *name && !layout.description().is_empty() && !layout.places().is_empty());
        assert_eq!(layout.is_services(), *name == "gamma-item-rental");
    }
    assert!(shipped_layouts().is_sorted());
}

#[test]
fn a_wrong_layout_is_refused_by_the_name_of_the_key() {
    /// The base with `from` replaced by `to`, and how its refusal begins.
    fn check(from: &str, to: &str, expected: &str) {
        assert!(BASE.contains(from), "{from}");
        let error = Layout::parse("mine", &BASE.replacen(from, to, 1)).expect_err(to).to_string();
        assert!(error.starts_with(&format!("layout mine: {expected}")), "{to:?}: {error}");
        assert!(!error.contains('\n'), "{error}");
    }
    assert!(Layout::parse("mine", BASE).is_ok());
    check("column_count", "colum_count", "line 3: unknown field `colum_count`");
    check("[time]", "[tme]", "line 8: unknown field `tme`");
    check("type = \"usage\"", "type = \"usage\"\nquotes = true", "line 2: unknown field `quotes`");
    check("[kind]", "[kind", "line 10: ");
    check("= \"usage\"", "= \"sms\"", "type: \"sms\" is not one of usage, services");
    check("cli = 1", "clli = 1", "columns.clli: no such field; there are record_id, kind");
    check("cli = 1", "event = 1", "columns.event: no such field");
    check("cli = 1", "cli = 0", "columns.cli: give a column number from 1");
    check("cli = 1", "cli = true", "columns.cli: give a column number from 1");
    check("cli = 1", "cli = 5", "columns.cli: column 5 is beyond the last one, 4");
    check("cli = 1", "cli = \"CLI\"", "columns.cli: header words need header = \"names\"");
    check("cli = 1", "calling = 1", "columns.called: is needed where there is no cli");
    check("cli = 1", "cli = 1\ncalled = 4", "columns.called: goes without cli");
    check("started = 2", "", "columns.started_date: is needed where there is no started");
    check("started = 2", "started_date = 2", "columns.started_time: is needed");
    check("duration = 3", "", "columns.duration: is needed for voice");
    check("duration = 3", "duration = 3\ndirection = 4", "direction: is needed: say what the words");
    check("duration = 3", "duration = 3\nrecorded = 4", "flags.recorded: is needed");
    check("column_count = 4", "", "file.column_count: is needed");
    check("column_count = 4", "min_columns = 4", "file.column_count: give column_count alone");
    check("column_count = 4", "min_columns = 4\nmax_columns = 3", "file.column_count: give column_count alone");
    check("column_count = 4", "header = \"names\"", "columns.cli: header = \"names\" finds columns by header words");
    check("[file]", "[file]\nheader = \"yes\"", "file.header: \"yes\" is not one of none, names, positions, detect");
    check("[file]", "[file]\ndelimiter = \"::\"", "file.delimiter: \"::\" is not a single mark");
    check("[file]", "[file]\ndelimiter = \"5\"", "file.delimiter: \"5\" is not a single mark");
    check("[file]", "[file]\nnewlines_in_fields = true", "file.newlines_in_fields: needs quoting = true");
    check("[file]", "[file]\nencoding = \"cp1252\"", "file.encoding: \"cp1252\" is not one of utf-8, latin-1");
    check("[file]", "[file]\nunknown_columns = \"refuse\"", "file.unknown_columns: needs header = \"names\"");
    check("[file]", "[file]\noptional = [\"duration\"]", "file.optional: needs header = \"names\"");
    check("YYYY-MM-DD HH", "MM/DD/YYYY HH", "time.format: \"MM/DD/YYYY\" is not one of YYYY-MM-DD, DD/MM/YYYY");
    check("HH:MM:SS", "HH.MM", "time.format: \"HH.MM\" is not one of HH:MM:SS, HH:MM");
    check("YYYY-MM-DD HH:MM:SS", "YYYY-MM-DD", "time.format: \"YYYY-MM-DD\" is not \"epoch seconds\" nor");
    check("[time]", "[time]\nzone = \"Mars/Base\"", "time.zone: \"Mars/Base\" is no zone");
    check("\"voice\"", "\"fax\"", "kind.fixed: \"fax\" is not one of voice, data, sms, event");
    check("[kind]", "[kind]\ndata_when_bytes = true", "kind.data_when_bytes: needs a column of bytes");
    check("[kind]", "[kind]\nvalues = { V = \"voice\" }", "kind.fixed: goes without values");
    check("fixed = \"voice\"", "values = { V = \"voice\" }", "columns.kind: is needed by [kind] without fixed");
    check("[kind]", "[direction]\nvalues = { X = \"in\" }\n[kind]", "columns.direction: is needed");
    check("[kind]", "[time_band]\nvalues = { 1 = \"day\" }\n[kind]", "columns.time_band: is needed by [time_band]");
    check("[kind]", "[price]\nunit = \"pence\"\n[kind]", "price.unit: \"pence\" is not one of major, minor");
    check("[kind]", "[price]\nthousands = \".\"\n[kind]", "price.thousands: is the same as the decimal mark");
    check("[kind]", "[price]\ncurrency_sign = \"-\"\n[kind]", "price.currency_sign: holds a digit, a minus");
    check("[kind]", "[price]\nbroken_part = \"added\"\n[kind]", "price.broken_part: means nothing in a layout of type");
    check("[kind]", "[date]\nformat = \"YYYYMMDD\"\n[kind]", "date: means nothing in a layout of type usage");
    check("[kind]", "[duration]\nunit = \"minutes\"\n[kind]", "duration.unit: \"minutes\" is not one of seconds");
    check("[kind]", "[flags.loud]\nyes = [\"Y\"]\n[kind]", "flags.loud: no such flag; there are mobile_origin");
    check("[kind]", "[trailer]\nmarker = \"\"\n[kind]", "trailer.marker: say what");
    check("[kind]", "[trailer]\nmarker = \"T\"\ncount = 1\n[kind]", "trailer.count: the first column holds the marker");
    check("type", "numbers = \"E164\"\ntype", "numbers: \"E164\" is not one of e164");
    check("type", "numbers = \"e164\"\nbare_national = true\ntype", "bare_national: goes without");
}

#[test]
fn words_are_declared_once_and_mean_what_is_known() {
    let check = |values: &str, expected: &str| {
        let toml = BASE.replace("duration = 3", "duration = 3\nkind = 4").replace("fixed = \"voice\"", values);
        let error = Layout::parse("mine", &toml).expect_err(values).to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("values = { v = \"voice\", V = \"voice\" }", "kind.values.\"v\": stands there twice");
    check("values = { V = \"fax\" }", "kind.values.\"V\": \"fax\" is not one of voice, data, sms, event");
    check("values = {}\notherwise = \"fax\"", "kind.otherwise: \"fax\" is not one of");
}
