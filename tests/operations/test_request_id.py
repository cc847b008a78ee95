"""One id ties a request's log lines to the jobs that it caused."""

import json
import logging

from core.jobs import enqueue
from core.logs import JSONFormatter
from core.request_id import begin_request_id


def test_the_line_of_a_job_has_the_requests_id_and_the_jobs(db, caplog):
    begin_request_id("ticket-4711")
    with caplog.at_level(logging.INFO, logger="core.jobs"):
        job = enqueue("core.forget_requests", timestamp=0)
    [record] = [record for record in caplog.records if record.name == "core.jobs"]
    line = json.loads(JSONFormatter().format(record))
    assert (line["request_id"], line["job"]) == ("ticket-4711", job)
    assert line["task"] == "core.forget_requests"
