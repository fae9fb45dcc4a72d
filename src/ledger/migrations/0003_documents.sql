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
