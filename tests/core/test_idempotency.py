import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from core import account
from core.models import StoredAnswer
from tests.conftest import open_session
from tests.race import at_once

pytestmark = [pytest.mark.usefixtures("small_api")]


def post(client, key, body='{"name": "g"}', path="/api/groups/"):
    return client.post(
        path, body, content_type="application/json", headers={"Idempotency-Key": key}
    )


class TestASecondSending:
    def test_gets_the_first_answer_again(self, api, aziza):
        client = api(aziza)
        first, second = post(client, "k1"), post(client, "k1")
        assert first.status_code == second.status_code == 201
        assert first.content == second.content
        assert "Idempotent-Replayed" not in first
        assert second["Idempotent-Replayed"] == "true"
        assert Group.objects.count() == 1

    def test_is_compared_as_parsed_json(self, api, aziza):
        client = api(aziza)
        first = post(client, "k", '{"name": "g", "n": 1.0, "list": [100, true]}')
        second = post(client, "k", ' {"list":[1e2,true],"n":1,"name":"\\u0067"} ')
        assert second["Idempotent-Replayed"] == "true"
        assert first.content == second.content

    @pytest.mark.parametrize(
        "body", ['{"name": "h"}', '{"name": "g", "n": 1}', '{"name": ["g"]}', '{"name": null}']
    )
    def test_with_another_body_is_a_mismatch(self, api, aziza, body):
        client = api(aziza)
        post(client, "k")
        answer = post(client, "k", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
        assert Group.objects.count() == 1

    @pytest.mark.parametrize(("one", "other"), [("1", "true"), ("0", "false"), ("1", '"1"')])
    def test_tells_types_apart(self, api, aziza, one, other):
        client = api(aziza)
        post(client, "k", f'{{"name": "g", "v": {one}}}')
        assert post(client, "k", f'{{"name": "g", "v": {other}}}').status_code == 422

    def test_of_another_account_is_a_request_of_its_own(self, api, aziza, bobur):
        post(api(aziza), "k")
        answer = post(api(bobur), "k", '{"name": "of bobur"}')
        assert answer.status_code == 201
        assert "Idempotent-Replayed" not in answer

    def test_after_a_refusal_is_decided_afresh(self, api, aziza):
        client = api(aziza)
        assert post(client, "k", '{"name": "refused"}').status_code == 409
        assert Group.objects.count() == StoredAnswer.objects.count() == 0
        assert post(client, "k").status_code == 201

    def test_by_the_other_spelling_of_the_path_is_the_same_request(self, api, aziza):
        client = api(aziza)
        post(client, "k")
        assert post(client, "k", path="/api/groups")["Idempotent-Replayed"] == "true"

    def test_is_not_remembered_for_a_dry_run(self, api, aziza):
        client = api(aziza)
        post(client, "k", path="/api/rehearsed/?dry_run=true")
        assert StoredAnswer.objects.count() == 0

    @pytest.mark.parametrize("flag", ["true", "1", "nonsense"])
    def test_is_remembered_where_there_is_no_dry_run(self, api, aziza, flag):
        client = api(aziza)
        post(client, "k", path=f"/api/groups/?dry_run={flag}")
        answer = post(client, "k", path=f"/api/groups/?dry_run={flag}")
        assert answer["Idempotent-Replayed"] == "true"

    def test_gets_nothing_once_the_account_is_erased(self, api, aziza, bobur):
        post(api(aziza), "k")
        post(api(bobur), "k", '{"name": "of bobur"}')
        account.erase(aziza.pk)
        assert [kept.account_id for kept in StoredAnswer.objects.all()] == [bobur.pk]

    @pytest.mark.parametrize("key", ["", " ", "a b", "k" * 256, "ключ"])
    def test_needs_a_key_of_visible_characters(self, api, aziza, key):
        answer = api(aziza).generic(
            "POST", "/api/groups/", "{}", "application/json", HTTP_IDEMPOTENCY_KEY=key
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")


@pytest.mark.django_db(transaction=True)
class TestTwins:
    def test_fifty_at_once_write_one_row_and_get_one_answer(self, api, aziza):
        from ledger.tokens import issue_pair

        access = issue_pair(open_session(aziza)).access

        def send():
            client = Client(headers={"Authorization": f"Bearer {access}"})
            return post(client, "twin")

        answers = at_once([send] * 50, threads=12)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        replayed = [answer.headers.get("Idempotent-Replayed") for answer in answers]
        assert sorted(replayed, key=str) == [None, *["true"] * 49]
        assert Group.objects.count() == 1

    def test_one_that_waits_too_long_is_told_so(self, api, aziza, monkeypatch):
        client = api(aziza)
        monkeypatch.setattr(
            "core.idempotency.CLAIM",
            __import__("core.idempotency").idempotency.CLAIM.replace("'10s'", "'200ms'"),
        )
        holder = connections.create_connection("default")
        try:
            holder.set_autocommit(False)
            with holder.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO core_storedanswer"
                    " (account_id, book_id, path, key, fingerprint, created_at)"
                    " VALUES (%s, %s, '/api/groups', 'busy', '', now())",
                    [aziza.pk, aziza.pk],
                )
            answer = post(client, "busy")
            assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_in_progress")
            # Whoever held it died: nothing is stuck.
            holder.rollback()
            assert post(client, "busy").status_code == 201
        finally:
            holder.close()

    def test_the_write_after_the_wait_has_no_lock_time_out_of_ours(self, api, aziza):
        with transaction.atomic():
            from core import idempotency

            scope = {
                "account_id": 1, "book_id": 1, "path": "/p", "key": "k",
                "fingerprint": b"", "now": "2026-01-01", "forgotten": "2025-12-01",
            }  # fmt: skip
            assert idempotency._claim(scope) is not None
            with connection.cursor() as cursor:
                cursor.execute("SHOW lock_timeout")
                assert cursor.fetchone() == ("0",)


def test_a_key_is_free_again_after_thirty_days(api, aziza, db):
    client = api(aziza)
    post(client, "k")
    StoredAnswer.objects.update(created_at=timezone.now() - timedelta(days=30, seconds=1))
    answer = post(client, "k", '{"name": "another body"}')
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer
    assert post(client, "k", '{"name": "another body"}')["Idempotent-Replayed"] == "true"


def test_the_answer_is_kept_as_sent(api, aziza, db):
    answer = post(api(aziza), "k", json.dumps({"name": "Қўқон “ü”"}))
    assert bytes(StoredAnswer.objects.get().body) == answer.content
