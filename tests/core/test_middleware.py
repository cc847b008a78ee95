import json
import logging

import pytest

from core.logs import JSONFormatter

ORIGIN = "http://localhost:3000"
pytestmark = pytest.mark.usefixtures("small_api", "db")


class TestRequestId:
    def test_is_taken_when_sane(self, anyone):
        answer = anyone.get("/api/shape/", headers={"X-Request-ID": "checkout-7.a_b"})
        assert answer["X-Request-ID"] == "checkout-7.a_b"

    @pytest.mark.parametrize("offered", ["", "a b", "x" * 65, "<script>", 'a"b', "ключ"])
    def test_is_made_otherwise(self, anyone, offered):
        answer = anyone.generic("GET", "/api/shape/", HTTP_X_REQUEST_ID=offered)
        assert answer["X-Request-ID"] != offered
        assert len(answer["X-Request-ID"]) == 32


class TestPaths:
    @pytest.mark.parametrize("path", ["/api/shape", "/api/shape/"])
    def test_answer_with_and_without_the_slash(self, anyone, path):
        assert anyone.post(path, {"text": "kept"}).json() == {"text": "kept"}

    def test_with_two_slashes_are_not_ours(self, anyone):
        assert anyone.get("/api/shape//").status_code == 404


class TestBrowsers:
    def test_of_a_listed_origin_may_read_our_headers_on_errors_too(self, anyone):
        for path in ("/api/shape/", "/api/nowhere/", "/api/groups/"):
            answer = anyone.get(path, headers={"Origin": ORIGIN})
            assert answer["Access-Control-Allow-Origin"] == ORIGIN
            exposed = {name.strip() for name in answer["Access-Control-Expose-Headers"].split(",")}
            assert exposed == {
                "Link",
                "X-Total-Count",
                "Retry-After",
                "Idempotent-Replayed",
                "X-Request-ID",
            }

    def test_may_send_our_headers(self, anyone):
        answer = anyone.options(
            "/api/shape/",
            headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"},
        )
        allowed = answer["Access-Control-Allow-Headers"].lower()
        for name in ("authorization", "idempotency-key", "x-book", "x-request-id"):
            assert name in allowed

    def test_of_another_origin_may_read_nothing(self, anyone):
        answer = anyone.get("/api/shape/", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in answer

    def test_get_the_security_headers(self, anyone):
        answer = anyone.get("/api/shape/")
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Cache-Control"] == "no-store"


class TestAccessLog:
    def test_names_account_path_and_status_but_no_query(self, api, aziza, caplog):
        with caplog.at_level(logging.INFO, logger="daftar.access"):
            api(aziza).get("/api/groups/?full_name=Secret")
        record = caplog.records[-1]
        line = json.loads(JSONFormatter().format(record))
        assert line["path"] == "/api/groups/"
        assert (line["status"], line["account"], line["method"]) == (200, aziza.pk, "GET")
        assert "Secret" not in json.dumps(line)

    def test_holds_no_forged_line(self, anyone, caplog):
        with caplog.at_level(logging.INFO, logger="daftar.access"):
            anyone.get("/api/x%0A2026-01-01 INFO forged%00")
        assert "\n" not in caplog.records[-1].getMessage()
        assert "\x00" not in caplog.records[-1].getMessage()


class TestMetrics:
    def test_count_answers_by_route(self, anyone):
        anyone.get("/api/shape/")
        text = anyone.get("/metrics").content.decode()
        assert 'daftar_http_requests_total{method="GET",route="api/shape/",status="200"}' in text

    def test_tell_of_the_job_queue(self, anyone):
        text = anyone.get("/metrics").content.decode()
        assert "daftar_jobs_due " in text
        assert "daftar_jobs_oldest_due_seconds " in text

    @pytest.mark.parametrize("peer", ["185.74.4.1", "8.8.8.8", ""])
    def test_are_not_for_the_public(self, anyone, peer):
        assert anyone.get("/metrics", REMOTE_ADDR=peer).status_code == 404

    def test_do_not_pass_a_proxy(self, anyone):
        assert anyone.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
