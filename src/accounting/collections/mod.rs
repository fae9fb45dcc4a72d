//! What is due from customers on direct debit → the files by which a bank collects it.
