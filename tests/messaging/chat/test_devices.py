"""Two people, two devices each: whatever they do, all four show what the database holds."""

from random import Random

import pytest

from tests.messaging.chat.device import Device
from tests.messaging.chat.talker import publish_post

pytestmark = pytest.mark.django_db

CHAT_EVENTS = {
    "message.created",
    "message.changed",
    "message.read",
    "thread.created",
    "thread.changed",
}


@pytest.fixture
def live(seller, buyer, aziza, bobur):
    """One device of each that is always on."""
    return [Device(seller, aziza.pk), Device(buyer, bobur.pk)]


@pytest.fixture
def away(seller, buyer, aziza, bobur):
    """Another of each, which comes back now and then."""
    return [Device(seller, aziza.pk), Device(buyer, bobur.pk)]


class People:
    """Both do what comes to their mind, with a seed. Every text is another."""

    def __init__(self, talkers, posts, seed):
        self.talkers, self.posts, self.random = talkers, posts, Random(seed)
        self.threads, self.blocked, self.sent = set(), None, []
        self.gone = []  # (message, words) that it no longer says
        self.deleted = set()
        self.written = 0

    def do_something(self):
        kinds = {"start": 2, "send": 8, "read": 5, "edit": 3, "delete": 3, "block": 2, "lines": 1}
        kind = self.random.choices(list(kinds), weights=kinds.values())[0]
        who = self.random.randrange(2)
        getattr(self, kind if self.threads else "start")(who, self.talkers[who])

    def words(self):
        self.written += 1
        return f"so‘z-{self.written:04}"

    def start(self, _who, _talker):
        post, text = self.random.choice(self.posts), self.random.choice([None, self.words()])
        body = {"post": post.pk} | ({} if text is None else {"text": text})
        response = self.talkers[1].call("post", "start/", body)
        if response.status_code == 403:
            return
        thread = response.json()
        self.threads.add(thread["id"])
        if text:
            self.sent.append((1, thread["last_message"]["id"], text))

    def send(self, who, talker):
        text = self.words()
        thread = self.random.choice(sorted(self.threads))
        response = talker.call("post", "send/", {"thread": thread, "text": text})
        if response.status_code == 201:
            self.sent.append((who, response.json()["id"], text))

    def read(self, _who, talker):
        talker.read(self.random.choice(sorted(self.threads)), self.random.randrange(12))

    def edit(self, _who, _talker):
        if not self.sent:
            return
        place = self.random.randrange(len(self.sent))
        author, message, old = self.sent[place]
        text = self.words()
        response = self.talkers[author].call("patch", f"messages/{message}/", {"text": text})
        if response.status_code == 200:
            self.gone.append((message, old))
            self.sent[place] = (author, message, text)

    def delete(self, _who, _talker):
        if not self.sent:
            return
        author, message, text = self.sent.pop(self.random.randrange(len(self.sent)))
        self.talkers[author].delete(message)
        self.gone.append((message, text))
        self.deleted.add(message)

    def block(self, who, talker):
        """A talk is blocked, or else the one that is blocked is so no more."""
        if self.blocked:
            blocker, thread = self.blocked
            self.blocked = None
            self.talkers[blocker].unblock(thread)
        else:
            self.blocked = (who, self.random.choice(sorted(self.threads)))
            talker.block(self.blocked[1])

    def lines(self, _who, talker):
        talker.client.post("/api/notifications/read-all/", {}, format="json")

    def words_of_deleted(self):
        return [words for message, words in self.gone if message in self.deleted]


@pytest.mark.parametrize("seed", range(3))
def test_all_four_agree_after_any_history(seller, buyer, aziza, live, away, seed):
    people = People((seller, buyer), [publish_post(aziza, f"Qism {n}") for n in range(3)], seed)
    for _step in range(40):
        people.do_something()
        for device in live:
            device.catch_up()
            device.agree()
        if people.random.random() < 0.1:
            for device in away:
                device.catch_up()
                device.agree()
    for device in away:
        frames = device.catch_up()
        assert [words for words in people.words_of_deleted() if words in frames] == []
        device.agree()
    for device in (*live, *away):
        assert device.heard >= CHAT_EVENTS


def test_a_device_that_was_away_for_everything_never_sees_deleted_words(
    seller, buyer, aziza, bobur
):
    people = People((seller, buyer), [publish_post(aziza)], seed=99)
    while len(people.words_of_deleted()) < 8:
        people.do_something()
    for talker, person in ((seller, aziza), (buyer, bobur)):
        device = Device(talker, person.pk)
        frames = device.catch_up()
        assert [words for words in people.words_of_deleted() if words in frames] == []
        device.agree()


def audiences(*people):
    """All of them together, and each alone."""
    ids = tuple(sorted(person.pk for person in people))
    return ids, [(one,) for one in ids]


class TestEachAction:
    """What each action tells, and whom."""

    def told(self, published, act):
        published.clear()
        act()
        heard = [(event.event, event.to) for event in published]
        return [one for one in heard if not one[0].startswith("notification.")]

    def test_sending(self, buyer, thread, published, aziza, bobur):
        both, each = audiences(aziza, bobur)
        heard = self.told(published, lambda: buyer.send(thread))
        assert heard[0] == ("message.created", both)
        assert sorted(heard[1:]) == [("thread.changed", one) for one in each]

    def test_beginning(self, buyer, post, published, aziza, bobur):
        both, each = audiences(aziza, bobur)
        heard = self.told(published, lambda: buyer.start(post, "salom"))
        assert sorted(heard[:2]) == [("thread.created", one) for one in each]
        assert heard[2:] == [("message.created", both)]
        assert self.told(published, lambda: buyer.start(post, status=200)) == []

    def test_reading(self, buyer, seller, thread, published, aziza, bobur):
        buyer.send(thread)
        both, each = audiences(aziza, bobur)
        heard = self.told(published, lambda: seller.read(thread, 1))
        assert heard[0] == ("message.read", both)
        assert sorted(heard[1:]) == [("thread.changed", one) for one in each]
        assert self.told(published, lambda: seller.read(thread, 1)) == []

    def test_changing_an_older_message(self, buyer, thread, published, aziza, bobur):
        message = buyer.send(thread)["id"]
        buyer.send(thread)
        for act in (lambda: buyer.edit(message, "2"), lambda: buyer.delete(message)):
            heard = self.told(published, act)
            assert heard == [("message.changed", audiences(aziza, bobur)[0])]

    def test_blocking_is_told_to_who_did_it(self, seller, thread, published, aziza):
        assert self.told(published, lambda: seller.block(thread)) == [
            ("thread.changed", (aziza.pk,))
        ]

    def test_sending_again_tells_nothing(self, buyer, thread, published):
        client_id = "7b1f4c3e-0d7c-4f0a-9d6b-0f2f1d0c9a11"
        buyer.send(thread, client_id=client_id)
        again = lambda: buyer.send(thread, status=200, client_id=client_id)  # noqa: E731
        assert self.told(published, again) == []
