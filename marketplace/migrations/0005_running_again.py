"""A subscription that a script sets to active again, after its end, runs anew from that moment.

Its old dates would contradict the status, or take it back to grace at once. Actions write every
date themselves: where a date changes along with the status, nothing is filled in.
"""

from django.db import migrations

RUN_ANEW = """
CREATE FUNCTION marketplace_run_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.starts_at := now();
  NEW.ends_at := now() + (SELECT make_interval(days => period_days)
                          FROM marketplace_plan WHERE id = NEW.plan_id);
  NEW.ended_at := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER subscription_runs_anew
  BEFORE UPDATE OF status ON marketplace_subscription
  FOR EACH ROW
  WHEN (NEW.status = 'active' AND OLD.status <> 'active'
        AND (OLD.ended_at IS NOT NULL AND NEW.ended_at = OLD.ended_at
             OR OLD.ends_at <= now() AND NEW.ends_at = OLD.ends_at))
  EXECUTE FUNCTION marketplace_run_anew();
"""

AS_BEFORE = """
DROP TRIGGER subscription_runs_anew ON marketplace_subscription;
DROP FUNCTION marketplace_run_anew();
"""


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0004_immediate_keys")]

    operations = [migrations.RunSQL(RUN_ANEW, AS_BEFORE)]
