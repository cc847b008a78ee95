"""The tokens that REST refuses, on the socket: the same list, on each of the three ways in."""

import pytest
from websockets.exceptions import InvalidHandshake

from ledger.tokens import issue_pair
from tests.conftest import open_session
from tests.ledger.sign_in.test_tokens import ENDINGS, VARIANTS, Forge
from tests.realtime.conftest import door, live, start_server, token, uvicorn  # noqa: F401
from tests.realtime.wire import open_wire

BY = ["subprotocol", "header", "frame"]
# No header may hold it (RFC 9110, 5.5), so no client sends it there.
ONLY_IN_FRAMES = {"letters of another alphabet"}
# Signed by us, of a session that is no more: the device shall not come back.
GONE = {"absent session": 4403}


def close_code(live, token, by):  # noqa: F811
    with open_wire(live.url, token=token, by=by) as wire:
        return wire.close_code()


@pytest.mark.parametrize("by", BY)
def test_are_refused_with_4401(live, aziza, by):  # noqa: F811
    forge = Forge(open_session(aziza))
    assert len(VARIANTS) >= 25
    got = {}
    for name, make in VARIANTS.items():
        if by == "frame" or name not in ONLY_IN_FRAMES:
            try:
                got[name] = close_code(live, make(forge), by)
            except InvalidHandshake as refused:
                got[name] = str(refused)
    assert {name: code for name, code in got.items() if code != 4401} == GONE
    assert len(got) >= len(VARIANTS) - len(ONLY_IN_FRAMES)
    with open_wire(live.url, token=forge.sign(), by=by) as wire:
        assert wire.receive()["type"] == "welcome"  # else the list would prove nothing


def test_are_refused_with_4401_as_a_renewal(live, aziza):  # noqa: F811
    forge, got = Forge(open_session(aziza)), {}
    for name, make in VARIANTS.items():
        with open_wire(live.url, token=forge.sign()) as wire:
            wire.receive()
            wire.send(type="auth", token=make(forge))
            got[name] = wire.close_code()
    assert {name: code for name, code in got.items() if code != 4401} == GONE


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("ending", ENDINGS)
def test_of_an_account_or_session_that_ended_get_4403(live, aziza, ending, by):  # noqa: F811
    access = issue_pair(open_session(aziza)).access
    ENDINGS[ending]()
    assert close_code(live, access, by) == 4403
