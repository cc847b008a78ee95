"""Rules of the ledger that Django's models cannot say: composite keys, triggers, free space."""

from django.db import migrations

# The book (and, where there is one, the account) stands in every key: no row can point
# into another book, and no allocation can cross a debtor or a currency.
COMPOSITE_KEYS = """
ALTER TABLE ledger_account
  ADD CONSTRAINT account_debtor_is_of_its_book
  FOREIGN KEY (book_id, debtor_id) REFERENCES ledger_debtor (book_id, id);
ALTER TABLE ledger_debt
  ADD CONSTRAINT debt_account_is_of_its_debtor
  FOREIGN KEY (book_id, debtor_id, currency, account_id)
  REFERENCES ledger_account (book_id, debtor_id, currency, id);
ALTER TABLE ledger_payment
  ADD CONSTRAINT payment_account_is_of_its_debtor
  FOREIGN KEY (book_id, debtor_id, currency, account_id)
  REFERENCES ledger_account (book_id, debtor_id, currency, id);
ALTER TABLE ledger_debtpayment
  ADD CONSTRAINT allocation_debt_is_of_its_account
  FOREIGN KEY (book_id, account_id, debt_id) REFERENCES ledger_debt (book_id, account_id, id),
  ADD CONSTRAINT allocation_payment_is_of_its_account
  FOREIGN KEY (book_id, account_id, payment_id)
  REFERENCES ledger_payment (book_id, account_id, id);
ALTER TABLE ledger_entry
  ADD CONSTRAINT entry_account_is_of_its_book
  FOREIGN KEY (book_id, account_id) REFERENCES ledger_account (book_id, id),
  ADD CONSTRAINT entry_debt_is_of_its_account
  FOREIGN KEY (book_id, account_id, debt_id) REFERENCES ledger_debt (book_id, account_id, id),
  ADD CONSTRAINT entry_payment_is_of_its_account
  FOREIGN KEY (book_id, account_id, payment_id)
  REFERENCES ledger_payment (book_id, account_id, id);
ALTER TABLE ledger_dispute
  ADD CONSTRAINT dispute_debt_is_of_its_account
  FOREIGN KEY (book_id, account_id, debt_id) REFERENCES ledger_debt (book_id, account_id, id);
"""

DROP_COMPOSITE_KEYS = """
ALTER TABLE ledger_account DROP CONSTRAINT account_debtor_is_of_its_book;
ALTER TABLE ledger_debtpayment
  DROP CONSTRAINT allocation_debt_is_of_its_account,
  DROP CONSTRAINT allocation_payment_is_of_its_account;
ALTER TABLE ledger_entry
  DROP CONSTRAINT entry_account_is_of_its_book,
  DROP CONSTRAINT entry_debt_is_of_its_account,
  DROP CONSTRAINT entry_payment_is_of_its_account;
ALTER TABLE ledger_dispute DROP CONSTRAINT dispute_debt_is_of_its_account;
ALTER TABLE ledger_debt DROP CONSTRAINT debt_account_is_of_its_debtor;
ALTER TABLE ledger_payment DROP CONSTRAINT payment_account_is_of_its_debtor;
"""

# TRUNCATE is let through in a test runner's own database, which is emptied between tests;
# `ledger.guard_journal` guards it there too.
TRIGGERS = r"""
CREATE FUNCTION ledger_refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\_%'
     AND coalesce(current_setting('ledger.guard_journal', true), '') <> 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'the journal is append-only: % refused', TG_OP
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'journal_is_append_only';
END $$;

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE ON ledger_entry
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_journal_change();
CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON ledger_entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_journal_change();

CREATE FUNCTION ledger_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was recorded in % stays: void it instead', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;

CREATE TRIGGER debt_terms_never_change BEFORE UPDATE ON ledger_debt
  FOR EACH ROW
  WHEN ((OLD.book_id, OLD.debtor_id, OLD.account_id, OLD.currency, OLD.amount, OLD.occurred_at,
         OLD.created_at) IS DISTINCT FROM
        (NEW.book_id, NEW.debtor_id, NEW.account_id, NEW.currency, NEW.amount, NEW.occurred_at,
         NEW.created_at)
        OR OLD.voided_at IS NOT NULL)
  EXECUTE FUNCTION ledger_refuse_rewriting();
CREATE TRIGGER payment_terms_never_change BEFORE UPDATE ON ledger_payment
  FOR EACH ROW
  WHEN ((OLD.book_id, OLD.debtor_id, OLD.account_id, OLD.currency, OLD.amount, OLD.occurred_at,
         OLD.created_at) IS DISTINCT FROM
        (NEW.book_id, NEW.debtor_id, NEW.account_id, NEW.currency, NEW.amount, NEW.occurred_at,
         NEW.created_at)
        OR OLD.voided_at IS NOT NULL)
  EXECUTE FUNCTION ledger_refuse_rewriting();
CREATE TRIGGER allocation_is_only_reversed BEFORE UPDATE ON ledger_debtpayment
  FOR EACH ROW
  WHEN (OLD.reversed_at IS NOT NULL
        OR (OLD.book_id, OLD.account_id, OLD.debt_id, OLD.payment_id, OLD.amount) IS DISTINCT FROM
           (NEW.book_id, NEW.account_id, NEW.debt_id, NEW.payment_id, NEW.amount))
  EXECUTE FUNCTION ledger_refuse_rewriting();
"""

DROP_TRIGGERS = """
DROP TRIGGER journal_is_append_only ON ledger_entry;
DROP TRIGGER journal_is_never_emptied ON ledger_entry;
DROP TRIGGER debt_terms_never_change ON ledger_debt;
DROP TRIGGER payment_terms_never_change ON ledger_payment;
DROP TRIGGER allocation_is_only_reversed ON ledger_debtpayment;
DROP FUNCTION ledger_refuse_journal_change();
DROP FUNCTION ledger_refuse_rewriting();
"""

# Room in each page for the new version of a row: a heap-only update touches no index.
FREE_SPACE = """
ALTER TABLE ledger_account SET (fillfactor = 70);
ALTER TABLE ledger_debt SET (fillfactor = 85);
ALTER TABLE ledger_payment SET (fillfactor = 90);
"""

NO_FREE_SPACE = """
ALTER TABLE ledger_account RESET (fillfactor);
ALTER TABLE ledger_debt RESET (fillfactor);
ALTER TABLE ledger_payment RESET (fillfactor);
"""

# Names and numbers by a part of them. Where the extensions are not to be had (the embedded
# server brings none) every search still answers, by reading the book's debtors.
SEARCH = """
DO $$
BEGIN
  IF (SELECT count(*) FROM pg_available_extensions WHERE name IN ('pg_trgm', 'btree_gin')) = 2
  THEN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE EXTENSION IF NOT EXISTS btree_gin;
    CREATE INDEX debtor_search ON ledger_debtor
      USING gin (book_id, folded_name gin_trgm_ops, phone_number gin_trgm_ops);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'pg_trgm may not be created here: searches go without an index';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_ledger")]

    operations = [
        migrations.RunSQL(COMPOSITE_KEYS, DROP_COMPOSITE_KEYS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
        migrations.RunSQL(FREE_SPACE, NO_FREE_SPACE),
        migrations.RunSQL(SEARCH, "DROP INDEX IF EXISTS debtor_search"),
    ]
