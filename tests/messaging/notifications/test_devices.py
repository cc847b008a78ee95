"""Two devices of one reader, over real sockets: what comes and what is read is alike on both."""

import pytest
from django.utils import timezone

from messaging.actions.notifications import read_notifications
from tests.messaging.notifications.conftest import Device, say, write
from tests.realtime.conftest import database_url, door, live, start_server, token, uvicorn
from tests.realtime.wire import open_wire

__all__ = ["database_url", "door", "live", "start_server", "token", "uvicorn"]

pytestmark = pytest.mark.django_db(transaction=True)


def hear(wire, device, events):
    """Take so many events off the wire."""
    for _event in range(events):
        frame = wire.receive_a("event")
        device._hear(frame["event"], frame["data"])


def test_both_devices_show_what_the_list_does(live, token, aziza, bobur, charos, notifications):
    with (
        open_wire(live.url, token=token(bobur)) as phone,
        open_wire(live.url, token=token(bobur)) as tablet,
        open_wire(live.url, token=token(charos)) as outsiders,
    ):
        for wire in (phone, tablet, outsiders):
            wire.receive()
        say(to=[bobur], words="bir")
        write(to=[bobur], by=aziza, message=1)
        write(to=[bobur], by=aziza, message=2)
        first = notifications(bobur).list()[-1]["id"]
        read_notifications(account_id=bobur.pk, ids=[first], now=timezone.now())
        say(to=[bobur, charos], words="ikki")
        shown = notifications(bobur).list()
        for wire in (phone, tablet):
            device = Device(bobur)
            hear(wire, device, 5)
            assert device.shows() == shown
            assert device.unread == 2
        (line,) = notifications(charos).list()
        assert outsiders.receive()["data"] == line  # the first frame she gets
