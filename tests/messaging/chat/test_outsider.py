"""charos, staff and nobody: every call on another's talk answers what it would of none."""

import pytest
from django.urls import get_resolver

from messaging.models import ChatMessage, ChatThread, Report
from tests.conftest import make_person
from tests.messaging.chat.talker import Talker

pytestmark = pytest.mark.django_db

# Every call on a talk or a message, but lists of one's own.
CALLS = [
    ("get", "threads/{thread}/", None),
    ("get", "threads/{thread}/messages/", None),
    ("get", "threads/{thread}/messages/?after=0", None),
    ("post", "threads/{thread}/read/", {"up_to": 1}),
    ("post", "threads/{thread}/block/", {}),
    ("delete", "threads/{thread}/block/", None),
    ("post", "threads/{thread}/report/", {"reason": "qiziq"}),
    ("post", "send/", {"thread": "{thread}", "text": "salom"}),
    ("patch", "messages/{message}/", {"text": "salom"}),
    ("delete", "messages/{message}/", None),
]
OWN = [("post", "start/"), ("get", "threads/"), ("get", "search/")]


def filled(path, body, rows):
    body = body and {k: rows["thread"] if v == "{thread}" else v for k, v in body.items()}
    return path.format(**rows), body


@pytest.fixture
def rows(buyer, seller, post):
    thread = buyer.start(post, "maxfiy")["id"]
    return {"thread": thread, "message": buyer.messages(thread)[0]["id"]}


@pytest.fixture(params=["charos", "staff", "superuser"])
def stranger(request, api, charos):
    if request.param == "charos":
        return Talker(api(charos))
    powers = {"is_staff": True, "is_superuser": request.param == "superuser"}
    return Talker(api(make_person("Sevara", "+998901110009", **powers)))


def state():
    return (
        list(ChatThread.objects.order_by("pk").values()),
        list(ChatMessage.objects.order_by("pk").values()),
        list(Report.objects.values()),
    )


def test_every_call_is_listed_here():
    patterns = []
    for entry in get_resolver().url_patterns:
        for inner in getattr(entry, "url_patterns", [entry]):
            if str(inner.pattern) == "api/chat/":
                patterns = inner.url_patterns
    handlers = {
        (
            method,
            str(pattern.pattern).replace("<id:thread_id>", "{}").replace("<id:message_id>", "{}"),
        )
        for pattern in patterns
        for method in ("get", "post", "put", "patch", "delete")
        if hasattr(pattern.callback.view_class, method)
    }
    listed = {
        (method, path.partition("?")[0].format(thread="{}", message="{}"))
        for method, path, _body in CALLS
    }
    assert handlers == listed | set(OWN)
    assert len(handlers) == 12


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_finds_nothing_and_changes_nothing(stranger, rows, method, path, body, published):
    before = state()
    theirs = stranger.call(method, *filled(path, body, rows))
    absent = stranger.call(method, *filled(path, body, {"thread": 2**40, "message": 2**40}))
    for response in (theirs, absent):
        assert response.status_code == 404
        assert response.json().pop("request_id")
    without_id = [
        {k: v for k, v in response.json().items() if k != "request_id"}
        for response in (theirs, absent)
    ]
    assert without_id[0] == without_id[1]
    assert state() == before
    assert published == []


def test_lists_show_nothing_of_others(stranger, rows):
    assert stranger.threads() == []
    assert stranger.search("maxfiy") == []


def test_is_let_in_by_no_foreign_cursor(seller, buyer, outsider, rows):
    for _more in range(2):
        buyer.send(rows["thread"])
    link = seller.call("get", f"threads/{rows['thread']}/messages/?limit=1").headers["Link"]
    stolen = link[1 : link.index(">")].removeprefix("http://testserver")
    assert outsider.client.get(stolen).status_code == 404


@pytest.mark.parametrize(("method", "path", "body"), [*CALLS, *[(*own, None) for own in OWN]])
def test_nobody_signs_in_first(anyone, rows, method, path, body):
    response = Talker(anyone).call(method, *filled(path, body, rows))
    assert response.status_code == 401
    assert response["WWW-Authenticate"]


def test_the_thread_of_another_is_none_to_send_a_known_client_id_to(buyer, outsider, rows):
    client_id = "7b1f4c3e-0d7c-4f0a-9d6b-0f2f1d0c9a11"
    buyer.send(rows["thread"], "sir", client_id=client_id)
    body = {"thread": rows["thread"], "text": "sir", "client_id": client_id}
    assert outsider.refusal("post", "send/", body) == (404, "not_found")
