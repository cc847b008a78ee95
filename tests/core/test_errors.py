import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.usefixtures("small_api", "db")


class TestProblemAnswers:
    def test_name_each_wrong_field_with_a_code(self, anyone):
        answer = anyone.post(
            "/api/shape/", {"amount": "0", "text": "too long", "nested": [{"a": 1}, {"a": "x"}]}
        )
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert problem["code"] == "invalid"
        assert problem["type"] == "/api/docs/problems/#invalid"
        assert problem["status"] == 400
        assert problem["request_id"] == answer["X-Request-ID"]
        assert [(e["field"], e["code"]) for e in problem["errors"]] == [
            ("amount", "invalid"),
            ("text", "max_length"),
            ("nested.1.a", "invalid"),
        ]

    def test_carry_the_numbers_of_a_refusal(self, api, aziza):
        answer = api(aziza).post("/api/groups/", {"name": "refused"})
        problem = answer.json()
        assert answer.status_code == 409
        assert (problem["code"], problem["used"], problem["limit"]) == ("group_refused", 3, 3)
        assert problem["detail"] == "3 of 3 groups are used."

    @pytest.mark.parametrize(
        ("language", "title"),
        [
            (None, "Topilmadi."),
            ("uz", "Topilmadi."),
            ("ru-RU,ru;q=0.9", "Не найдено."),
            ("en", "Not found."),
            ("de", "Topilmadi."),
        ],
    )
    def test_follow_accept_language_and_default_to_uzbek(self, anyone, language, title):
        headers = {} if language is None else {"Accept-Language": language}
        answer = anyone.get("/nowhere/at/all", headers=headers)
        assert answer.status_code == 404
        assert answer.json()["title"] == title

    def test_translate_the_words_of_the_framework_too(self, anyone):
        answer = anyone.post("/api/shape/", {"text": []}, headers={"Accept-Language": "uz"})
        assert "Not a valid" not in answer.content.decode()

    def test_challenge_whoever_has_not_signed_in(self, anyone):
        answer = anyone.get("/api/groups/")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] == "not_authenticated"

    def test_say_nothing_of_a_crash(self):
        client = APIClient(raise_request_exception=False)
        answer = client.get("/api/crash/?how=bug")
        assert answer.status_code == 500
        assert answer.json()["code"] == "server_error"
        assert b"secret" not in answer.content

    @pytest.mark.parametrize("path", ["/api/crash/?how=database", "/plain-crash/"])
    def test_call_a_lost_database_unavailable(self, anyone, path):
        answer = anyone.get(path)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "2"
        assert answer.json()["code"] == "unavailable"

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_name_a_method_that_is_not_there(self, anyone, method):
        answer = getattr(anyone, method)("/api/shape/")
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert "POST" in answer["Allow"]

    def test_refuse_a_body_that_is_not_json(self, anyone):
        answer = anyone.post("/api/shape/", "a=1", content_type="text/plain")
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")

    @pytest.mark.parametrize(("language", "word"), [("ru", "Слишком"), ("en", "The request body")])
    def test_follow_the_language_before_any_view(self, anyone, language, word):
        answer = anyone.post(
            "/api/shape/",
            "x" * (1024 * 1024 + 1),
            content_type="application/json",
            headers={"Accept-Language": language},
        )
        assert answer.status_code == 413
        assert answer.json()["title"].startswith(word)

    def test_answer_json_whatever_accept_says(self, anyone):
        answer = anyone.get("/api/shape/", headers={"Accept": "text/html"})
        assert answer.status_code == 200
        assert answer.json()["flag"] is False
