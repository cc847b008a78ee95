"""Keys of the marketplace are checked by the statement that writes them, not at the commit.

A check locks the row it points at. At the commit that lock would come after those of the
notification lists and of the event streams, which are taken last (as for the keys of the ledger
and of talks): a moderator who deletes the account waits for them with that row locked.
"""

from django.db import migrations

IMMEDIATE = """
DO $$
DECLARE key record;
BEGIN
  FOR key IN
    SELECT conrelid::regclass AS owner, conname FROM pg_constraint
    WHERE contype = 'f' AND {condition} AND conrelid IN (
      'marketplace_subscription'::regclass, 'marketplace_subscriptionchange'::regclass,
      'marketplace_monthlyusage'::regclass, 'marketplace_b2bprofile'::regclass,
      'marketplace_b2bpost'::regclass, 'marketplace_postimage'::regclass,
      'marketplace_savedsearch'::regclass)
  LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I {timing}', key.owner, key.conname);
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0003_searches")]

    operations = [
        migrations.RunSQL(
            IMMEDIATE.format(condition="condeferrable", timing="NOT DEFERRABLE"),
            IMMEDIATE.format(
                condition="NOT condeferrable", timing="DEFERRABLE INITIALLY DEFERRED"
            ),
        ),
    ]
