import pytest

from core import account
from core.errors import DomainError


class Owing(DomainError):
    status, code = 409, "book_has_balances"


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(account, "_me_fields", {})
    monkeypatch.setattr(account, "_erasers", [])
    monkeypatch.setattr(account, "_last_erasers", [])
    monkeypatch.setattr(account, "_obstacles", [])


class TestMeFields:
    def test_have_defaults_until_an_app_knows_better(self):
        account.register_me_field("plan", lambda account_id: f"plan of {account_id}")
        assert account.me_fields(7) == {
            "b2b_enabled": False,
            "plan": "plan of 7",
            "unread_notifications": 0,
        }

    def test_are_those_of_the_contract(self):
        with pytest.raises(ValueError, match="colour"):
            account.register_me_field("colour", lambda account_id: None)


class TestErasing:
    def test_runs_every_eraser(self):
        erased = []
        account.register_eraser(erased.append)
        account.register_eraser(erased.append)
        account.erase(7)
        assert erased == [7, 7]

    def test_runs_the_last_ones_last(self):
        erased = []
        account.register_eraser(lambda account_id: erased.append("answers"), is_last=True)
        account.register_eraser(lambda account_id: erased.append("talks"))
        account.erase(7)
        assert erased == ["talks", "answers"]

    def test_is_refused_by_the_first_obstacle(self):
        account.register_obstacle(lambda account_id: None)
        account.refuse_obstacles(7)
        account.register_obstacle(lambda account_id: Owing())
        with pytest.raises(Owing):
            account.refuse_obstacles(7)
