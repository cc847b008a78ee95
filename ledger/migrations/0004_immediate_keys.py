"""Keys of the ledger are checked by the statement that writes them, not at the commit.

A check locks the row it points at. At the commit that lock would come after those of the event
streams, which are taken last: an account that changes its number holds its row and then wants
its stream, and the two would wait for each other.
"""

from django.db import migrations

IMMEDIATE = """
DO $$
DECLARE key record;
BEGIN
  FOR key IN
    SELECT conrelid::regclass AS owner, conname FROM pg_constraint
    WHERE contype = 'f' AND {condition} AND conrelid IN (
      'ledger_book'::regclass, 'ledger_bookmember'::regclass, 'ledger_debtor'::regclass,
      'ledger_entry'::regclass, 'ledger_dispute'::regclass)
      AND confrelid IN ('ledger_user'::regclass, 'ledger_book'::regclass)
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I {timing}', key.owner, key.conname);
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_ledger_rules")]

    operations = [
        migrations.RunSQL(
            IMMEDIATE.format(condition="condeferrable", timing="NOT DEFERRABLE"),
            IMMEDIATE.format(
                condition="NOT condeferrable", timing="DEFERRABLE INITIALLY DEFERRED"
            ),
        ),
    ]
