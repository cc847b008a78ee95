"""A script sets a subscription to active, and it runs, whatever was before.

After its end it runs anew from that moment: its old dates would contradict the status, or take it
back to grace at once. What runs meanwhile ends, as when a dearer plan is activated. Actions write
every date themselves, and what ends before what begins: then nothing is filled in.
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

CREATE FUNCTION marketplace_take_the_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE marketplace_subscription
  SET status = CASE status WHEN 'cancelled' THEN 'cancelled' ELSE 'expired' END, ended_at = now()
  WHERE user_id = NEW.user_id AND id <> NEW.id AND starts_at IS NOT NULL AND ended_at IS NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER subscription_takes_the_place
  BEFORE UPDATE OF status ON marketplace_subscription
  FOR EACH ROW WHEN (NEW.status = 'active' AND OLD.status NOT IN ('active', 'grace'))
  EXECUTE FUNCTION marketplace_take_the_place();

CREATE TRIGGER subscription_runs_anew
  BEFORE UPDATE OF status ON marketplace_subscription
  FOR EACH ROW
  WHEN (NEW.status = 'active' AND OLD.status <> 'active'
        AND (OLD.ended_at IS NOT NULL AND NEW.ended_at = OLD.ended_at
             OR OLD.ends_at <= now() AND NEW.ends_at = OLD.ends_at))
  EXECUTE FUNCTION marketplace_run_anew();
"""

AS_BEFORE = """
DROP TRIGGER subscription_takes_the_place ON marketplace_subscription;
DROP FUNCTION marketplace_take_the_place();
DROP TRIGGER subscription_runs_anew ON marketplace_subscription;
DROP FUNCTION marketplace_run_anew();
"""


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0004_immediate_keys")]

    operations = [migrations.RunSQL(RUN_ANEW, AS_BEFORE)]
