-- Version 1: the whole ledger. docs/ledger.md explains the tables to whoever has to look into one.
--
-- Conventions: money is an integer in minor units (…_minor) or scaled by the power of ten in the name (…_e4, …_e6,
-- …_e8); sums that may exceed 64 bits are TEXT holding a decimal integer of the same scale; dates are TEXT
-- `YYYY-MM-DD`, timestamps TEXT `YYYY-MM-DDTHH:MM:SSZ` (UTC), both checked to be real ones. No column holds a floating point number.

-- The book: one table per book file, one TEXT column per column of it, in its order. NULL is blank, except in key
-- columns, where blank is ''.

CREATE TABLE book_organisations (
  organisation TEXT NOT NULL CHECK (organisation <> ''), name TEXT, vat_number TEXT, company_number TEXT,
  address_1 TEXT, address_2 TEXT, address_3 TEXT, address_4 TEXT, town TEXT, county TEXT, postcode TEXT,
  country TEXT, invoice_prefix TEXT, credit_prefix TEXT, payment_terms TEXT, payment_terms_type TEXT,
  vat_rounding TEXT, colour TEXT, logo TEXT,
  PRIMARY KEY (organisation)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_groups (
  "group" TEXT NOT NULL CHECK ("group" <> ''), billing TEXT, method TEXT, interval TEXT, billing_day TEXT,
  offset_months TEXT,
  PRIMARY KEY ("group")
) STRICT, WITHOUT ROWID;

CREATE TABLE book_vat_codes (
  vat_code TEXT NOT NULL CHECK (vat_code <> ''), rate TEXT, kind TEXT, label TEXT, "from" TEXT NOT NULL DEFAULT '',
  "to" TEXT,
  PRIMARY KEY (vat_code, "from")
) STRICT, WITHOUT ROWID;

CREATE TABLE book_customers (
  account TEXT NOT NULL CHECK (account <> ''), name TEXT, reference TEXT, status TEXT, organisation TEXT,
  "group" TEXT, billing_day TEXT, currency TEXT, address_1 TEXT, address_2 TEXT, address_3 TEXT, address_4 TEXT,
  town TEXT, county TEXT, postcode TEXT, country TEXT, telephone TEXT, email TEXT, delivery_email TEXT,
  vat_number TEXT, vat_code TEXT, vat_code_calls TEXT, vat_exempt TEXT, tariff_inbound TEXT, tariff_national TEXT,
  tariff_mobile TEXT, tariff_non_geographic TEXT, tariff_service_numbers TEXT, tariff_international TEXT,
  tariff_extended_international TEXT, tariff_surcharges TEXT, tariff_bespoke_1 TEXT, tariff_bespoke_2 TEXT,
  markup_inbound TEXT, markup_national TEXT, markup_mobile TEXT, markup_non_geographic TEXT,
  markup_service_numbers TEXT, markup_international TEXT, markup_extended_international TEXT,
  markup_surcharges TEXT, markup_bespoke_1 TEXT, markup_bespoke_2 TEXT, fallback_suggested_markup TEXT,
  fallback_markup TEXT, empty_invoice TEXT, empty_invoice_value TEXT, low_invoice TEXT, low_invoice_value TEXT,
  low_invoice_action TEXT, low_invoice_action_value TEXT, payment_terms TEXT, payment_terms_type TEXT,
  grace_days TEXT, credit_limit TEXT, unbilled_limit TEXT, overdue_limit TEXT, final_bill_date TEXT,
  dropped_date TEXT, opening_balance TEXT, purchase_order TEXT, language TEXT, invoice_format TEXT,
  itemisation TEXT, itemise_above TEXT, invoice_message TEXT, next_invoice_message TEXT, send_email TEXT,
  invoice_per_cost_centre TEXT, payment_method TEXT, contract_start TEXT, contract_end TEXT, notice_given TEXT,
  tags TEXT, notes TEXT,
  PRIMARY KEY (account)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_cost_centres (
  account TEXT NOT NULL CHECK (account <> ''), cost_centre TEXT NOT NULL CHECK (cost_centre <> ''), name TEXT,
  PRIMARY KEY (account, cost_centre)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_clis (
  cli TEXT NOT NULL CHECK (cli <> ''), account TEXT, cost_centre TEXT, description TEXT, type TEXT,
  extension TEXT NOT NULL DEFAULT '', alternates TEXT, "from" TEXT NOT NULL DEFAULT '', "to" TEXT,
  exclude_usage TEXT, exclude_services TEXT, spending_cap TEXT, usage_limit TEXT, tariff_inbound TEXT,
  tariff_national TEXT, tariff_mobile TEXT, tariff_non_geographic TEXT, tariff_service_numbers TEXT,
  tariff_international TEXT, tariff_extended_international TEXT, tariff_surcharges TEXT, tariff_bespoke_1 TEXT,
  tariff_bespoke_2 TEXT, markup_inbound TEXT, markup_national TEXT, markup_mobile TEXT, markup_non_geographic TEXT,
  markup_service_numbers TEXT, markup_international TEXT, markup_extended_international TEXT,
  markup_surcharges TEXT, markup_bespoke_1 TEXT, markup_bespoke_2 TEXT,
  PRIMARY KEY (cli, extension, "from")
) STRICT, WITHOUT ROWID;

CREATE TABLE book_suppliers (
  supplier TEXT NOT NULL CHECK (supplier <> ''), layout TEXT, "match" TEXT, call_decimals TEXT, call_rounding TEXT,
  fallback_voice TEXT, fallback_data TEXT, fallback_sms TEXT, bytes_per_mb TEXT,
  PRIMARY KEY (supplier)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_supplier_tariffs (
  supplier TEXT NOT NULL CHECK (supplier <> ''), cli_type TEXT NOT NULL DEFAULT '',
  class TEXT NOT NULL CHECK (class <> ''), tariff TEXT, wholesale TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (supplier, cli_type, class, wholesale)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_call_types (
  call_type TEXT NOT NULL CHECK (call_type <> ''), description TEXT, class TEXT, kind TEXT, display_group TEXT,
  fallback_rate_as TEXT, allowance_weight TEXT, vat_exempt TEXT, "exclude" TEXT, use_supplier_description TEXT,
  PRIMARY KEY (call_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_charge_bands (
  supplier TEXT NOT NULL CHECK (supplier <> ''), band TEXT NOT NULL CHECK (band <> ''), call_type TEXT,
  PRIMARY KEY (supplier, band)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_prefixes (
  supplier TEXT NOT NULL DEFAULT '', prefix TEXT NOT NULL CHECK (prefix <> ''), direction TEXT NOT NULL DEFAULT '',
  call_type TEXT,
  PRIMARY KEY (supplier, prefix, direction)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_ignored (
  supplier TEXT NOT NULL DEFAULT '', identifier TEXT NOT NULL CHECK (identifier <> ''),
  PRIMARY KEY (supplier, identifier)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_exchange_rates (
  "from" TEXT NOT NULL CHECK ("from" <> ''), "to" TEXT NOT NULL CHECK ("to" <> ''),
  date TEXT NOT NULL CHECK (date <> ''), rate TEXT,
  PRIMARY KEY ("from", "to", date)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_tariffs (
  tariff TEXT NOT NULL CHECK (tariff <> ''), parent TEXT, currency TEXT, unit TEXT, decimals TEXT, rounding TEXT,
  band_mode TEXT, description TEXT,
  PRIMARY KEY (tariff)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_rates (
  tariff TEXT NOT NULL CHECK (tariff <> ''), "match" TEXT NOT NULL CHECK ("match" <> ''),
  time_band TEXT NOT NULL DEFAULT '', "from" TEXT NOT NULL DEFAULT '', "to" TEXT, mode TEXT, connection TEXT,
  rate TEXT, minimum TEXT, maximum TEXT, initial_increment TEXT, increment TEXT, included_seconds TEXT,
  min_seconds TEXT, percent TEXT, access_connection TEXT, access_rate TEXT, access_increment TEXT,
  access_rounding TEXT, steps TEXT, note TEXT,
  PRIMARY KEY (tariff, "match", time_band, "from")
) STRICT, WITHOUT ROWID;

CREATE TABLE book_time_bands (
  supplier TEXT NOT NULL DEFAULT '', time_band TEXT NOT NULL CHECK (time_band <> ''),
  days TEXT NOT NULL CHECK (days <> ''), start TEXT NOT NULL CHECK (start <> ''), "end" TEXT, "default" TEXT,
  PRIMARY KEY (supplier, time_band, days, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_holidays (
  date TEXT NOT NULL CHECK (date <> ''), "as" TEXT, name TEXT,
  PRIMARY KEY (date)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_allowances (
  allowance TEXT NOT NULL CHECK (allowance <> ''), minutes TEXT, messages TEXT, bytes TEXT, calls TEXT, money TEXT,
  qualifies TEXT, time_bands TEXT, discount_percent TEXT, discount_per_call TEXT, discount_per_minute TEXT,
  max_single_seconds TEXT, max_single_mode TEXT, rollover_periods TEXT, prorate TEXT,
  PRIMARY KEY (allowance)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_customer_allowances (
  account TEXT NOT NULL CHECK (account <> ''), allowance TEXT NOT NULL CHECK (allowance <> ''), quantity TEXT,
  scope TEXT NOT NULL DEFAULT '', priority TEXT, "from" TEXT NOT NULL CHECK ("from" <> ''), "to" TEXT,
  PRIMARY KEY (account, allowance, scope, "from")
) STRICT, WITHOUT ROWID;

CREATE TABLE book_products (
  product TEXT NOT NULL CHECK (product <> ''), name TEXT, category TEXT, type TEXT, interval TEXT, price TEXT,
  cost TEXT, vat_code TEXT, service_codes TEXT, service_code_kind TEXT, aggregate TEXT, skip TEXT,
  use_file_price TEXT, use_file_description TEXT,
  PRIMARY KEY (product)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_product_prices (
  product TEXT NOT NULL CHECK (product <> ''), account TEXT NOT NULL DEFAULT '', tariff TEXT NOT NULL DEFAULT '',
  "from" TEXT NOT NULL CHECK ("from" <> ''), price TEXT,
  PRIMARY KEY (product, account, tariff, "from")
) STRICT, WITHOUT ROWID;

CREATE TABLE book_customer_tariffs (
  account TEXT NOT NULL CHECK (account <> ''), category TEXT NOT NULL CHECK (category <> ''), tariff TEXT,
  PRIMARY KEY (account, category)
) STRICT, WITHOUT ROWID;

CREATE TABLE book_charges (
  account TEXT NOT NULL CHECK (account <> ''), charge TEXT NOT NULL CHECK (charge <> ''), product TEXT,
  description TEXT, details TEXT, cli TEXT, cost_centre TEXT, type TEXT, interval TEXT, timing TEXT, align TEXT,
  quantity TEXT, price TEXT, cost TEXT, vat_code TEXT, "from" TEXT, "to" TEXT, minimum_term TEXT, category TEXT,
  hide_period TEXT,
  PRIMARY KEY (account, charge)
) STRICT, WITHOUT ROWID;

-- Columns `x_…` of book files (K9). `key` is the value of the key column; of several, a JSON array of them.
CREATE TABLE book_extra (
  file TEXT NOT NULL, key TEXT NOT NULL, column TEXT NOT NULL CHECK (column GLOB 'x_*'), value TEXT NOT NULL,
  PRIMARY KEY (file, key, column)
) STRICT, WITHOUT ROWID;

-- Who changed what, when, why (K7). Every change is written here in the transaction that makes it.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at),
  by TEXT NOT NULL CHECK (by <> ''),
  command TEXT NOT NULL CHECK (command <> ''),
  reason TEXT,
  subject TEXT NOT NULL,
  key TEXT NOT NULL,
  before_json TEXT CHECK (before_json IS NULL OR json_valid(before_json)),
  after_json TEXT CHECK (after_json IS NULL OR json_valid(after_json))
) STRICT;
CREATE INDEX audit_by_subject ON audit (subject, key);
CREATE TRIGGER audit_keep_update BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audit_keep_delete BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;

-- Supplier files that were imported. `records` counts all that were read, duplicates and conflicts too, rejects not.
CREATE TABLE imports (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  supplier TEXT NOT NULL CHECK (supplier <> ''),
  file_name TEXT NOT NULL CHECK (file_name <> ''),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  kind TEXT NOT NULL CHECK (kind IN ('usage', 'services')),
  facts_file TEXT CHECK (facts_file <> ''),
  marks_file TEXT CHECK (marks_file <> ''),
  imported_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', imported_at) IS imported_at),
  lines INTEGER NOT NULL CHECK (lines >= records + rejects + blank_lines),
  blank_lines INTEGER NOT NULL CHECK (blank_lines >= 0),
  records INTEGER NOT NULL CHECK (records >= duplicates + conflicts),
  duplicates INTEGER NOT NULL CHECK (duplicates >= 0),
  conflicts INTEGER NOT NULL CHECK (conflicts >= 0),
  rejects INTEGER NOT NULL CHECK (rejects >= 0),
  voice_seconds TEXT NOT NULL CHECK (voice_seconds NOT GLOB '*[^0-9]*' AND voice_seconds <> ''),
  data_bytes TEXT NOT NULL CHECK (data_bytes NOT GLOB '*[^0-9]*' AND data_bytes <> ''),
  sms_messages TEXT NOT NULL CHECK (sms_messages NOT GLOB '*[^0-9]*' AND sms_messages <> ''),
  event_count TEXT NOT NULL CHECK (event_count NOT GLOB '*[^0-9]*' AND event_count <> ''),
  cost_e8 TEXT NOT NULL CHECK (cost_e8 GLOB '[-0-9]*' AND substr(cost_e8, 2) NOT GLOB '*[^0-9]*' AND cost_e8 <> '-'),
  deleted_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', deleted_at) IS deleted_at)
) STRICT;
-- The same bytes are imported once (F2), unless the first import was deleted.
CREATE UNIQUE INDEX imports_live ON imports (sha256) WHERE deleted_at IS NULL;
CREATE TRIGGER imports_keep_update BEFORE UPDATE OF id, supplier, file_name, sha256, size_bytes, kind, facts_file,
    marks_file, imported_at, lines, blank_lines, records, duplicates, conflicts, rejects, voice_seconds, data_bytes,
    sms_messages, event_count, cost_e8 ON imports
  BEGIN SELECT RAISE(ABORT, 'an import is never changed, only deleted or restored'); END;
CREATE TRIGGER imports_keep_delete BEFORE DELETE ON imports
  BEGIN SELECT RAISE(ABORT, 'an import is marked as deleted, its row stays'); END;

-- Where the records of an import ended when it was imported (B14); `kind` is '' where it is not known.
CREATE TABLE import_totals (
  import INTEGER NOT NULL REFERENCES imports (id),
  disposition TEXT NOT NULL CHECK (disposition IN ('rated', 'billed', 'allowance', 'capped', 'excluded', 'held',
    'rolled_over', 'suspense', 'duplicate', 'rejected', 'deleted')),
  reason TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('', 'voice', 'data', 'sms', 'event')),
  records INTEGER NOT NULL CHECK (records >= 0),
  units TEXT NOT NULL CHECK (units NOT GLOB '*[^0-9]*' AND units <> ''),
  cost_e8 TEXT NOT NULL CHECK (cost_e8 GLOB '[-0-9]*' AND substr(cost_e8, 2) NOT GLOB '*[^0-9]*' AND cost_e8 <> '-'),
  PRIMARY KEY (import, disposition, reason, kind)
) STRICT, WITHOUT ROWID;

-- Records that a person deleted (F6). A restored mark stays, with the time at which it was restored.
CREATE TABLE usage_deletions (
  id INTEGER PRIMARY KEY,
  import INTEGER NOT NULL REFERENCES imports (id),
  first_row INTEGER NOT NULL CHECK (first_row >= 0),
  last_row INTEGER NOT NULL CHECK (last_row >= first_row),
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at),
  by TEXT NOT NULL CHECK (by <> ''),
  reason TEXT,
  restored_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', restored_at) IS restored_at)
) STRICT;
CREATE INDEX usage_deletions_live ON usage_deletions (import, first_row) WHERE restored_at IS NULL;

-- Billing runs (B12): draft, approved, posted. `drafted_after` is the last invoice there was when the draft was made.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  status TEXT NOT NULL CHECK (status IN ('draft', 'approved', 'posted')),
  invoice_date TEXT NOT NULL CHECK (date(invoice_date) IS invoice_date),
  usage_cutoff TEXT NOT NULL CHECK (date(usage_cutoff) IS usage_cutoff),
  charge_cutoff TEXT NOT NULL CHECK (date(charge_cutoff) IS charge_cutoff),
  due_date TEXT CHECK (date(due_date) IS due_date),
  message TEXT NOT NULL,
  scope_json TEXT NOT NULL CHECK (json_valid(scope_json)),
  digest TEXT NOT NULL CHECK (digest <> ''),
  totals_json TEXT NOT NULL CHECK (json_valid(totals_json)),
  drafted_after INTEGER NOT NULL CHECK (drafted_after >= 0),
  created_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', created_at) IS created_at),
  approved_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', approved_at) IS approved_at),
  posted_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', posted_at) IS posted_at),
  billed_file TEXT CHECK (billed_file <> ''),
  CHECK ((status = 'draft') = (approved_at IS NULL)),
  CHECK ((status = 'posted') = (posted_at IS NOT NULL)),
  CHECK ((status = 'posted') = (billed_file IS NOT NULL))
) STRICT;
CREATE TRIGGER runs_keep_update BEFORE UPDATE ON runs WHEN OLD.status = 'posted'
  BEGIN SELECT RAISE(ABORT, 'a posted run is never changed'); END;
CREATE TRIGGER runs_keep_delete BEFORE DELETE ON runs WHEN OLD.status <> 'draft'
  BEGIN SELECT RAISE(ABORT, 'only a draft can be discarded'); END;

-- What a run makes of each customer; `bill_json` is the bill without its number, where there is one.
CREATE TABLE draft_bills (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  position INTEGER NOT NULL CHECK (position >= 0),
  account TEXT NOT NULL CHECK (account <> ''),
  outcome TEXT NOT NULL CHECK (outcome IN ('bill', 'empty', 'rolled_over', 'do_not_bill', 'suspended', 'gone')),
  bill_json TEXT CHECK (bill_json IS NULL OR json_valid(bill_json)),
  usage_records INTEGER NOT NULL CHECK (usage_records >= 0),
  net_minor INTEGER NOT NULL,
  gross_minor INTEGER NOT NULL,
  PRIMARY KEY (run, position),
  UNIQUE (run, account),
  CHECK (outcome <> 'bill' OR bill_json IS NOT NULL)
) STRICT;

-- Customers that an error took out of a run (B16).
CREATE TABLE run_parked (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  account TEXT NOT NULL CHECK (account <> ''),
  reason TEXT NOT NULL CHECK (reason <> ''),
  PRIMARY KEY (run, account)
) STRICT, WITHOUT ROWID;

-- How many records of each import a posted run billed.
CREATE TABLE run_imports (
  run INTEGER NOT NULL REFERENCES runs (id),
  import INTEGER NOT NULL REFERENCES imports (id),
  rows INTEGER NOT NULL CHECK (rows > 0),
  PRIMARY KEY (run, import)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_imports_by_import ON run_imports (import);

-- Lines of service files (P7); `billed_run` is set once, by posting.
CREATE TABLE service_lines (
  import INTEGER NOT NULL REFERENCES imports (id),
  row INTEGER NOT NULL CHECK (row >= 0),
  line INTEGER NOT NULL CHECK (line > 0),
  cli TEXT NOT NULL,
  code TEXT NOT NULL,
  description TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('rental', 'connection', 'cease', 'other')),
  date TEXT NOT NULL CHECK (date(date) IS date),
  quantity_e4 INTEGER NOT NULL,
  cost_e8 INTEGER NOT NULL,
  billed_run INTEGER REFERENCES runs (id),
  PRIMARY KEY (import, row)
) STRICT;
CREATE INDEX service_lines_unbilled ON service_lines (import, row) WHERE billed_run IS NULL;
CREATE INDEX service_lines_by_run ON service_lines (billed_run) WHERE billed_run IS NOT NULL;
CREATE TRIGGER service_lines_keep_update
  BEFORE UPDATE OF import, row, line, cli, code, description, event, date, quantity_e4, cost_e8 ON service_lines
  BEGIN SELECT RAISE(ABORT, 'a service line is never changed'); END;
CREATE TRIGGER service_lines_bill_once BEFORE UPDATE OF billed_run ON service_lines WHEN OLD.billed_run IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a service line is billed once'); END;
CREATE TRIGGER service_lines_keep_delete BEFORE DELETE ON service_lines
  BEGIN SELECT RAISE(ABORT, 'a service line is never deleted'); END;

-- Posted invoices (B11, B12). `bill_json` is the whole bill with its number; documents are made from it.
CREATE TABLE invoices (
  id INTEGER PRIMARY KEY,
  number TEXT NOT NULL UNIQUE CHECK (number <> ''),
  series TEXT NOT NULL CHECK (series <> ''),
  sequence INTEGER NOT NULL CHECK (sequence > 0),
  account TEXT NOT NULL CHECK (account <> ''),
  organisation TEXT NOT NULL CHECK (organisation <> ''),
  run INTEGER NOT NULL REFERENCES runs (id),
  date TEXT NOT NULL CHECK (date(date) IS date),
  due_date TEXT NOT NULL CHECK (date(due_date) IS due_date),
  net_minor INTEGER NOT NULL,
  vat_minor INTEGER NOT NULL,
  gross_minor INTEGER NOT NULL CHECK (gross_minor = net_minor + vat_minor),
  currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  is_final INTEGER NOT NULL CHECK (is_final IN (0, 1)),
  usage_records INTEGER NOT NULL CHECK (usage_records >= 0),
  bill_json TEXT NOT NULL CHECK (json_valid(bill_json)),
  posted_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', posted_at) IS posted_at),
  UNIQUE (series, sequence)
) STRICT;
CREATE INDEX invoices_by_account ON invoices (account, id);
CREATE INDEX invoices_by_run ON invoices (run);
CREATE TRIGGER invoices_keep_update BEFORE UPDATE ON invoices
  BEGIN SELECT RAISE(ABORT, 'a posted invoice is never changed'); END;
CREATE TRIGGER invoices_keep_delete BEFORE DELETE ON invoices
  BEGIN SELECT RAISE(ABORT, 'a posted invoice is never deleted'); END;

-- What customers owe (L1): positive is owed to us. A balance is the sum of an account's entries.
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL CHECK (account <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('opening_balance', 'invoice', 'credit_note', 'payment', 'refund', 'write_off',
    'reversal')),
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
  date TEXT NOT NULL CHECK (date(date) IS date),
  invoice TEXT REFERENCES invoices (number),
  at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', at) IS at),
  CHECK (kind <> 'invoice' OR invoice IS NOT NULL)
) STRICT;
CREATE INDEX entries_by_account ON entries (account);
CREATE UNIQUE INDEX entries_one_per_invoice ON entries (invoice) WHERE kind = 'invoice';
CREATE TRIGGER entries_one_currency BEFORE INSERT ON entries
  WHEN EXISTS (SELECT 1 FROM entries WHERE account = NEW.account AND currency <> NEW.currency)
  BEGIN SELECT RAISE(ABORT, 'an account has entries in one currency only'); END;
CREATE TRIGGER entries_keep_update BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
CREATE TRIGGER entries_keep_delete BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;

-- Periods of charges that were billed or credited, each once (P5, P6).
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
  invoice TEXT NOT NULL REFERENCES invoices (number),
  UNIQUE (account, charge, kind, period_from)
) STRICT;
CREATE TRIGGER charge_periods_keep_update BEFORE UPDATE ON charge_periods
  BEGIN SELECT RAISE(ABORT, 'a billed period is never changed'); END;
CREATE TRIGGER charge_periods_keep_delete BEFORE DELETE ON charge_periods
  BEGIN SELECT RAISE(ABORT, 'a billed period is never deleted'); END;

-- What was charged to a line in a period of its spending cap, over all posted runs (S1, S3).
CREATE TABLE cap_use (
  account TEXT NOT NULL CHECK (account <> ''),
  cli TEXT NOT NULL CHECK (cli <> ''),
  period_start TEXT NOT NULL CHECK (date(period_start) IS period_start),
  charged_e6 INTEGER NOT NULL,
  PRIMARY KEY (account, cli, period_start)
) STRICT, WITHOUT ROWID;

-- The last one-time message (`next_invoice_message`) that was printed on an invoice of the account.
CREATE TABLE next_message_used (
  account TEXT NOT NULL PRIMARY KEY CHECK (account <> ''),
  message TEXT NOT NULL CHECK (message <> ''),
  invoice TEXT NOT NULL REFERENCES invoices (number)
) STRICT, WITHOUT ROWID;
