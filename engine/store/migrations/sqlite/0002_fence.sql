-- How often a commit of unknown outcome was shut out of a ledger. It is compared
-- with every commit, as the size is: one that is still on its way comes too late.
ALTER TABLE ledgers ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
