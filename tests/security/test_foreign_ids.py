"""Ids of aziza's posts, pictures, searches, talks, messages, notifications and devices, wherever
an id can stand in another's call. Those of books: tests/ledger/book/test_foreign_ids.py."""

import random

import pytest
from rest_framework.test import APIClient

from ledger.models import Session
from marketplace.models import B2BPost
from messaging.models import Notification
from tests.conftest import make_person, open_session
from tests.marketplace.posts.dealer import Dealer
from tests.messaging.chat.talker import Talker
from tests.security.snapshots import snapshot

pytestmark = pytest.mark.django_db

TRIALS, SEED = 1200, 20261122

# Shape of a call, what the outsider gets: 404, 403 on what everybody sees, or a list without it.
SHAPES = [
    ("get", "/api/b2b/posts/{hidden}/", None, 404),
    ("patch", "/api/b2b/posts/{hidden}/", {"title": "Meniki"}, 404),
    ("put", "/api/b2b/posts/{hidden}/", {"title": "Meniki"}, 404),
    ("delete", "/api/b2b/posts/{hidden}/", None, 404),
    ("post", "/api/b2b/posts/{hidden}/renew/", {}, 404),
    ("delete", "/api/b2b/posts/{hidden}/images/{image}/", None, 404),
    ("patch", "/api/b2b/posts/{post}/", {"status": "closed"}, 403),
    ("delete", "/api/b2b/posts/{post}/", None, 403),
    ("post", "/api/b2b/posts/{post}/renew/", {}, 403),
    ("delete", "/api/b2b/posts/{post}/images/{image}/", None, 403),
    # Her own post, another's picture.
    ("delete", "/api/b2b/posts/{own_post}/images/{image}/", None, 404),
    ("get", "/api/b2b/posts/?mine=1&author={author}", None, []),
    ("get", "/api/b2b/posts/?author={author}&q=Yashirin", None, []),
    ("get", "/api/b2b/searches/{search}/", None, 404),
    ("delete", "/api/b2b/searches/{search}/", None, 404),
    ("post", "/api/chat/start/", {"post": "{hidden}", "text": "x"}, 404),
    ("get", "/api/chat/threads/{thread}/", None, 404),
    ("get", "/api/chat/threads/{thread}/messages/", None, 404),
    ("get", "/api/chat/threads/{thread}/messages/?after={some}", None, 404),
    ("post", "/api/chat/threads/{thread}/read/", {"up_to": "{some}"}, 404),
    ("post", "/api/chat/threads/{thread}/block/", {}, 404),
    ("delete", "/api/chat/threads/{thread}/block/", None, 404),
    ("post", "/api/chat/threads/{thread}/report/", {"reason": "x"}, 404),
    ("post", "/api/chat/send/", {"thread": "{thread}", "text": "x"}, 404),
    ("patch", "/api/chat/messages/{message}/", {"text": "x"}, 404),
    ("delete", "/api/chat/messages/{message}/", None, 404),
    ("get", "/api/chat/search/?q=maxfiy", None, []),
    ("post", "/api/notifications/read/", {"ids": ["{notification}"]}, 404),
    # One of another's among one's own: none is marked.
    ("post", "/api/notifications/read/", {"ids": ["{own_notification}", "{notification}"]}, 404),
    ("delete", "/api/auth/sessions/{session}/", None, 404),
]


@pytest.fixture
def foreign(api, aziza, bobur, enable, subscribe, picture):
    """Ids of aziza's rows, by kind."""
    enable(aziza)
    subscribe(aziza)
    dealer, buyer, seller = Dealer(api(aziza)), Talker(api(bobur)), Talker(api(aziza))
    found = {kind: [] for kind in ("post", "hidden", "image", "thread", "message", "session")}
    for place in range(6):
        title = f"Yashirin {place}" if place % 2 else f"Kolodka {place}"
        post = dealer.publish(title=title)["id"]
        found["image"].append(dealer.add_image(post, picture())["id"])
        thread = buyer.start(B2BPost(pk=post), f"maxfiy {place}")["id"]
        found["thread"].append(thread)
        found["message"].append(seller.send(thread, "maxfiy javob")["id"])
        found["session"].append(open_session(aziza).pk)
        found["hidden" if place % 2 else "post"].append(post)
    for post in found["hidden"]:
        dealer.patch(f"posts/{post}/", {"status": "closed"})
    search = dealer.post("searches/", {"name": "Maxfiy", "filters": {}})["id"]
    lines = Notification.objects.filter(user=aziza).values_list("pk", flat=True)
    return found | {"search": [search], "notification": list(lines), "author": [aziza.pk]}


@pytest.fixture
def own(api, dealer_charos, bobur):
    """Ids of charos's own rows, and her client."""
    client = api(dealer_charos)
    post = Dealer(client).publish(title="Disk")["id"]
    Talker(api(bobur)).start(B2BPost(pk=post), "salom")
    line = Notification.objects.filter(user=dealer_charos).latest("pk").pk
    return client, {"own_post": [post], "own_notification": [line]}


def fill(value, ids):
    if isinstance(value, dict):
        return {name: fill(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, ids) for inner in value]
    return ids[value[1:-1]] if isinstance(value, str) and value[:1] == "{" else value


def generated(rows):
    """The outsider's calls, each with ids of aziza's in it."""
    chance = random.Random(SEED)
    every_id = [row for kind in rows.values() for row in kind]
    for trial in range(TRIALS):
        ids = {kind: chance.choice(found) for kind, found in rows.items()}
        ids["some"] = chance.choice(every_id)
        method, path, body, expected = SHAPES[trial % len(SHAPES)]
        yield method, path.format(**ids), fill(body, ids), expected


def test_are_never_accepted(foreign, own):
    client, ids = own
    # Seen once: a first call of a session writes down when.
    client.get("/api/auth/me/")
    before, accepted = snapshot(), []
    for method, path, body, expected in generated(foreign | ids):
        response = getattr(client, method)(path, body)
        got = response.json() if expected == [] else response.status_code
        if got != expected:
            accepted.append((method, path, body, response.status_code, response.content[:200]))
    assert accepted == []
    assert snapshot() == before


LISTS = [
    "/api/b2b/posts/?mine=1&limit=1",
    "/api/b2b/searches/?limit=1",
    "/api/chat/threads/?limit=1",
    "/api/chat/search/?q=maxfiy&limit=1",
    "/api/notifications/?limit=1",
    "/api/auth/sessions/?limit=1",
    "/api/v1/users/?limit=1",
    "/api/v1/debts/?limit=1",
    "/api/v1/payments/?limit=1",
]


def test_a_cursor_of_hers_shows_another_nothing_of_hers(foreign, shop, api, charos, aziza):
    for place in range(2):
        debtor = shop.debtor(f"Maxfiy {place}")
        shop.debt(debtor)
        shop.payment(debtor)
    Dealer(api(aziza)).call("post", "searches/", {"name": "Ikkinchi", "filters": {}})
    hers, theirs, carried = api(aziza), api(charos), 0
    for path in LISTS:
        link = hers.get(path).headers.get("Link")
        if link is None:
            continue
        carried += 1
        stolen = link[1 : link.index(">")].removeprefix("http://testserver")
        assert len(hers.get(stolen).json()) == 1
        mine = theirs.get(stolen)
        assert mine.status_code == 200
        assert mine.json() == [] or path.startswith("/api/auth/sessions/")
        sessions = Session.objects.filter(user=aziza).values_list("pk", flat=True)
        assert not {row["id"] for row in mine.json()} & set(sessions)
    assert carried >= len(LISTS) - 1


def test_a_key_of_hers_replays_nothing_to_another(foreign, api, aziza, bobur, charos):
    """An Idempotency-Key is of one account: another's same key finds no stored answer."""
    [thread, *_rest] = foreign["thread"]
    body, key = {"thread": thread, "text": "maxfiy"}, {"Idempotency-Key": "aziza-1"}
    said = api(aziza).post("/api/chat/send/", body, headers=key)
    assert said.status_code == 201
    for person, status in ((charos, 404), (make_person("Nodir", "+998901110015"), 404)):
        answer = api(person).post("/api/chat/send/", body, headers=key)
        assert (answer.status_code, "Idempotent-Replayed" in answer) == (status, False)
    other = api(bobur).post("/api/chat/send/", body, headers=key)
    assert (other.status_code, "Idempotent-Replayed" in other) == (201, False)
    assert other.json()["id"] != said.json()["id"]
    assert APIClient().post("/api/chat/send/", body, headers=key).status_code == 401
