import pytest
from django.test import Client

from core.health import NotReady

pytestmark = pytest.mark.django_db


def refuse():
    raise NotReady("Redis does not answer.")


class TestHealthz:
    def test_answers_whenever_the_process_lives(self, anyone):
        assert anyone.get("/healthz").json() == {"status": "ok"}


class TestReadyz:
    def test_names_each_part(self, anyone):
        answer = anyone.get("/readyz")
        assert answer.status_code == 200
        assert answer.json()["checks"]["database"] == {"ok": True}

    def test_is_503_when_a_part_is_not_in_order(self, anyone, settings):
        settings.READINESS_CHECKS = {
            "database": "core.health.check_database",
            "delivery": f"{__name__}.refuse",
        }
        answer = anyone.get("/readyz")
        assert answer.status_code == 503
        assert answer["Content-Type"] == "application/problem+json"
        checks = answer.json()["checks"]
        assert checks["database"] == {"ok": True}
        assert checks["delivery"] == {"ok": False, "detail": "Redis does not answer."}


class TestReading:
    @pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/api/docs/problems"])
    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_is_all_these_pages_allow(self, settings, path, method):
        client = Client(enforce_csrf_checks=True)
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
        assert answer.json()["code"] == "method_not_allowed"


class TestPages:
    def test_the_document_is_served_to_all(self, anyone):
        answer = anyone.get("/api/schema/?format=json")
        assert answer.status_code == 200
        assert answer.json()["openapi"].startswith("3.")

    def test_the_docs_load_nothing_from_elsewhere(self, anyone):
        page = anyone.get("/api/docs/")
        assert page.status_code == 200
        assert b"http://" not in page.content
        assert b"https://" not in page.content

    @pytest.mark.parametrize("language", ["uz", "ru", "en"])
    def test_every_code_has_an_entry(self, anyone, language):
        page = anyone.get("/api/docs/problems/", headers={"Accept-Language": language})
        for code in (b"otp_invalid", b"idempotency_mismatch", b"not_found"):
            assert b'id="%s"' % code in page.content
