//! What of payments and other credits pays which open debts: oldest first, or the one that is named (L2), and how long a
//! debt is overdue (L4). Knows amounts and dates only; what was decided is kept elsewhere.

use std::collections::BTreeMap;

use super::money::Money;
use super::time::Date;

/// An entry that raised a balance and is not all paid: an invoice, an opening balance, a refund, a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debt {
    /// The entry; entries count up as they are posted.
    pub entry: i64,
    /// When it is due.
    pub due: Date,
    /// What is not paid of it; not negative.
    pub open: Money,
}

/// An entry that lowered a balance and is not all used: a payment, a credit note, a write-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credit {
    /// The entry.
    pub entry: i64,
    /// Its date.
    pub date: Date,
    /// What is not used of it; not negative.
    pub left: Money,
    /// The debt that it is to pay first, if one was named.
    pub named: Option<i64>,
}

/// What a credit pays of a debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allocation {
    /// The entry of the credit.
    pub credit: i64,
    /// The entry of the debt.
    pub debt: i64,
    /// How much; positive.
    pub amount: Money,
}

/// Lets the credits of one account pay its debts (L2).
///
/// What a credit names it pays first, in the order of the credits; then what is left of all credits, the earliest first,
/// pays what is open, the one that was due first first, of several the one that was posted first. No debt is paid beyond
/// what is open, no credit used beyond what is left; after it, credit is left only if nothing is open. The order of the
/// arguments does not matter.
pub fn allocate(credits: &[Credit], debts: &[Debt]) -> Vec<Allocation> {
    let mut credits = credits.to_vec();
    let mut debts = debts.to_vec();
    credits.sort_by_key(|credit| (credit.date, credit.entry));
    debts.sort_by_key(|debt| (debt.due, debt.entry));
    let mut paid = BTreeMap::<(usize, usize), i64>::new();
    let mut pay = |credit: (usize, &mut Credit), debt: (usize, &mut Debt)| {
        let amount = credit.1.left.minor().min(debt.1.open.minor());
        if amount > 0 {
            credit.1.left = Money::from_minor(credit.1.left.minor() - amount);
            debt.1.open = Money::from_minor(debt.1.open.minor() - amount);
            *paid.entry((credit.0, debt.0)).or_default() += amount;
        }
    };
    for (place, credit) in credits.iter_mut().enumerate() {
        let named = debts.iter_mut().enumerate().find(|(_, debt)| Some(debt.entry) == credit.named);
        if let Some(debt) = named {
            pay((place, credit), debt);
        }
    }
    let mut first_open = 0;
    for (place, credit) in credits.iter_mut().enumerate() {
        while credit.left > Money::ZERO
            && let Some(debt) = debts.get_mut(first_open)
        {
            pay((place, credit), (first_open, debt));
            first_open += usize::from(debt.open <= Money::ZERO);
        }
    }
    let allocation = |((credit, debt), amount): ((usize, usize), i64)| Allocation {
        credit: credits[credit].entry,
        debt: debts[debt].entry,
        amount: Money::from_minor(amount),
    };
    paid.into_iter().map(allocation).collect()
}

/// How long a debt is overdue, in the steps of an aged list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// Not due, or within the days of grace.
    NotDue,
    /// 1 to 30 days.
    To30,
    /// 31 to 60 days.
    To60,
    /// 61 to 90 days.
    To90,
    /// More.
    Over90,
}

impl Age {
    /// All, the youngest first.
    pub const ALL: [Self; 5] = [Self::NotDue, Self::To30, Self::To60, Self::To90, Self::Over90];

    /// The age of a debt on a day. Within the days of grace it counts as not due; after them its days count from the due
    /// date (L4).
    pub fn on(day: Date, due: Date, grace_days: u32) -> Self {
        let late = day.days_since(due);
        if i64::from(late) <= i64::from(grace_days) {
            return Self::NotDue;
        }
        match late {
            ..=0 => Self::NotDue,
            1..=30 => Self::To30,
            31..=60 => Self::To60,
            61..=90 => Self::To90,
            _ => Self::Over90,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample::date;

    fn debt(entry: i64, due: &str, open: i64) -> Debt {
        Debt { entry, due: date(due), open: Money::from_minor(open) }
    }

    fn credit(entry: i64, on: &str, left: i64, named: Option<i64>) -> Credit {
        Credit { entry, date: date(on), left: Money::from_minor(left), named }
    }

    #[test]
    fn credits_pay_the_oldest_debts_or_the_one_they_name_l2() {
        let debts = [debt(2, "2026-07-01", 500), debt(1, "2026-08-01", 300), debt(3, "2026-07-01", 200)];
        for (credits, expected) in [
            // The due date decides, then the order of posting.
            (vec![credit(9, "2026-09-01", 600, None)], vec![(9, 2, 500), (9, 3, 100)]),
            (vec![credit(9, "2026-09-01", 1_500, None)], vec![(9, 2, 500), (9, 3, 200), (9, 1, 300)]),
            // What is named is paid first; the rest goes to the oldest.
            (vec![credit(9, "2026-09-01", 400, Some(1))], vec![(9, 2, 100), (9, 1, 300)]),
            // A later payment that names one has it before an earlier one that names none.
            (
                vec![credit(8, "2026-09-01", 500, None), credit(9, "2026-09-02", 500, Some(2))],
                vec![(8, 3, 200), (8, 1, 300), (9, 2, 500)],
            ),
            // Of two that name the same, the earlier one.
            (
                vec![credit(9, "2026-09-02", 300, Some(1)), credit(8, "2026-09-01", 200, Some(1))],
                vec![(8, 1, 200), (9, 2, 200), (9, 1, 100)],
            ),
            (vec![credit(9, "2026-09-01", 0, None)], vec![]),
            (vec![], vec![]),
        ] {
            let found = allocate(&credits, &debts);
            let found: Vec<_> = found.iter().map(|one| (one.credit, one.debt, one.amount.minor())).collect();
            assert_eq!(found, expected, "{credits:?}");
        }
    }

    #[test]
    fn days_of_grace_count_for_overdue_only_l4() {
        for (day, grace, expected) in [
            ("2026-06-30", 0, Age::NotDue),
            ("2026-07-01", 0, Age::NotDue),
            ("2026-07-02", 0, Age::To30),
            ("2026-07-31", 0, Age::To30),
            ("2026-08-01", 0, Age::To60),
            ("2026-08-30", 0, Age::To60),
            ("2026-08-31", 0, Age::To90),
            ("2026-09-29", 0, Age::To90),
            ("2026-09-30", 0, Age::Over90),
            ("2026-07-08", 7, Age::NotDue),
            ("2026-07-09", 7, Age::To30),
            ("2026-08-10", 40, Age::NotDue),
            ("2026-08-11", 40, Age::To60),
        ] {
            assert_eq!(Age::on(date(day), date("2026-07-01"), grace), expected, "{day}, {grace} days of grace");
        }
    }

    fn debts() -> impl Strategy<Value = Vec<Debt>> {
        let one = (0_i32..5, 0_i64..1_000);
        prop::collection::vec(one, 0..8).prop_map(|rows| {
            let debt = |(entry, (day, open)): (i64, (i32, i64))| Debt {
                entry,
                due: date("2026-07-01").plus_days(day),
                open: Money::from_minor(open),
            };
            (0..).zip(rows).map(debt).collect()
        })
    }

    fn credits() -> impl Strategy<Value = Vec<Credit>> {
        let one = (0_i32..5, 0_i64..1_000, prop::option::of(0_i64..10));
        prop::collection::vec(one, 0..8).prop_map(|rows| {
            let credit = |(entry, (day, left, named)): (i64, (i32, i64, Option<i64>))| Credit {
                entry,
                date: date("2026-07-01").plus_days(day),
                left: Money::from_minor(left),
                named,
            };
            (100..).zip(rows).map(credit).collect()
        })
    }

    proptest! {
        #[test]
        fn nothing_is_paid_twice_and_nothing_is_lost(
            debts in debts(),
            credits in credits(),
            turn in 0_usize..8,
        ) {
            let found = allocate(&credits, &debts);
            let sum = |pick: &dyn Fn(&Allocation) -> bool| -> i64 {
                found.iter().filter(|one| pick(one)).map(|one| one.amount.minor()).sum()
            };
            for credit in &credits {
                prop_assert!(sum(&|one| one.credit == credit.entry) <= credit.left.minor());
            }
            for debt in &debts {
                prop_assert!(sum(&|one| one.debt == debt.entry) <= debt.open.minor());
            }
            prop_assert!(found.iter().all(|one| one.amount > Money::ZERO));
            // All that can be paid is paid.
            let (open, left): (i64, i64) = (
                debts.iter().map(|debt| debt.open.minor()).sum(),
                credits.iter().map(|credit| credit.left.minor()).sum(),
            );
            prop_assert_eq!(sum(&|_| true), open.min(left));
            // Oldest first: a debt that nobody named is touched only when all that were due before it are paid.
            let named = |debt: &Debt| credits.iter().any(|credit| credit.named == Some(debt.entry));
            for debt in debts.iter().filter(|debt| !named(debt) && sum(&|one| one.debt == debt.entry) > 0) {
                for older in debts.iter().filter(|older| (older.due, older.entry) < (debt.due, debt.entry)) {
                    prop_assert_eq!(sum(&|one| one.debt == older.entry), older.open.minor());
                }
            }
            // In whatever order they are given.
            let (mut credits, mut debts) = (credits, debts);
            let (credits_turn, debts_turn) = (turn.min(credits.len()), turn.min(debts.len()));
            credits.rotate_left(credits_turn);
            debts.rotate_left(debts_turn);
            debts.reverse();
            prop_assert_eq!(allocate(&credits, &debts), found);
        }
    }
}
