//! A tariff and a markup for each of the ten classes of calls, which customers and CLIs have. Data only.

use super::FormColumn;

/// A list of columns with those of the classes in the middle.
macro_rules! with_classes {
    ([$($before:expr),* $(,)?], [$($after:expr),* $(,)?]) => {
        &[
            $($before,)*
            $crate::forms::kinds::classes::tariff("Call Tariff Inbound", "tariff_inbound"),
            $crate::forms::kinds::classes::tariff("Call Tariff National", "tariff_national"),
            $crate::forms::kinds::classes::tariff("Call Tariff Mobile", "tariff_mobile"),
            $crate::forms::kinds::classes::tariff("Call Tariff Non-Geographic", "tariff_non_geographic"),
            $crate::forms::kinds::classes::tariff("Call Tariff Service Numbers", "tariff_service_numbers"),
            $crate::forms::kinds::classes::tariff("Call Tariff International", "tariff_international"),
            $crate::forms::kinds::classes::tariff("Call Tariff Extended International", "tariff_extended_international"),
            $crate::forms::kinds::classes::tariff("Call Tariff Surcharges", "tariff_surcharges"),
            $crate::forms::kinds::classes::tariff("Call Tariff Bespoke 1", "tariff_bespoke_1"),
            $crate::forms::kinds::classes::tariff("Call Tariff Bespoke 2", "tariff_bespoke_2"),
            $crate::forms::kinds::classes::markup("Call Markup Inbound", "markup_inbound"),
            $crate::forms::kinds::classes::markup("Call Markup National", "markup_national"),
            $crate::forms::kinds::classes::markup("Call Markup Mobile", "markup_mobile"),
            $crate::forms::kinds::classes::markup("Call Markup Non-Geographic", "markup_non_geographic"),
            $crate::forms::kinds::classes::markup("Call Markup Service Numbers", "markup_service_numbers"),
            $crate::forms::kinds::classes::markup("Call Markup International", "markup_international"),
            $crate::forms::kinds::classes::markup("Call Markup Extended International", "markup_extended_international"),
            $crate::forms::kinds::classes::markup("Call Markup Surcharges", "markup_surcharges"),
            $crate::forms::kinds::classes::markup("Call Markup Bespoke 1", "markup_bespoke_1"),
            $crate::forms::kinds::classes::markup("Call Markup Bespoke 2", "markup_bespoke_2"),
            $($after,)*
        ]
    };
}
pub(super) use with_classes;

pub(super) const fn tariff(header: &'static str, column: &'static str) -> FormColumn {
    super::column(
        header,
        column,
        "The tariff of calls of this class. Blank: the markup, else the supplier's tariff.",
        "",
    )
    .engine()
}

pub(super) const fn markup(header: &'static str, column: &'static str) -> FormColumn {
    super::column(header, column, "Percent on the cost of calls of this class, instead of a tariff.", "").engine()
}
