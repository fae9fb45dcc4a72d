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
