//! What must hold between entries and the allocations that say what pays what (L1, L2), as queries that give no row. Run
//! by [`super::verify`].

/// What must give no row, and what it means if it does. The first column names the thing.
pub(super) const SETTLEMENTS: &[(&str, &str)] = &[
    (
        "more is paid of an invoice than it is (L2)",
        "SELECT i.number FROM invoices i JOIN (SELECT invoice, sum(amount_minor) AS paid FROM allocations
           WHERE invoice IS NOT NULL GROUP BY invoice) a ON a.invoice = i.number
         WHERE a.paid < 0 OR a.paid > max(i.gross_minor, 0)",
    ),
    (
        "more is paid of an entry than it is (L2)",
        "SELECT 'entry ' || e.id FROM entries e JOIN (SELECT debit, sum(amount_minor) AS paid FROM allocations
           WHERE debit IS NOT NULL GROUP BY debit) a ON a.debit = e.id
         WHERE a.paid < 0 OR a.paid > max(e.amount_minor, 0)",
    ),
    (
        "an entry pays more than it is (L2)",
        "SELECT 'entry ' || e.id FROM entries e JOIN (SELECT entry, sum(amount_minor) AS used FROM allocations
           GROUP BY entry) a ON a.entry = e.id
         WHERE a.used < 0 OR a.used > max(-e.amount_minor, 0)",
    ),
    (
        "more was taken back of an allocation than it was (L2)",
        "SELECT 'entry ' || entry FROM allocations GROUP BY entry, invoice, debit HAVING sum(amount_minor) < 0",
    ),
    (
        "an entry pays for another account (L2)",
        "SELECT 'entry ' || a.entry FROM allocations a JOIN entries c ON c.id = a.entry
           LEFT JOIN invoices i ON i.number = a.invoice LEFT JOIN entries d ON d.id = a.debit
         WHERE c.account <> coalesce(i.account, d.account)",
    ),
    (
        "a reversal is not the opposite of what it reverses (L1)",
        "SELECT 'entry ' || r.id FROM entries r JOIN entries e ON e.id = r.reverses
         WHERE r.kind <> 'reversal' OR r.account <> e.account OR r.amount_minor <> -e.amount_minor
           OR e.kind NOT IN ('payment', 'refund', 'write_off')",
    ),
    (
        "a reversed entry still pays, or is still paid (L2)",
        "SELECT 'entry ' || e.id FROM entries e JOIN entries r ON r.reverses = e.id
         WHERE abs(e.amount_minor) <> coalesce((SELECT sum(a.amount_minor) FROM allocations a
           WHERE (a.entry = e.id AND a.debit = r.id) OR (a.entry = r.id AND a.debit = e.id)), 0)",
    ),
    (
        "an entry has the wrong sign (L1)",
        "SELECT 'entry ' || id FROM entries WHERE (kind IN ('payment', 'write_off') AND amount_minor >= 0)
           OR (kind = 'refund' AND amount_minor <= 0)",
    ),
];
