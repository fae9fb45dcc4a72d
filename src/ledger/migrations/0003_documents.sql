-- Version 3: how invoices reach customers and how they are paid. Conventions as in version 1.

-- The book: contact, bank and endpoint of organisations.
ALTER TABLE book_organisations ADD COLUMN email TEXT;
ALTER TABLE book_organisations ADD COLUMN telephone TEXT;
ALTER TABLE book_organisations ADD COLUMN website TEXT;
ALTER TABLE book_organisations ADD COLUMN footer TEXT;
ALTER TABLE book_organisations ADD COLUMN endpoint TEXT;
ALTER TABLE book_organisations ADD COLUMN bank_name TEXT;
ALTER TABLE book_organisations ADD COLUMN bank_account_name TEXT;
ALTER TABLE book_organisations ADD COLUMN bank_sort_code TEXT;
ALTER TABLE book_organisations ADD COLUMN bank_account_number TEXT;
ALTER TABLE book_organisations ADD COLUMN bank_iban TEXT;
ALTER TABLE book_organisations ADD COLUMN bank_bic TEXT;
ALTER TABLE book_organisations ADD COLUMN creditor_id TEXT;
ALTER TABLE book_organisations ADD COLUMN service_user_number TEXT;

-- The book: how customers get their invoices, and from where they are collected.
ALTER TABLE book_customers ADD COLUMN send_post TEXT;
ALTER TABLE book_customers ADD COLUMN post_format TEXT;
ALTER TABLE book_customers ADD COLUMN attachments TEXT;
ALTER TABLE book_customers ADD COLUMN pdf_password TEXT;
ALTER TABLE book_customers ADD COLUMN bank_name TEXT;
ALTER TABLE book_customers ADD COLUMN bank_account_name TEXT;
ALTER TABLE book_customers ADD COLUMN bank_sort_code TEXT;
ALTER TABLE book_customers ADD COLUMN bank_account_number TEXT;
ALTER TABLE book_customers ADD COLUMN bank_iban TEXT;
ALTER TABLE book_customers ADD COLUMN bank_bic TEXT;
ALTER TABLE book_customers ADD COLUMN mandate TEXT;
ALTER TABLE book_customers ADD COLUMN mandate_date TEXT;
ALTER TABLE book_customers ADD COLUMN buyer_reference TEXT;
ALTER TABLE book_customers ADD COLUMN endpoint TEXT;
ALTER TABLE book_customers ADD COLUMN accounting_reference TEXT;

-- A customer may have several bills in a run: one for each cost centre.
ALTER TABLE draft_bills RENAME TO draft_bills_of_version_2;
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
  CHECK (outcome <> 'bill' OR bill_json IS NOT NULL)
) STRICT;
INSERT INTO draft_bills SELECT * FROM draft_bills_of_version_2;
DROP TABLE draft_bills_of_version_2;
CREATE UNIQUE INDEX draft_bills_once ON draft_bills
  (run, account, coalesce(bill_json ->> '$.customer.cost_centre', ''));

-- Mail to customers: one row for each message. A state goes forward only; back to `waiting` only with one attempt more,
-- after an error that came before the message could have been accepted. `sending` is committed before the first byte of
-- the message goes out: whoever finds it after a crash makes it `unknown`, which is never sent again by itself.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  document TEXT NOT NULL CHECK (document <> ''),
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  account TEXT NOT NULL CHECK (account <> ''),
  recipients TEXT NOT NULL,
  attachments TEXT NOT NULL,
  is_trial INTEGER NOT NULL CHECK (is_trial IN (0, 1)),
  again_of INTEGER REFERENCES outbox (id),
  message_id TEXT NOT NULL UNIQUE CHECK (message_id <> ''),
  queued_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', queued_at) IS queued_at),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'refused', 'unknown')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', next_at) IS next_at),
  digest TEXT CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
  changed_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', changed_at) IS changed_at),
  answer TEXT CHECK (answer <> ''),
  CHECK (state IN ('waiting', 'refused') OR digest IS NOT NULL)
) STRICT;
CREATE INDEX outbox_by_document ON outbox (document);
CREATE INDEX outbox_by_account ON outbox (account);
CREATE INDEX outbox_open ON outbox (state, id) WHERE state IN ('waiting', 'sending', 'unknown');
CREATE UNIQUE INDEX outbox_one_at_a_time ON outbox (document) WHERE state IN ('waiting', 'sending') AND is_trial = 0;
CREATE TRIGGER outbox_forward_only BEFORE UPDATE OF state ON outbox
  WHEN NOT (OLD.state = 'waiting' AND NEW.state IN ('sending', 'refused')
    OR OLD.state = 'sending' AND NEW.state IN ('sent', 'refused', 'unknown')
    OR OLD.state IN ('waiting', 'sending') AND NEW.state = 'waiting' AND NEW.attempts > OLD.attempts)
  BEGIN SELECT RAISE(ABORT, 'a mail goes forward only'); END;
CREATE TRIGGER outbox_keep_update BEFORE UPDATE OF id, document, kind, account, attachments, is_trial, again_of,
    message_id, queued_at ON outbox
  BEGIN SELECT RAISE(ABORT, 'a mail is never changed, only sent'); END;
CREATE TRIGGER outbox_keep_delete BEFORE DELETE ON outbox
  BEGIN SELECT RAISE(ABORT, 'a mail is never deleted'); END;

-- Collections by direct debit. `contents` is what the file is made of, so that the same bytes can be made again.
CREATE TABLE collections (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  scheme TEXT NOT NULL CHECK (scheme <> ''),
  organisation TEXT NOT NULL CHECK (organisation <> ''),
  collect_on TEXT NOT NULL CHECK (date(collect_on) IS collect_on),
  currency TEXT NOT NULL CHECK (length(currency) = 3),
  contents TEXT NOT NULL CHECK (json_valid(contents)),
  created_at TEXT NOT NULL CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', created_at) IS created_at)
) STRICT;
CREATE TRIGGER collections_keep_update BEFORE UPDATE ON collections
  BEGIN SELECT RAISE(ABORT, 'a collection is never changed'); END;
CREATE TRIGGER collections_keep_delete BEFORE DELETE ON collections
  BEGIN SELECT RAISE(ABORT, 'a collection is never deleted'); END;

-- The invoices in each. An invoice is collected once, unless that was cancelled.
CREATE TABLE collected_invoices (
  collection INTEGER NOT NULL REFERENCES collections (id),
  invoice TEXT NOT NULL REFERENCES invoices (number),
  account TEXT NOT NULL CHECK (account <> ''),
  mandate TEXT NOT NULL CHECK (mandate <> ''),
  amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
  cancelled_at TEXT CHECK (strftime('%Y-%m-%dT%H:%M:%SZ', cancelled_at) IS cancelled_at),
  PRIMARY KEY (collection, invoice)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX collected_invoices_once ON collected_invoices (invoice) WHERE cancelled_at IS NULL;
CREATE TRIGGER collected_invoices_keep_update BEFORE UPDATE ON collected_invoices
  WHEN OLD.cancelled_at IS NOT NULL OR NEW.cancelled_at IS NULL OR NEW.collection IS NOT OLD.collection
    OR NEW.invoice IS NOT OLD.invoice OR NEW.account IS NOT OLD.account OR NEW.mandate IS NOT OLD.mandate
    OR NEW.amount_minor IS NOT OLD.amount_minor
  BEGIN SELECT RAISE(ABORT, 'what was collected is only cancelled, once'); END;
CREATE TRIGGER collected_invoices_keep_delete BEFORE DELETE ON collected_invoices
  BEGIN SELECT RAISE(ABORT, 'what was collected is never deleted'); END;
