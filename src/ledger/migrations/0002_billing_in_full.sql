-- Version 2: invoices can be voided and credited, payments allocated, runs undone; allowances, alerts, what customers'
-- lives leave behind. Conventions as in version 1. Nothing that was posted is changed by any of it: what is taken back
-- is a row of its own, and whoever reads the rest leaves out what such a row names.

-- The book: price schedules of charges (P2), and what becomes of credits of a service file (P7).
CREATE TABLE book_charge_prices (
  account TEXT NOT NULL CHECK (account <> ''), charge TEXT NOT NULL CHECK (charge <> ''),
  "from" TEXT NOT NULL CHECK ("from" <> ''), price TEXT,
  PRIMARY KEY (account, charge, "from")
) STRICT, WITHOUT ROWID;
ALTER TABLE book_products ADD COLUMN credits TEXT;

-- Credit notes (B11, B12): a series of their own, each of one invoice, or of none where it gives back charges of a
-- customer that was dropped (B10). `bill_json` is the whole document; its amounts are negative.
CREATE TABLE credit_notes (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE CHECK (number <> ''),
  series TEXT NOT NULL CHECK (series <> ''),
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  account TEXT NOT NULL CHECK (account <> ''),
  organisation TEXT NOT NULL CHECK (organisation <> ''),
  invoice TEXT REFERENCES invoices (number),
  date TEXT NOT NULL CHECK (date(date) IS date),
  net_minor INTEGER NOT NULL,
  vat_minor INTEGER NOT NULL,
  gross_minor INTEGER NOT NULL CHECK (gross_minor = net_minor + vat_minor),
  currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  reason TEXT NOT NULL CHECK (reason <> ''),
  bill_json TEXT NOT NULL CHECK (json_valid(bill_json)),
  posted_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', posted_at) IS posted_at),
  UNIQUE (series, sequence)
) STRICT;
CREATE INDEX credit_notes_by_account ON credit_notes (account, id);
CREATE INDEX credit_notes_by_invoice ON credit_notes (invoice) WHERE invoice IS NOT NULL;
CREATE TRIGGER credit_notes_keep_update BEFORE UPDATE ON credit_notes
  BEGIN SELECT RAISE(ABORT, 'a posted credit note is never changed'); END;
CREATE TRIGGER credit_notes_keep_delete BEFORE DELETE ON credit_notes
  BEGIN SELECT RAISE(ABORT, 'a posted credit note is never deleted'); END;

-- Invoices that were voided (B12): each by a credit note of all that was left of it. Its usage, periods, service lines,
-- cap and allowance use count as never billed from then on.
CREATE TABLE voids (
  invoice TEXT NOT NULL PRIMARY KEY REFERENCES invoices (number),
  credit_note TEXT NOT NULL REFERENCES credit_notes (number),
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER voids_keep_update BEFORE UPDATE ON voids
  BEGIN SELECT RAISE(ABORT, 'a void is never changed'); END;
CREATE TRIGGER voids_keep_delete BEFORE DELETE ON voids
  BEGIN SELECT RAISE(ABORT, 'a void is never taken back'); END;

-- Usage of voided invoices, which waits to be billed again. `run` is the run that billed it.
CREATE TABLE released_rows (
  run INTEGER NOT NULL REFERENCES runs (id),
  import INTEGER NOT NULL REFERENCES imports (id),
  first_row INTEGER NOT NULL CHECK (first_row >= 0),
  last_row INTEGER NOT NULL CHECK (last_row >= first_row),
  invoice TEXT NOT NULL REFERENCES voids (invoice),
  PRIMARY KEY (run, import, first_row)
) STRICT, WITHOUT ROWID;
CREATE INDEX released_rows_by_import ON released_rows (import);
CREATE TRIGGER released_rows_keep_update BEFORE UPDATE ON released_rows
  BEGIN SELECT RAISE(ABORT, 'a release is never changed'); END;
CREATE TRIGGER released_rows_keep_delete BEFORE DELETE ON released_rows
  BEGIN SELECT RAISE(ABORT, 'a release is never taken back'); END;

-- Posted runs that were undone as a unit (B13).
CREATE TABLE undone_runs (
  run INTEGER NOT NULL PRIMARY KEY REFERENCES runs (id),
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at)
) STRICT;

-- Invoices that left the house: a run with one of them is not undone (B13).
CREATE TABLE sent_invoices (
  invoice TEXT NOT NULL REFERENCES invoices (number),
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at),
  how TEXT NOT NULL CHECK (how <> ''),
  PRIMARY KEY (invoice, at, how)
) STRICT, WITHOUT ROWID;

-- Service lines say on which invoice they are; a void lets them go.
ALTER TABLE service_lines ADD COLUMN billed_invoice TEXT REFERENCES invoices (number);
DROP TRIGGER service_lines_bill_once;
CREATE TRIGGER service_lines_bill_once BEFORE UPDATE OF billed_run, billed_invoice ON service_lines
  WHEN OLD.billed_run IS NOT NULL AND NEW.billed_run IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a service line is billed once'); END;
CREATE TRIGGER service_lines_released_by_void BEFORE UPDATE OF billed_run ON service_lines
  WHEN NEW.billed_run IS NULL AND OLD.billed_run IS NOT NULL AND (NEW.billed_invoice IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM voids v JOIN invoices i ON i.number = v.invoice WHERE i.run = OLD.billed_run
      AND (OLD.billed_invoice IS NULL OR OLD.billed_invoice = v.invoice)))
  BEGIN SELECT RAISE(ABORT, 'only a void releases a service line'); END;

-- Service files that are only compared (P8).
CREATE TABLE reconciled_imports (
  import INTEGER NOT NULL PRIMARY KEY REFERENCES imports (id)
) STRICT;

-- Entries of payments and what undoes them.
ALTER TABLE entries ADD COLUMN credit_note TEXT REFERENCES credit_notes (number);
ALTER TABLE entries ADD COLUMN reference TEXT CHECK (reference <> '');
ALTER TABLE entries ADD COLUMN method TEXT CHECK (method <> '');
ALTER TABLE entries ADD COLUMN note TEXT CHECK (note <> '');
ALTER TABLE entries ADD COLUMN reverses INTEGER REFERENCES entries (id);
CREATE UNIQUE INDEX entries_one_per_credit_note ON entries (credit_note) WHERE kind = 'credit_note';
CREATE UNIQUE INDEX entries_reversed_once ON entries (reverses) WHERE reverses IS NOT NULL;
CREATE UNIQUE INDEX entries_reference_once ON entries (account, kind, reference) WHERE reference IS NOT NULL;
CREATE TRIGGER entries_complete BEFORE INSERT ON entries
  WHEN (NEW.kind = 'credit_note' AND NEW.credit_note IS NULL) OR (NEW.kind = 'reversal' AND NEW.reverses IS NULL)
  BEGIN SELECT RAISE(ABORT, 'an entry says what it is of'); END;

-- What of an entry that lowers a balance (payment, credit note, write-off) pays what of one that raises it: an invoice, or
-- (`debit`) an opening balance, a refund, a reversal. What a reversal takes back is negative. `date` is the day from which
-- it counts, where that is not the day of `entry`.
CREATE TABLE allocations (
  id INTEGER PRIMARY KEY,
  entry INTEGER NOT NULL REFERENCES entries (id),
  invoice TEXT REFERENCES invoices (number),
  debit INTEGER REFERENCES entries (id),
  amount_minor INTEGER NOT NULL CHECK (amount_minor <> 0),
  date TEXT CHECK (date(date) IS date),
  CHECK ((invoice IS NULL) <> (debit IS NULL))
) STRICT;
CREATE INDEX allocations_by_entry ON allocations (entry);
CREATE INDEX allocations_by_invoice ON allocations (invoice) WHERE invoice IS NOT NULL;
CREATE INDEX allocations_by_debit ON allocations (debit) WHERE debit IS NOT NULL;
CREATE TRIGGER allocations_keep_update BEFORE UPDATE ON allocations
  BEGIN SELECT RAISE(ABORT, 'an allocation is never changed'); END;
CREATE TRIGGER allocations_keep_delete BEFORE DELETE ON allocations
  BEGIN SELECT RAISE(ABORT, 'an allocation is never deleted'); END;

-- Periods of charges, also given back by a credit note. A day is charged once: again only after it was given back, and
-- given back only while it is charged (P5, P6); what a voided invoice charged counts as not charged.
ALTER TABLE charge_periods RENAME TO charge_periods_of_version_1;
CREATE TABLE charge_periods (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL CHECK (account <> ''),
  charge TEXT NOT NULL CHECK (charge <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('charge', 'credit')),
  period_from TEXT NOT NULL CHECK (date(period_from) IS period_from),
  period_to TEXT NOT NULL CHECK (date(period_to) IS period_to AND period_to >= period_from),
  price_e8 INTEGER NOT NULL,
  quantity_e4 INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  invoice TEXT REFERENCES invoices (number),
  credit_note TEXT REFERENCES credit_notes (number),
  CHECK ((invoice IS NULL) <> (credit_note IS NULL)),
  CHECK (credit_note IS NULL OR kind = 'credit')
) STRICT;
INSERT INTO charge_periods (id, account, charge, kind, period_from, period_to, price_e8, quantity_e4, amount_minor,
    invoice)
  SELECT id, account, charge, kind, period_from, period_to, price_e8, quantity_e4, amount_minor, invoice
  FROM charge_periods_of_version_1;
DROP TABLE charge_periods_of_version_1;
CREATE INDEX charge_periods_by_charge ON charge_periods (account, charge, period_from);
CREATE INDEX charge_periods_by_invoice ON charge_periods (invoice);
CREATE TRIGGER charge_periods_keep_update BEFORE UPDATE ON charge_periods
  BEGIN SELECT RAISE(ABORT, 'a billed period is never changed'); END;
CREATE TRIGGER charge_periods_keep_delete BEFORE DELETE ON charge_periods
  BEGIN SELECT RAISE(ABORT, 'a billed period is never deleted'); END;
-- How often a day is charged changes only where a period begins or after it ends.
CREATE TRIGGER charge_periods_once BEFORE INSERT ON charge_periods
  WHEN EXISTS (
    SELECT 1 FROM (
      SELECT NEW.period_from AS day
      UNION SELECT period_from FROM charge_periods WHERE account = NEW.account AND charge = NEW.charge
        AND period_from BETWEEN NEW.period_from AND NEW.period_to
      UNION SELECT date(period_to, '+1 day') FROM charge_periods WHERE account = NEW.account AND charge = NEW.charge
        AND period_to >= NEW.period_from AND period_to < NEW.period_to)
    WHERE (NEW.kind = 'credit') <> (
      SELECT coalesce(sum(CASE p.kind WHEN 'charge' THEN 1 ELSE -1 END), 0) FROM charge_periods p
      WHERE p.account = NEW.account AND p.charge = NEW.charge AND day BETWEEN p.period_from AND p.period_to
        AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.invoice = p.invoice)))
  BEGIN SELECT RAISE(ABORT, 'a day of a charge is billed once'); END;

-- What each invoice added to a line's use of its spending cap (S1, S3); rows of version 1 hold all invoices before.
ALTER TABLE cap_use RENAME TO cap_use_of_version_1;
CREATE TABLE cap_use (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL CHECK (account <> ''),
  cli TEXT NOT NULL CHECK (cli <> ''),
  period_start TEXT NOT NULL CHECK (date(period_start) IS period_start),
  charged_e6 INTEGER NOT NULL,
  invoice TEXT REFERENCES invoices (number),
  UNIQUE (account, cli, period_start, invoice)
) STRICT;
INSERT INTO cap_use (account, cli, period_start, charged_e6)
  SELECT account, cli, period_start, charged_e6 FROM cap_use_of_version_1;
DROP TABLE cap_use_of_version_1;
CREATE TRIGGER cap_use_keep_update BEFORE UPDATE ON cap_use
  BEGIN SELECT RAISE(ABORT, 'use of a cap is never changed'); END;
CREATE TRIGGER cap_use_keep_delete BEFORE DELETE ON cap_use
  BEGIN SELECT RAISE(ABORT, 'use of a cap is never deleted'); END;

-- What each invoice drew from allowances (A1-A5), by the period that the units were granted for. `held_from` and
-- `scope` with account and allowance name a row of book_customer_allowances. All have 12 decimals (6 of a charge, 6 of
-- the weight): seconds, messages, bytes, calls, money in the major unit; as text, since bytes are beyond 64 bits then.
CREATE TABLE allowance_use (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL CHECK (account <> ''),
  allowance TEXT NOT NULL CHECK (allowance <> ''),
  scope TEXT NOT NULL,
  held_from TEXT NOT NULL CHECK (date(held_from) IS held_from),
  granted_for TEXT NOT NULL CHECK (date(granted_for) IS granted_for),
  seconds_e12 TEXT NOT NULL CHECK (seconds_e12 NOT GLOB '*[^0-9]*' AND seconds_e12 <> ''),
  messages_e12 TEXT NOT NULL CHECK (messages_e12 NOT GLOB '*[^0-9]*' AND messages_e12 <> ''),
  bytes_e12 TEXT NOT NULL CHECK (bytes_e12 NOT GLOB '*[^0-9]*' AND bytes_e12 <> ''),
  calls_e12 TEXT NOT NULL CHECK (calls_e12 NOT GLOB '*[^0-9]*' AND calls_e12 <> ''),
  money_e12 TEXT NOT NULL CHECK (money_e12 NOT GLOB '*[^0-9]*' AND money_e12 <> ''),
  invoice TEXT NOT NULL REFERENCES invoices (number),
  UNIQUE (account, allowance, scope, held_from, granted_for, invoice)
) STRICT;
CREATE TRIGGER allowance_use_keep_update BEFORE UPDATE ON allowance_use
  BEGIN SELECT RAISE(ABORT, 'use of an allowance is never changed'); END;
CREATE TRIGGER allowance_use_keep_delete BEFORE DELETE ON allowance_use
  BEGIN SELECT RAISE(ABORT, 'use of an allowance is never deleted'); END;

-- What a draft asks to be looked at before it is posted (B15).
CREATE TABLE run_flags (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  account TEXT NOT NULL,
  flag TEXT NOT NULL CHECK (flag <> ''),
  detail TEXT NOT NULL CHECK (detail <> ''),
  acknowledged_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', acknowledged_at) IS acknowledged_at),
  acknowledged_by TEXT CHECK (acknowledged_by <> ''),
  reason TEXT,
  PRIMARY KEY (run, account, flag)
) STRICT, WITHOUT ROWID;

-- A run of the schedule (B17) says for which group; its invoice date is the due day.
ALTER TABLE runs ADD COLUMN due_group TEXT CHECK (due_group <> '');

-- Since when, and up to which day, a group is billed by schedule: all of its due days up to `done_through` are settled.
CREATE TABLE due_groups (
  "group" TEXT NOT NULL PRIMARY KEY CHECK ("group" <> ''),
  done_through TEXT NOT NULL CHECK (date(done_through) IS done_through)
) STRICT, WITHOUT ROWID;

-- Days on which a group was billed by schedule (B17); `run` is none where there was nobody to bill.
CREATE TABLE due_days (
  "group" TEXT NOT NULL CHECK ("group" <> ''),
  day TEXT NOT NULL CHECK (date(day) IS day),
  run INTEGER REFERENCES runs (id),
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at),
  PRIMARY KEY ("group", day)
) STRICT, WITHOUT ROWID;

-- Rows of the book that a drop or a final bill ended, with the end that they had before (B10).
CREATE TABLE ended_rows (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL CHECK (account <> ''),
  file TEXT NOT NULL CHECK (file IN ('clis', 'charges', 'customer_allowances')),
  key TEXT NOT NULL CHECK (json_valid(key)),
  ended_on TEXT NOT NULL CHECK (date(ended_on) IS ended_on),
  end_before TEXT,
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at),
  reinstated_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', reinstated_at) IS reinstated_at)
) STRICT;
CREATE INDEX ended_rows_by_account ON ended_rows (account, ended_on);

-- Customers marked for deletion, and when what is known of them was removed.
CREATE TABLE deleted_customers (
  account TEXT NOT NULL CHECK (account <> ''),
  marked_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', marked_at) IS marked_at),
  taken_back_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', taken_back_at) IS taken_back_at),
  purged_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', purged_at) IS purged_at),
  PRIMARY KEY (account, marked_at)
) STRICT, WITHOUT ROWID;

-- An audit entry is never changed, but for what a purge removes (K8): the texts before and after of a row of a customer
-- that is marked for deletion and not purged yet become one fixed text. When, who, why and which row stay.
DROP TRIGGER audit_keep_update;
CREATE TRIGGER audit_keep_update BEFORE UPDATE ON audit
  WHEN NEW.id IS NOT OLD.id OR NEW.at IS NOT OLD.at OR NEW.by IS NOT OLD.by OR NEW.command IS NOT OLD.command
    OR NEW.reason IS NOT OLD.reason OR NEW.subject IS NOT OLD.subject OR NEW.key IS NOT OLD.key
    OR (NEW.before_json IS NOT OLD.before_json AND (NEW.before_json IS NOT '{"purged":true}' OR NOT EXISTS (
      SELECT 1 FROM deleted_customers d WHERE d.account = json_extract(OLD.before_json, '$.account')
        AND d.taken_back_at IS NULL AND d.purged_at IS NULL)))
    OR (NEW.after_json IS NOT OLD.after_json AND (NEW.after_json IS NOT '{"purged":true}' OR NOT EXISTS (
      SELECT 1 FROM deleted_customers d WHERE d.account = json_extract(OLD.after_json, '$.account')
        AND d.taken_back_at IS NULL AND d.purged_at IS NULL)))
  BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;

-- Usage that was unusual when it was imported (L5). `key` keeps an alert from being raised twice.
CREATE TABLE usage_alerts (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL CHECK (account <> ''),
  cli TEXT NOT NULL,
  alert TEXT NOT NULL CHECK (alert <> ''),
  key TEXT NOT NULL,
  detail TEXT NOT NULL CHECK (detail <> ''),
  import INTEGER REFERENCES imports (id),
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at),
  acknowledged_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', acknowledged_at) IS acknowledged_at),
  acknowledged_by TEXT CHECK (acknowledged_by <> ''),
  UNIQUE (account, cli, alert, key)
) STRICT;

-- What imports brought of usage by customer and day, at the prices of the time: what the usage of later imports is compared
-- with (L5). Lines (`cli` is not empty) only where they have a limit. Days long past are removed: nothing is billed by it.
CREATE TABLE usage_days (
  account TEXT NOT NULL CHECK (account <> ''),
  cli TEXT NOT NULL,
  import INTEGER NOT NULL REFERENCES imports (id),
  last_day TEXT NOT NULL CHECK (date(last_day) IS last_day),
  days TEXT NOT NULL CHECK (days <> ''),
  PRIMARY KEY (account, cli, import)
) STRICT, WITHOUT ROWID;

-- Call types that a customer has used, and with which import first (L5).
CREATE TABLE usage_call_types (
  account TEXT NOT NULL CHECK (account <> ''),
  call_type TEXT NOT NULL CHECK (call_type <> ''),
  import INTEGER NOT NULL REFERENCES imports (id),
  PRIMARY KEY (account, call_type)
) STRICT, WITHOUT ROWID;

-- Imports whose usage was looked at for alerts; those of version 1 never are.
CREATE TABLE alert_checks (
  import INTEGER NOT NULL PRIMARY KEY REFERENCES imports (id)
) STRICT;
INSERT INTO alert_checks SELECT id FROM imports WHERE kind = 'usage';
