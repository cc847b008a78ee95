"""Drop procrastinate's NOTIFY triggers: our workers poll.

A NOTIFY takes a database-wide lock at commit, so that a transaction which enqueues a job would
wait for every other one that does. Backwards the triggers are made again as they were.
"""

from django.db import migrations

DROP = """
DROP TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs;
DROP TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 ON procrastinate_jobs;
"""
CREATE = """
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1
    AFTER INSERT ON procrastinate_jobs
    FOR EACH ROW WHEN (new.status = 'todo'::procrastinate_job_status)
    EXECUTE PROCEDURE procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1
    AFTER UPDATE OF abort_requested ON procrastinate_jobs
    FOR EACH ROW WHEN (
        old.abort_requested = false AND new.abort_requested = true
        AND new.status = 'doing'::procrastinate_job_status
    )
    EXECUTE PROCEDURE procrastinate_notify_queue_abort_job_v1();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0001_ground"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(DROP, CREATE)]
