import pytest
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from ledger.models import Session
from tests.realtime.conftest import tell
from tests.realtime.wire import open_wire


def status_of(opening) -> int:
    """With which HTTP status the handshake is refused."""
    with pytest.raises(InvalidStatus) as refused, opening:
        pass
    return refused.value.response.status_code


class TestSignIn:
    @pytest.mark.parametrize("by", ["subprotocol", "header", "frame"])
    def test_takes_the_token_three_ways(self, any_live, token, aziza, by):
        with open_wire(any_live.url, token=token(aziza), by=by) as socket:
            welcome = socket.receive()
            tell(to=[aziza])
            event = socket.receive()
        assert welcome["type"] == "welcome"
        assert (welcome["head"], welcome["resumed"], welcome["heartbeat"]) == (0, False, 25)
        assert (event["seq"], event["event"]) == (1, "my_debts.changed")

    def test_answers_our_subprotocol_only_when_it_was_offered(self, any_live, token, aziza):
        with open_wire(any_live.url, token=token(aziza)) as socket:
            assert socket.subprotocol == "daftar.v1"
        opening = open_wire(any_live.url, token=token(aziza), by="header", subprotocols=None)
        with opening as socket:
            assert socket.subprotocol is None
            assert (socket.receive())["type"] == "welcome"

    def test_never_reads_a_token_in_the_url(self, live, token, aziza):
        url = f"{live.url}?token={token(aziza)}&access={token(aziza)}"
        with open_wire(url) as socket:
            socket.send(type="ping")
            assert (socket.receive())["code"] == "auth_required"

    def test_refuses_a_token_that_is_no_good(self, any_live):
        for by in ("subprotocol", "header", "frame"):
            with open_wire(any_live.url, token="x.y.z", by=by) as socket:
                assert socket.close_code() == 4401

    def test_sends_an_ended_session_away_for_good(self, any_live, token, aziza):
        access = token(aziza)
        Session.objects.update(ended_at=timezone.now(), end_reason="logout")
        with open_wire(any_live.url, token=access) as socket:
            assert socket.close_code() == 4403

    def test_sends_a_deactivated_account_away_for_good(self, live, token, aziza):
        access = token(aziza)
        aziza.is_active = False
        aziza.save(update_fields=["is_active"])
        with open_wire(live.url, token=access) as socket:
            assert socket.close_code() == 4403

    def test_waits_five_seconds_for_the_first_frame(self, any_live):
        with open_wire(any_live.url) as socket:
            assert socket.close_code() == 4408

    def test_closes_when_the_first_frames_are_no_sign_in(self, live):
        with open_wire(live.url) as socket:
            for _ in range(10):
                socket.send(type="ping")
            assert socket.close_code() == 4429

    @pytest.mark.parametrize("path", ["/ws", "/ws/"])
    def test_takes_both_spellings_of_the_path(self, any_live, token, aziza, path):
        url = any_live.url.removesuffix("/ws/") + path
        with open_wire(url, token=token(aziza)) as socket:
            assert (socket.receive())["type"] == "welcome"

    def test_has_no_socket_elsewhere(self, any_live, token, aziza):
        assert status_of(open_wire(any_live.url + "feed/", token=token(aziza))) == 403


class TestOrigin:
    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"]
    )
    def test_refuses_a_foreign_one_before_the_handshake(self, any_live, token, aziza, origin):
        assert status_of(open_wire(any_live.url, token=token(aziza), origin=origin)) == 403

    def test_lets_our_own_pages_and_listed_origins_in(self, any_live, token, aziza):
        for origin in (any_live.address, "http://localhost:3000"):
            opening = open_wire(any_live.url, token=token(aziza), origin=origin)
            with opening as socket:
                assert (socket.receive())["type"] == "welcome"

    def test_refuses_one_that_cannot_be_read(self, live, token, aziza):
        assert status_of(open_wire(live.url, token=token(aziza), origin="http://[")) == 403

    def test_refuses_a_foreign_name_that_points_here(self, live, token, aziza):
        opening = open_wire(
            live.url,
            token=token(aziza),
            origin="http://evil.example",
            headers={"Host": "evil.example"},
        )
        with pytest.raises(InvalidStatus), opening:
            pass


class TestRenewal:
    def test_is_taken_in_place(self, any_live, token, aziza):
        old = token(aziza, ends_in=30)
        session = Session.objects.get()
        with open_wire(any_live.url, token=old) as socket:
            welcome = socket.receive()
            assert 25 <= (socket.receive_a("auth.expiring"))["expires_in"] <= 30
            session.generation += 1
            session.rotated_at = timezone.now()
            session.save(update_fields=["generation", "rotated_at"])
            socket.send(type="auth", token=token(aziza, session=session))
            renewed = socket.receive_a("auth.ok")
            assert renewed["expires_at"] > welcome["expires_at"]

    def test_without_one_the_socket_ends_with_the_token(self, any_live, token, aziza):
        with open_wire(any_live.url, token=token(aziza, ends_in=2)) as socket:
            assert (socket.receive())["type"] == "welcome"
            assert (socket.receive())["type"] == "auth.expiring"
            assert socket.close_code() == 4401

    def test_by_a_token_that_is_no_good_ends_the_socket(self, live, token, aziza):
        with open_wire(live.url, token=token(aziza)) as socket:
            socket.receive()
            socket.send(type="auth", token="x.y.z")
            assert socket.close_code() == 4401

    def test_by_another_account_or_session_ends_the_socket(self, live, token, aziza, bobur):
        for other in (token(bobur), token(aziza)):
            with open_wire(live.url, token=token(aziza)) as socket:
                socket.receive()
                socket.send(type="auth", token=other)
                assert socket.close_code() == 4403
