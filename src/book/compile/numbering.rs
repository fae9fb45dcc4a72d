//! Call types and what leads to them: charge bands and prefixes, the book's own and those of the default plan (C1–C3).

use crate::domain::book::{CallTypeId, SupplierId};
use crate::domain::money::Percent;
use crate::domain::price_book::{CallClass, CallType, ChargeBand, Ignored, Prefix};
use crate::domain::usage::{Direction, Kind};

use super::checks::find_loops;
use super::rows::{Input, Names, Row};

/// How often the rate of another call type may be asked for in turn (R2).
const MOST_FALLBACK_STEPS: usize = 8;

pub(super) fn call_types(input: &Input, names: &Names) -> Vec<CallType> {
    check_fallbacks(input, names);
    let whole = Percent::from_whole(100).unwrap_or_default();
    let call_type = |row: Row| {
        Some(CallType {
            code: row.text("call_type"),
            description: row.text("description"),
            class: row.parsed("class", CallClass::parse)?,
            kind: row.parsed("kind", Kind::parse)?,
            display_group: row.text("display_group"),
            fallback_rate_as: row.id("fallback_rate_as", &names.call_types).map(CallTypeId),
            allowance_weight: row.decimal("allowance_weight").unwrap_or(whole),
            vat_exempt: row.flag("vat_exempt"),
            exclude: row.flag("exclude"),
            use_supplier_description: row.flag("use_supplier_description"),
        })
    };
    input.rows("call_types").filter_map(call_type).collect()
}

fn check_fallbacks(input: &Input, names: &Names) {
    let next: Vec<_> = input.rows("call_types").map(|row| row.id("fallback_rate_as", &names.call_types)).collect();
    let code = |position: usize| input.row("call_types", position).text("call_type");
    let loops = find_loops(&next);
    for members in &loops {
        let names: Vec<String> = members.iter().chain(&members[..1]).map(|member| code(*member)).collect();
        let reason = format!("call types take each other's rate in a loop: {}", names.join(" → "));
        input.row("call_types", members[0]).fail("fallback_rate_as", &reason, "leave one of them blank");
    }
    if !loops.is_empty() {
        return;
    }
    for (position, row) in input.rows("call_types").enumerate() {
        let steps = std::iter::successors(next[position], |following| next[*following as usize]).count();
        if steps > MOST_FALLBACK_STEPS {
            let reason = format!("begins a chain of {steps} steps, more than {MOST_FALLBACK_STEPS} (R2)");
            row.fail("fallback_rate_as", &reason, "name a call type nearer to the end of the chain");
        }
    }
}

pub(super) fn charge_bands(input: &Input, names: &Names) -> Vec<ChargeBand> {
    let charge_band = |row: Row| {
        Some(ChargeBand {
            supplier: SupplierId(row.id("supplier", &names.suppliers)?),
            band: row.text("band"),
            call_type: CallTypeId(row.id("call_type", &names.call_types)?),
        })
    };
    input.rows("charge_bands").filter_map(charge_band).collect()
}

pub(super) fn prefixes(input: &Input, names: &Names) -> Vec<Prefix> {
    let prefix = |row: Row| {
        Some(Prefix {
            supplier: row.id("supplier", &names.suppliers).map(SupplierId),
            prefix: row.text("prefix"),
            direction: row.parsed("direction", Direction::parse).unwrap_or_default(),
            call_type: CallTypeId(row.id("call_type", &names.call_types)?),
        })
    };
    input.rows("prefixes").filter_map(prefix).collect()
}

pub(super) fn ignored(input: &Input, names: &Names) -> Vec<Ignored> {
    let ignored = |row: Row| Ignored {
        supplier: row.id("supplier", &names.suppliers).map(SupplierId),
        identifier: row.text("identifier"),
    };
    input.rows("ignored").map(ignored).collect()
}
