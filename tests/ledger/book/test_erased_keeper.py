"""What an erased account leaves in the books it helped to keep."""

import pytest

from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_kept_answer_that_named_the_person_is_gone(aziza, bobur, api):
    owner = api(aziza)
    member = {"phone_number": bobur.phone_number, "role": "cashier"}
    key = {"Idempotency-Key": "hire-bobur"}
    assert owner.post("/api/v1/book/members/", member, headers=key).status_code == 201
    assert api(bobur).delete("/api/auth/me/", {"password": PASSWORD}).status_code == 204
    again = owner.post("/api/v1/book/members/", member, headers=key)
    assert (again.status_code, again.json()["code"]) == (400, "no_such_account")
