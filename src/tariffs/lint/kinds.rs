//! The kinds of findings: name, severity, why it matters, what to do. Data only; `docs/lint.md` has the same table with
//! examples, which a test compares.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The book is refused as it is.
    Error,
    /// It loads, and bills wrongly or not at all what it was hardly meant to.
    Warning,
    /// Worth a look; often meant so.
    Note,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    /// `error`, `warning` or `note`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! kinds {
    ($($kind:ident $name:literal $severity:ident $why:literal $remedy:literal)*) => {
        /// What is wrong. Names are stable: scripts may rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind {
            $(#[doc = $why] $kind,)*
        }

        impl FindingKind {
            /// All kinds, in the order of reports.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The stable name: `validity-gap`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$kind => Severity::$severity),* }
            }

            /// Why it matters.
            pub fn why(self) -> &'static str {
                match self { $(Self::$kind => $why),* }
            }

            /// What to do, where a finding does not say it more exactly.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$kind => $remedy),* }
            }
        }
    };
}

kinds! {
    OverlappingRows "overlapping-rows" Error
        "two rows would price one call, and nothing says which (R2)" "end one before the other begins"
    DuplicateKey "duplicate-key" Error
        "two rows have the same key, so one of them would be lost" "keep one of them"
    ParentLoop "parent-loop" Error
        "tariffs that are each other's parents answer nothing (R2)" "leave one of them without a parent"
    FallbackLoop "fallback-loop" Error
        "call types that take each other's rate answer nothing (R2)" "leave one of them blank"
    UnknownName "unknown-name" Error
        "a row names what the book does not have" "correct the name, or add what it names"
    MinimumAboveMaximum "minimum-above-maximum" Error
        "no charge can be both (R5)" "lower the minimum or raise the maximum"
    ReversedDates "reversed-dates" Error
        "the row would never be in force (X6)" "exchange or correct the dates"
    MissingPrice "missing-price" Error
        "a row without a price would be a silent zero (R3, R4)" "the price that is missing; 0 for what is free"
    MeaninglessColumn "meaningless-column" Error
        "the column says something that the row's mode ignores (R3, R10)" "blank it, or change the mode"
    WrongCurrency "wrong-currency" Error
        "a price in another currency would be charged as if it were the customer's (X7)" "a tariff in the currency"
    BadSteps "bad-steps" Error
        "steps begin at 0 seconds, ascend and have increments of at least 1 (R10)"
        "from_seconds:connection:rate:increment, separated by ;"
    BadIncrement "bad-increment" Error
        "units cannot be rounded up to blocks of nothing (R6)" "a whole number of at least 1"
    TwoDefaultBands "two-default-bands" Error
        "time that no row covers would belong to two bands (R8)" "one default for each supplier"
    BandEndsBeforeStart "band-ends-before-start" Error
        "the row covers no time (R8)" "two rows for what crosses midnight"
    BadCell "bad-cell" Error
        "the cell cannot be read as what its column holds" "see what the column may hold"
    BadFile "bad-file" Error
        "the file cannot be read as a file of the book" "correct the file"
    Refused "refused" Error
        "the book is refused with it" "correct the row"

    ValidityGap "validity-gap" Warning
        "usage of these days finds no rate and goes to suspense unless a markup applies (R4)"
        "let the later row begin the day after the earlier one ends"
    TariffEnded "tariff-ended" Warning
        "the tariff is asked, and none of its own rows is in force any more" "new rows, or another tariff for its users"
    TariffEmpty "tariff-empty" Warning
        "the tariff is asked, and neither it nor a parent has a row" "rows, or another tariff for its users"
    FarFuture "far-future" Warning
        "a row that begins in more than two years is most often a mistyped year" "check the year"
    TooDeep "parent-too-deep" Warning
        "only a tariff, its parent and the parent's parent are asked (R2)" "shorten the chain of parents"
    PrefixOfNoNumber "prefix-of-no-number" Warning
        "no number begins so: the row never applies" "a country code after +, or a short code of the numbering plan"
    PrefixWithoutPlus "prefix-without-plus" Warning
        "bare digits are short codes; the same digits stand with + in this tariff, and only those match (M1)"
        "delete the row, or write + before it"
    PrefixTooShort "prefix-too-short" Warning
        "a prefix shorter than its country code prices several countries alike" "one row for each country code"
    WeekGap "week-gap" Warning
        "no row covers this time and the set declares no default: another band is taken without being said (R8)"
        "a row for it, or default = y on one band"
    WeekOverlap "week-overlap" Warning
        "two bands cover the same time: the first of the book counts (R8)" "let one end where the other begins"
    HolidayWithoutRows "holiday-without-rows" Warning
        "the day that a holiday is treated as has no row in the set, and the set declares no default (R8)"
        "rows for that day, or default = y on one band"
    BandNeverUsed "band-never-used" Warning
        "the clock never comes to the band, so its rates never apply unless a file names it" "correct the days and times"
    RatesOfUnusedBand "rates-of-unused-band" Warning
        "no supplier's week has the band, so the rows never apply unless a file names it" "a band of the suppliers' weeks"
    SupplierBandsMissing "supplier-bands-missing" Warning
        "the supplier has time bands of its own, and the rows have none of them" "rows for its bands, or for all bands"
    MissingBand "missing-band" Warning
        "usage in these bands finds no rate and goes to suspense unless a markup applies (R4)"
        "a row for the bands, or one for all bands"
    NeverAsked "never-asked" Warning
        "nobody has the tariff for the class of these rows, so they never apply (R1)"
        "assign the tariff for the class, or delete the rows"
    TypeNeverClassified "type-never-classified" Warning
        "no charge band, prefix or fallback leads to the call type, so the row never applies (C1)"
        "a prefix or a charge band for the call type"
    TypeExcluded "type-excluded" Warning
        "usage of the call type is never billed, so the row never applies (M8)" "delete the row, or bill the call type"
    BandOfNoSupplier "band-of-no-supplier" Warning
        "no supplier has the charge band; most often it is misspelt (C1)" "spell it as charge_bands.csv does, or add it there"
    HiddenRow "hidden-row" Warning
        "other rows go before this one for all usage that it is for (R2)" "delete the row, or those that hide it"
    CurrencyOfNobody "currency-of-nobody" Warning
        "a supplier's default tariff only counts for customers of its currency, and there are none (X7)"
        "a tariff in the customers' currency"
    ClassWithoutPrice "class-without-price" Warning
        "usage of the class has neither a tariff nor a markup and goes to suspense (R1, R4)"
        "a tariff or a markup for the class, or a fallback markup"
    TypesWithoutRow "types-without-row" Warning
        "usage of these call types finds no row and no markup, and goes to suspense (R2, R4)"
        "rows for the call types, or one for the class"
    MinimumIsMaximum "minimum-is-maximum" Warning
        "every call costs the same, whatever its length (R5)" "a connection charge alone says that more plainly"
    MaximumBelowConnection "maximum-below-connection" Warning
        "every call costs the maximum: connection and rate mean nothing (R5)" "raise the maximum"
    RateFarOff "rate-far-off" Warning
        "the rate is far from the others of its class in the tariff: pounds and pence mixed up?" "check the unit of the price"
    RateInPounds "rate-in-pounds" Warning
        "the tariff states pounds, and a minute of this class hardly costs one" "check the unit of the tariff"
    NegativeRate "negative-rate" Warning
        "a rate below 0 pays the customer; only inbound usage earns (R15)" "check the sign"
    MarkupToZero "markup-to-zero" Warning
        "a markup of -100 % sells everything for nothing" "0 sells at the price itself"
    MarkupBelowCost "markup-below-cost" Warning
        "a markup on cost below 0 always sells below cost" "check the sign"
    MeaninglessAccess "meaningless-access" Warning
        "an access charge belongs to non-geographic and service numbers (R11)" "blank the access columns"
    StepsWithoutDuration "steps-without-duration" Warning
        "steps are stretches of time: usage without a duration finds no price in the row (R10)" "a rate instead of steps"
    DecimalsTooFew "decimals-too-few" Warning
        "a unit costs less than the last decimal of the charge: it is rounded to nothing or to far too much (X3)"
        "more decimals for the tariff"
    BelowWholesale "below-wholesale" Warning
        "the usage is sold for less than the supplier's own tariff charges us" "raise the price, or accept the loss knowingly"
    BelowCost "below-cost" Warning
        "usage of the period is sold for less than its cost in the file" "raise the price, or accept the loss knowingly"

    NotCompared "not-compared" Note
        "what the supplier charges is in a currency without an exchange rate: nobody knows what is below cost (X7)"
        "an exchange rate in exchange_rates.csv"
    ValidityGapCovered "validity-gap-covered" Note
        "on these days a less specific row prices the usage" "let the later row begin the day after the earlier one ends"
    RepeatedPrefix "repeated-prefix" Note
        "longer prefixes repeat the terms of the row that answers without them" "delete them"
    HolidayByDefault "holiday-by-default" Note
        "the day that a holiday is treated as has no row in the set: its default band covers all of it (R8)"
        "rows for that day, if another band is meant"
    MissingBandCovered "missing-band-covered" Note
        "in these bands a less specific row prices the usage" "a row for the bands, or one for all bands"
    HiddenInChildren "hidden-in-children" Note
        "every tariff that takes rows from this one has its own instead (R2)" "delete the row if that is meant"
    TariffUnused "tariff-unused" Note
        "no line, customer or supplier has the tariff, and no tariff that is in use has it as a parent" "assign or delete it"
    MinimumNeverBites "minimum-never-bites" Note
        "the connection charge alone reaches the minimum (R5)" "blank the minimum"
    OddIncrements "odd-increments" Note
        "the first block is no multiple of the following ones, which is most often a slip" "such as 60/6 or 30/6"
    IncludedOdd "included-odd" Note
        "the included seconds are no multiple of the increment: part of a block is charged (R7)" "a multiple of the increment"
    ZeroRate "zero-rate" Note
        "calls of this class cost us money, and the row gives them away" "check that it is meant"
    StepsDearer "steps-dearer" Note
        "a later step has a higher rate than an earlier one" "check the order of the prices"
    MinSecondsLong "min-seconds-long" Note
        "calls longer than the first block are not charged at all (R6)" "check min_seconds"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the table of kinds in `docs/lint.md`: kind and severity.
    fn documented() -> Vec<(String, String)> {
        let text = include_str!("../../../docs/lint.md");
        let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let rows = text.lines().filter(|line| line.starts_with("| `")).map(cells);
        rows.filter(|cells| cells.len() == 7)
            .map(|cells| (cells[1].trim_matches('`').to_owned(), cells[2].clone()))
            .collect()
    }

    #[test]
    fn the_table_of_the_documentation_is_the_list_of_the_code() {
        let listed: Vec<_> =
            FindingKind::ALL.iter().map(|kind| (kind.name().to_owned(), kind.severity().name().to_owned())).collect();
        assert_eq!(documented(), listed);
    }

    #[test]
    fn kinds_come_with_the_worst_first_and_no_name_twice() {
        assert!(FindingKind::ALL.is_sorted_by_key(|kind| kind.severity()));
        let names: std::collections::BTreeSet<_> = FindingKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), FindingKind::ALL.len());
    }
}
