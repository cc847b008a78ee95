"""A device that knows its owner's talks and notifications by events alone."""

import json

import msgspec

from realtime.kinds import KINDS
from realtime.stream import events_after


class Device:
    """`catch_up()` takes what the stream holds after what it has seen, as a socket would give
    it: at once, or after days away."""

    def __init__(self, talker, account_id):
        self.talker, self.account_id = talker, account_id
        self.seen, self.frames = 0, []
        self.threads, self.messages, self.lines = {}, {}, {}
        self.heard = set()

    def catch_up(self):
        """Gives the frames, as text."""
        stored = events_after(self.account_id, self.seen, limit=10_000)
        for seq, frame in stored:
            assert seq == self.seen + 1
            self.seen = seq
            event = json.loads(frame)
            self._hear(event["event"], event["data"])
        return "".join(frame for _seq, frame in stored)

    def _hear(self, event, data):
        assert msgspec.convert(data, type=KINDS[event].data) == data
        self.heard.add(event)
        match event:
            case "message.created" | "message.changed":
                self.messages[data["id"]] = data
            case "message.read":
                is_mine = data["user"] == self.account_id
                pointer = "read_up_to" if is_mine else "peer_read_up_to"
                self.threads[data["thread"]][pointer] = data["read_up_to"]
            case "thread.created" | "thread.changed":
                self.threads[data["id"]] = data
            case "notification.created" | "notification.changed":
                self.lines[data["id"]] = data
            case "notification.read":
                ids = self.lines if data["ids"] is None else data["ids"]
                for line in ids:
                    self.lines[line]["is_read"] = True
                unread = [line for line in self.lines.values() if not line["is_read"]]
                assert len(unread) == data["unread"]

    def agree(self):
        """Does it show what REST would, asked now?"""
        fresh = self.talker.threads("?limit=200")
        assert self._newest_first() == fresh
        messages = [
            message
            for thread in fresh
            for message in self.talker.messages(thread["id"], "?limit=200")
        ]
        assert self.messages == {message["id"]: message for message in messages}
        lines = self.talker.client.get("/api/notifications/?limit=200").json()
        assert self.lines == {line["id"]: line for line in lines}

    def _newest_first(self):
        return sorted(
            self.threads.values(), key=lambda it: (it["updated_at"], it["id"]), reverse=True
        )
