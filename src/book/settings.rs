//! `tollbook.toml` → [`Settings`]. Keys that are left out have the values of the commented default file.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use crate::domain::accounting::AccountingSettings;
use crate::domain::book::{AlertSettings, ProrationBasis, Settings, VatRounding};
use crate::domain::money::{CallCharge, Currency, Percent, Price};
use crate::domain::numbering::NumberSeries;
use crate::domain::time::{Date, Zone};

use super::mail_settings::Mail;
use super::notation;

/// The settings of a new workspace, each key with a comment.
pub const DEFAULT_SETTINGS: &str = include_str!("../../config/tollbook.toml");

/// The settings of a new workspace whose groups are billed by schedule from a day on (B17).
pub fn settings_from(due_from: Option<Date>) -> String {
    match due_from {
        None => DEFAULT_SETTINGS.to_owned(),
        Some(day) => DEFAULT_SETTINGS.replacen(DUE_FROM_EXAMPLE, &format!("due_from = \"{day}\""), 1),
    }
}

/// The line of the default file in whose place the day is written.
const DUE_FROM_EXAMPLE: &str = "# due_from = \"2026-06-01\"";

/// The country whose national numbers are meant unless settings say otherwise.
pub(super) const DEFAULT_COUNTRY_CODE: &str = "44";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    currency: Option<Spanned<String>>,
    zone: Option<Spanned<String>>,
    country_code: Option<Spanned<String>>,
    default_vat_code: Option<Spanned<String>>,
    proration_basis: Option<Spanned<String>>,
    vat_rounding: Option<Spanned<String>>,
    purge_after_days: Option<Spanned<u32>>,
    #[serde(default)]
    max_rejects: MaxRejects,
    #[serde(default)]
    billing: Billing,
    #[serde(default)]
    numbering: Numbering,
    #[serde(default)]
    grace_days: BTreeMap<String, Spanned<u32>>,
    #[serde(default)]
    alerts: Alerts,
    accounting: Option<Spanned<AccountingSettings>>,
    #[serde(default)]
    mail: Mail,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Billing {
    due_from: Option<Spanned<String>>,
    strict: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbering {
    series: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MaxRejects {
    share: Option<Spanned<String>>,
    count: Option<u64>,
}

/// Reads `tollbook.toml`.
///
/// # Errors
/// The first thing that is wrong, with its line, in one line of words.
pub fn parse_settings(toml: &str) -> Result<Settings, String> {
    let file: File = toml::from_str(toml).map_err(|error| {
        let message = error.message().trim().replace('\n', " ");
        located(toml, error.span().unwrap_or_default(), &message)
    })?;
    let text = toml;
    let rejects = file.max_rejects;
    let share = |share: &str| Price::parse(share).ok().filter(|share| !share.is_negative() && *share <= Price::ONE);
    let country = |code: &str| {
        let digits = !code.starts_with('0') && code.bytes().all(|byte| byte.is_ascii_digit());
        (digits && (1..=3).contains(&code.len())).then(|| code.to_owned())
    };
    let proration = |basis: &str| match basis {
        "calendar" => Some(ProrationBasis::Calendar),
        "thirty" => Some(ProrationBasis::Thirty),
        _ => None,
    };
    let vat_rounding = match &file.vat_rounding {
        Some(word) if word.get_ref() == "per_line_down" => {
            let reason = "vat_rounding \"per_line_down\": rounding the VAT of each line down to whole pennies is \
                          refused (V3); use half_up, down or per_line";
            return Err(located(text, word.span(), reason));
        }
        word => read(text, word, "vat_rounding", VatRounding::parse, "half_up, down or per_line")?,
    };
    let zone = read(text, &file.zone, "zone", Zone::load, "an IANA name, as Europe/London")?;
    let code = |code: &str| Some(code.trim().to_owned()).filter(|code| !code.is_empty());
    Ok(Settings {
        currency: read(text, &file.currency, "currency", Currency::parse, "a code of ISO 4217, as GBP")?
            .unwrap_or(Currency::GBP),
        zone: match zone {
            Some(zone) => zone,
            None => Zone::load("Europe/London").ok_or("the built-in zones lack Europe/London")?,
        },
        country_code: read(text, &file.country_code, "country_code", country, "1 to 3 digits, as 44")?
            .unwrap_or_else(|| DEFAULT_COUNTRY_CODE.to_owned()),
        max_reject_share: read(text, &rejects.share, "share", share, "a number from 0 to 1, as \"0.001\"")?
            .unwrap_or(Price::from_scaled(100_000)),
        max_reject_count: rejects.count.unwrap_or(100),
        default_vat_code: read(text, &file.default_vat_code, "default_vat_code", code, "a VAT code")?,
        proration_basis: read(text, &file.proration_basis, "proration_basis", proration, "calendar or thirty")?
            .unwrap_or_default(),
        vat_rounding: vat_rounding.unwrap_or_default(),
        purge_after_days: purge_after_days(text, &file.purge_after_days)?,
        due_from: read(text, &file.billing.due_from, "due_from", Date::parse, "a date, as \"2026-06-01\"")?,
        is_strict: file.billing.strict.unwrap_or(false),
        number_series: read(text, &file.numbering.series, "series", NumberSeries::parse, "organisation or customer")?
            .unwrap_or_default(),
        grace_days: grace_days(text, &file.grace_days)?,
        alerts: file.alerts.read(text)?,
        accounting: accounting(text, file.accounting)?,
        mail: file.mail.read(text)?,
    })
}

fn accounting(text: &str, section: Option<Spanned<AccountingSettings>>) -> Result<AccountingSettings, String> {
    let Some(section) = section else { return Ok(AccountingSettings::default()) };
    match section.get_ref().mistake() {
        Some(mistake) => Err(located(text, section.span(), &mistake)),
        None => Ok(section.into_inner()),
    }
}

/// K8: 30 days unless said otherwise.
fn purge_after_days(text: &str, days: &Option<Spanned<u32>>) -> Result<u32, String> {
    match days {
        None => Ok(30),
        Some(days) if *days.get_ref() <= 3_650 => Ok(*days.get_ref()),
        Some(days) => {
            let reason = format!("purge_after_days {} is not accepted; 0 to 3650 would be", days.get_ref());
            Err(located(text, days.span(), &reason))
        }
    }
}

const LONGEST_GRACE: u32 = 3_650;

fn grace_days(text: &str, methods: &BTreeMap<String, Spanned<u32>>) -> Result<BTreeMap<String, u32>, String> {
    let mut days = BTreeMap::new();
    for (method, value) in methods {
        let grace = *value.get_ref();
        if grace > LONGEST_GRACE {
            let reason = format!("grace_days of {method:?} is {grace}; 0 to {LONGEST_GRACE} would be accepted");
            return Err(located(text, value.span(), &reason));
        }
        if days.insert(method.trim().to_lowercase(), grace).is_some() {
            return Err(located(text, value.span(), &format!("grace_days names {method:?} twice")));
        }
    }
    Ok(days)
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Alerts {
    enabled: Option<bool>,
    history_days: Option<Spanned<u32>>,
    least_history_days: Option<Spanned<u32>>,
    deviations: Option<Spanned<String>>,
    daily_spend: Option<Spanned<String>>,
    short_call_seconds: Option<u64>,
    short_calls: Option<u64>,
    new_destination_spend: Option<Spanned<String>>,
    night_from: Option<Spanned<String>>,
    night_to: Option<Spanned<String>>,
    night_spend: Option<Spanned<String>>,
}

impl Alerts {
    fn read(&self, text: &str) -> Result<AlertSettings, String> {
        let usual = AlertSettings::default();
        let days = |value: &Option<Spanned<u32>>, key: &str, usual: u32| match value {
            None => Ok(usual),
            Some(value) if (1..=MOST_HISTORY).contains(value.get_ref()) => Ok(*value.get_ref()),
            Some(value) => {
                let reason = format!("{key} is {}; 1 to {MOST_HISTORY} would be accepted", value.get_ref());
                Err(located(text, value.span(), &reason))
            }
        };
        let amount = |value: &Option<Spanned<String>>, key: &str, usual: CallCharge| {
            let parse = |text: &str| CallCharge::parse(text).ok().filter(|amount| !amount.is_negative());
            read(text, value, key, parse, "an amount that is not negative, as \"20\"").map(|read| read.unwrap_or(usual))
        };
        let clock = |value: &Option<Spanned<String>>, key: &str, usual: u32| {
            read(text, value, key, notation::clock, "a time of day, as 22:00").map(|read| read.unwrap_or(usual))
        };
        let deviations = |text: &str| Percent::parse(text).ok().filter(|number| !number.is_negative());
        Ok(AlertSettings {
            enabled: self.enabled.unwrap_or(usual.enabled),
            history_days: days(&self.history_days, "history_days", usual.history_days)?,
            least_history_days: days(&self.least_history_days, "least_history_days", usual.least_history_days)?,
            deviations: read(text, &self.deviations, "deviations", deviations, "a number from 0, as \"3\"")?
                .unwrap_or(usual.deviations),
            daily_spend: amount(&self.daily_spend, "daily_spend", usual.daily_spend)?,
            short_call_seconds: self.short_call_seconds.unwrap_or(usual.short_call_seconds),
            short_calls: self.short_calls.unwrap_or(usual.short_calls),
            new_destination_spend: amount(
                &self.new_destination_spend,
                "new_destination_spend",
                usual.new_destination_spend,
            )?,
            night_from: clock(&self.night_from, "night_from", usual.night_from)?,
            night_to: clock(&self.night_to, "night_to", usual.night_to)?,
            night_spend: amount(&self.night_spend, "night_spend", usual.night_spend)?,
        })
    }
}

/// Days of history that are kept.
const MOST_HISTORY: u32 = 90;

pub(super) fn read<T>(
    text: &str,
    value: &Option<Spanned<String>>,
    key: &str,
    parse: impl Fn(&str) -> Option<T>,
    accepted: &str,
) -> Result<Option<T>, String> {
    let Some(value) = value else { return Ok(None) };
    match parse(value.get_ref()) {
        Some(parsed) => Ok(Some(parsed)),
        None => {
            let reason = format!("{key} {:?} is not accepted; {accepted} would be", value.get_ref());
            Err(located(text, value.span(), &reason))
        }
    }
}

pub(super) fn located(text: &str, span: Range<usize>, message: &str) -> String {
    let line = 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count();
    format!("tollbook.toml, line {line}: {message}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_file_says_what_holds_without_it() {
        assert_eq!(parse_settings(DEFAULT_SETTINGS), parse_settings(""));
        let settings = parse_settings("").expect("nothing is required");
        assert_eq!(settings.max_reject_share.to_string(), "0.001");
        assert_eq!((settings.zone.name(), settings.country_code.as_str()), ("Europe/London", "44"));
    }

    #[test]
    fn a_new_workspace_says_from_when_it_bills_by_schedule() {
        let day = Date::parse("2026-11-26");
        assert_eq!(parse_settings(&settings_from(day)).expect("reads").due_from, day);
        assert_eq!(settings_from(None), DEFAULT_SETTINGS);
    }

    #[test]
    fn a_setting_is_refused_by_name_and_line() {
        let check = |toml: &str, expected: &str| {
            assert_eq!(parse_settings(toml).expect_err(toml), format!("tollbook.toml, {expected}"), "{toml}");
        };
        check(
            "currency = \"GBP\"\ncurency = \"EUR\"\n",
            "line 2: unknown field `curency`, expected one of `currency`, `zone`, `country_code`, `default_vat_code`, \
             `proration_basis`, `vat_rounding`, `purge_after_days`, `max_rejects`, `billing`, `numbering`, `grace_days`, `alerts`, \
             `accounting`, `mail`",
        );
        check(
            "\nzone = \"London\"\n",
            "line 2: zone \"London\" is not accepted; an IANA name, as Europe/London would be",
        );
        check("currency = \"gbp\"", "line 1: currency \"gbp\" is not accepted; a code of ISO 4217, as GBP would be");
        check(
            "[max_rejects]\nshare = \"1.5\"",
            "line 2: share \"1.5\" is not accepted; a number from 0 to 1, as \"0.001\" would be",
        );
        check("[max_rejects]\nshare = 0.001", "line 2: invalid type: floating point `0.001`, expected a string");
        check(
            "vat_rounding = \"per_line_down\"",
            "line 1: vat_rounding \"per_line_down\": rounding the VAT of each line down to whole pennies is refused \
             (V3); use half_up, down or per_line",
        );
        check("purge_after_days = 3651", "line 1: purge_after_days 3651 is not accepted; 0 to 3650 would be");
        check(
            "[billing]\ndue_from = \"1 June 2026\"",
            "line 2: due_from \"1 June 2026\" is not accepted; a date, as \"2026-06-01\" would be",
        );
        check(
            "[numbering]\nseries = \"account\"",
            "line 2: series \"account\" is not accepted; organisation or customer would be",
        );
        check("[grace_days]\ncard = 4000", "line 2: grace_days of \"card\" is 4000; 0 to 3650 would be accepted");
        check("[alerts]\nhistory_days = 0", "line 2: history_days is 0; 1 to 90 would be accepted");
        check(
            "[alerts]\nnight_from = \"24:30\"",
            "line 2: night_from \"24:30\" is not accepted; a time of day, as 22:00 would be",
        );
        check(
            "[accounting]\nsales = \" \"",
            "line 1: accounting.sales is blank; write the code of an account, or leave the line out",
        );
        check(
            "[accounting]\nsale = \"4000\"",
            "line 2: unknown field `sale`, expected one of `receivables`, `bank`, `vat`, `write_offs`, `sales`, `categories`, `classes`, `tax_codes`",
        );
        check(
            "[accounting.classes]\ncalls = \"4000\"",
            "line 1: accounting.classes names \"calls\", which is no class; there are inbound, national, mobile, \
             non_geographic, service_numbers, international, extended_international, surcharges, bespoke_1, bespoke_2",
        );
        check("country_code = \"044\"", "line 1: country_code \"044\" is not accepted; 1 to 3 digits, as 44 would be");
    }
}
