"""Keys of talks are checked by the statement that writes them, not at the commit.

A check locks the row it points at. At the commit that lock would come after those of the event
streams, which are taken last (as for the ledger's keys).
"""

from django.db import migrations

IMMEDIATE = """
DO $$
DECLARE key record;
BEGIN
  FOR key IN
    SELECT conrelid::regclass AS owner, conname FROM pg_constraint
    WHERE contype = 'f' AND {condition} AND conrelid IN (
      'messaging_chatthread'::regclass, 'messaging_chatmessage'::regclass,
      'messaging_report'::regclass, 'messaging_reportlook'::regclass)
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I {timing}', key.owner, key.conname);
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_chat")]

    operations = [
        migrations.RunSQL(
            IMMEDIATE.format(condition="condeferrable", timing="NOT DEFERRABLE"),
            IMMEDIATE.format(
                condition="NOT condeferrable", timing="DEFERRABLE INITIALLY DEFERRED"
            ),
        ),
    ]
