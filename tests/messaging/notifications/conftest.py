"""Short words for what comes into notification lists, and a device that hears of it."""

import pytest
from django.utils.translation import gettext_lazy as _

from core.action import action
from core.events import notify
from core.notices import Text, register_texts

# "Not found." is in every catalogue already.
register_texts(
    {
        "test_said": Text(_("Not found."), "{words}"),
        "test_paid": Text("{amount}", "{shop}: {amount}", about="book", personal=("shop",)),
    }
)


@action
def say(*, to, words="salom", kind="system"):
    notify(kind, to=[person.pk for person in to], text="test_said", params={"words": words})


@action
def write(*, to, by, message=1, preview="salom", thread=7):
    """A message of `by` came into a talk."""
    notify(
        "message",
        to=[person.pk for person in to],
        text="message_received",
        params={"sender": by.full_name, "preview": preview},
        data={"thread": thread, "message": message, "sender": by.pk},
        thread=thread,
    )


class Notifications:
    """Somebody's own notifications, over HTTP."""

    path = "/api/notifications/"

    def __init__(self, client):
        self.client = client

    def list(self, query="", status=200):
        answer = self.client.get(f"{self.path}{query}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def said(self, query=""):
        return [(line["body"], line["count"]) for line in self.list(query)]

    def read(self, *ids, status=200, **body):
        body = body or {"ids": list(ids)}
        answer = self.client.post(f"{self.path}read/", body)
        assert answer.status_code == status, answer.content
        return answer.json()

    def read_all(self):
        return self.client.post(f"{self.path}read-all/", {}).json()

    def mute(self, *kinds, status=200):
        answer = self.client.patch(f"{self.path}settings/", {"muted": list(kinds)})
        assert answer.status_code == status, answer.content
        return answer.json()

    def muted(self):
        return self.client.get(f"{self.path}settings/").json()["muted"]

    def unread(self):
        return self.client.get("/api/auth/me/").json()["unread_notifications"]


@pytest.fixture
def notifications(api):
    """`notifications(bobur)`"""
    return lambda person: Notifications(api(person))


class Device:
    """Shows one account's list by its first state and its events alone."""

    def __init__(self, person, lines=()):
        self.person = person
        self.lines = {line["id"]: line for line in lines}
        self.unread = sum(not line["is_read"] for line in lines)

    def hear(self, published):
        for event in published:
            if self.person.pk in event.to:
                self._hear(event.event, event.data)

    def _hear(self, event, data):
        match event:
            case "notification.created":
                assert data["id"] not in self.lines
                self.lines[data["id"]] = data
                self.unread += 1
            case "notification.changed":
                assert data["id"] in self.lines
                self.lines[data["id"]] = data
            case "notification.read":
                ids = self.lines if data["ids"] is None else data["ids"]
                for line in ids:
                    self.lines[line] = {**self.lines[line], "is_read": True}
                self.unread = data["unread"]

    def shows(self):
        lines = self.lines.values()
        return sorted(lines, key=lambda line: (line["updated_at"], line["id"]), reverse=True)


def names(published):
    return [event.event for event in published]
