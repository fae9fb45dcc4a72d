//! What allowances and the cap of its line leave of a record's price → steps of an explanation, in words (A1–A5, S1–S3).
//! Computes nothing.

use crate::allowances::{AllowanceStory, CapStory, Told, ToldPart};
use crate::domain::allowance::{Measure, Units};
use crate::domain::money::CallCharge;
use crate::domain::usage::Kind;
use crate::rating::{ExplainedSum, ExplanationStep};

/// Each allowance of the customer in the order in which usage draws on them, and what is due after them.
pub fn allowances_in_words(story: &AllowanceStory, kind: Kind) -> ExplanationStep {
    let (mut lines, mut arithmetic) = (Vec::new(), Vec::new());
    let mut due = String::from("sell");
    for (name, told) in &story.allowances {
        let name = format!("{} ({})", name.name, name.scope);
        let parts = match told {
            Told::Nothing(reason) => {
                lines.push(format!("{name}: {reason}"));
                continue;
            }
            Told::Covers(parts) => parts,
        };
        for part in parts {
            lines.extend(part_in_words(&name, part, kind));
            let sum_name = format!("allowed_{}", arithmetic.len() + 1);
            due.push_str(&format!(" − {sum_name}"));
            arithmetic.push(sum(&sum_name, part.taken_off.to_string(), part.taken_off));
        }
    }
    lines.push(format!("due = {} = {}", due_in_numbers(story), story.due));
    arithmetic.push(sum("due", due, story.due));
    ExplanationStep { title: "allowances (A1–A5)".into(), lines, arithmetic }
}

fn due_in_numbers(story: &AllowanceStory) -> String {
    let parts = story.allowances.iter().filter_map(|(_, told)| match told {
        Told::Nothing(_) => None,
        Told::Covers(parts) => Some(parts),
    });
    let taken_off = parts.flatten().map(|part| format!(" − {}", part.taken_off)).collect::<String>();
    format!("{}{taken_off}", story.sell)
}

fn part_in_words(name: &str, part: &ToldPart, kind: Kind) -> Vec<String> {
    let ToldPart { granted_for: (from, to), units, drawn, taken_off, left } = part;
    let drawn: Vec<String> = drawn.iter().map(|(measure, units)| in_words(*measure, *units)).collect();
    let mut lines = vec![format!(
        "{name}, granted for {from} to {to}: covers {units} {}, takes off {taken_off}",
        units_in_words(kind)
    )];
    lines.push(match drawn.is_empty() {
        true => "draws nothing: the call type weighs 0 in allowances (A5)".to_owned(),
        false => format!("draws {}", drawn.join(", ")),
    });
    for (measure, granted, left) in left {
        lines.push(format!("leaves {left} of {}", in_words(*measure, *granted)));
    }
    lines
}

fn in_words(measure: Measure, units: Units) -> String {
    match measure {
        Measure::Money => format!("{units} of money"),
        _ => format!("{units} {}", measure.name()),
    }
}

/// What the units of a record are.
fn units_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Voice => "seconds",
        Kind::Data => "bytes",
        Kind::Sms => "messages",
        Kind::Event => "events",
    }
}

/// What the cap of its line leaves, with the sums.
pub fn cap_in_words(story: &CapStory) -> ExplanationStep {
    let CapStory { cli, cap, period_start, billed_before, earlier, due, charge } = story;
    let mut lines = vec![
        format!("{cli} may be charged {cap} in the period from {period_start}"),
        format!("before this record: {billed_before} on posted invoices, {earlier} that waits"),
    ];
    let formula = format!("{cap} − {billed_before} − {earlier}, at least 0");
    let left = cap.minus(*billed_before).and_then(|left| left.minus(*earlier)).unwrap_or_default();
    let left = left.max(CallCharge::ZERO);
    let charged = if due.is_negative() { "due".to_owned() } else { "due, at most cap_left".to_owned() };
    lines.push(format!("cap left = {formula} = {left}"));
    lines.push(match due.is_negative() {
        true => format!("charged = {charge}: a credit gives cap back (S2)"),
        false => format!("charged = {due}, at most {left} = {charge}"),
    });
    let arithmetic =
        vec![sum("due", due.to_string(), *due), sum("cap_left", formula, left), sum("charged", charged, *charge)];
    ExplanationStep { title: "spending cap (S1–S3)".into(), lines, arithmetic }
}

fn sum(name: &str, formula: String, value: CallCharge) -> ExplainedSum {
    ExplainedSum { name: name.into(), formula, value: value.to_string() }
}
