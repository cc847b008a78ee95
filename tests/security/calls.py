"""Every call of the API, and what each kind of person gets: the table of who may what.

Statuses stand for the people of `conftest`; the ledger's own rows come from its table.
"""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.ledger.book import routes as ledger
from tests.marketplace.posts.drawing import make_picture
from tests.security.routes import api_routes, without_names

PEOPLE = ("nobody", "owner", "outsider", "not enabled", "cashier", "staff", "superuser")
PICTURE = "a picture, as a form"


@dataclass(frozen=True)
class Call:
    """`path` and `body` name rows in braces. `cashier` is at work in aziza's book (`X-Book`)."""

    method: str
    path: str
    owner: int
    outsider: int
    not_enabled: int
    cashier: int
    body: Any = None
    is_open: bool = False

    def expected(self, person: str) -> int:
        if person == "nobody":
            return self.outsider if self.is_open else 401
        strangers = {"staff": self.not_enabled, "superuser": self.not_enabled}
        return strangers.get(person) or getattr(self, person.replace(" ", "_"))

    @property
    def hides_a_row(self) -> bool:
        """Another's row is named, and is as good as absent."""
        return "{" in f"{self.path}{self.body}" and self.outsider == 404

    def filled(self, rows: dict[str, int]) -> tuple[str, Any]:
        return self.path.format(**rows), fill(self.body, rows)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def fill(body: Any, rows: dict[str, int]) -> Any:
    if isinstance(body, dict):
        return {name: fill(value, rows) for name, value in body.items()}
    if isinstance(body, list):
        return [fill(value, rows) for value in body]
    is_name = isinstance(body, str) and body[:1] == "{"
    return rows[body[1:-1]] if is_name else body


def own(method: str, path: str, status: int, body: Any = None) -> Call:
    """Of the caller's own account: alike for everybody."""
    return Call(method, path, status, status, status, status, body)


def row(method: str, path: str, status: int, body: Any = None, *, others: int = 404) -> Call:
    """On a row of aziza's."""
    return Call(method, path, status, others, others, others, body)


def open_to_all(method: str, path: str, status: int, body: Any = None) -> Call:
    return Call(method, path, status, status, status, status, body, is_open=True)


CODE = {"phone_number": "+998935550101", "code": "123456"}
SIGNING_IN = [
    open_to_all("post", "/api/auth/request-otp/", 202, {"phone_number": "+998935550101"}),
    open_to_all("post", "/api/auth/verify-otp/", 400, CODE),
    # Closed by its own proof, for everybody here: their sessions were opened by password.
    open_to_all("post", "/api/auth/set-password/", 401, {"password": "anor-olma-2026"}),
    open_to_all("post", "/api/auth/refresh/", 401, {"refresh": "x.y.z"}),
    open_to_all(
        "post", "/api/v1/login/", 401, {"phone_number": "+998935550101", "password": "taxmin-1"}
    ),
]
PAGES = [
    open_to_all("get", "/api/schema/", 200),
    open_to_all("get", "/api/docs/", 200),
    open_to_all("get", "/api/docs/problems/", 200),
    open_to_all("get", "/api/live/schema/", 200),
]
ACCOUNT = [
    own("post", "/api/auth/logout/", 204, {}),
    own("get", "/api/auth/sessions/", 200),
    row("delete", "/api/auth/sessions/{session}/", 204),
    own("get", "/api/auth/me/", 200),
    own("patch", "/api/auth/me/", 200, {"full_name": "Boshqa"}),
    own("delete", "/api/auth/me/", 400, {"password": "taxmin-1"}),
    own("post", "/api/auth/change-phone/", 400, CODE),
]
BILLING = [
    open_to_all("get", "/api/billing/plans/", 200),
    own("get", "/api/billing/me/", 200),
    Call("post", "/api/billing/subscribe/", 201, 201, 201, 201, {"plan": "basic"}),
    # Nothing of aziza's: who has no plan has nothing to cancel.
    Call("post", "/api/billing/cancel/", 200, 200, 409, 409, {}),
]
NEW_POST = {"title": "Kolodka", "part_number": "04465-02220"}
CHANGED = {"title": "Meniki"}
POST, HIDDEN = "/api/b2b/posts/{post}/", "/api/b2b/posts/{hidden}/"
COMPANY = [
    own("get", "/api/b2b/profile/", 200),
    own("patch", "/api/b2b/profile/", 200, {"company_name": "Boshqa"}),
    own("get", "/api/b2b/regions/", 200),
    own("get", "/api/b2b/posts/", 200),
    Call("post", "/api/b2b/posts/", 201, 201, 403, 403, NEW_POST),
    row("get", POST, 200, others=200),
    row("put", POST, 200, CHANGED, others=403),
    row("patch", POST, 200, CHANGED, others=403),
    row("delete", POST, 204, others=403),
    row("post", POST + "renew/", 409, {}, others=403),
    row("post", POST + "images/", 201, PICTURE, others=403),
    row("delete", POST + "images/{image}/", 204, others=403),
    row("get", HIDDEN, 200),
    row("put", HIDDEN, 200, CHANGED),
    row("patch", HIDDEN, 200, CHANGED),
    row("delete", HIDDEN, 204),
    row("post", HIDDEN + "renew/", 200, {}),
    row("post", HIDDEN + "images/", 201, PICTURE),
    row("delete", HIDDEN + "images/{hidden_image}/", 204),
    own("get", "/api/b2b/searches/", 200),
    # Aziza keeps as many as her plan allows.
    Call("post", "/api/b2b/searches/", 403, 201, 201, 201, {"name": "Disk", "filters": {}}),
    row("get", "/api/b2b/searches/{search}/", 200),
    row("delete", "/api/b2b/searches/{search}/", 204),
]
TALK = "/api/chat/threads/{thread}/"
CHAT = [
    row("post", "/api/chat/start/", 400, {"post": "{post}", "text": "salom"}, others=201),
    row("post", "/api/chat/start/", 400, {"post": "{hidden}", "text": "salom"}),
    own("get", "/api/chat/threads/", 200),
    row("get", TALK, 200),
    row("get", TALK + "messages/", 200),
    row("post", TALK + "read/", 200, {"up_to": 1}),
    row("post", TALK + "block/", 204, {}),
    row("delete", TALK + "block/", 204),
    row("post", TALK + "report/", 201, {"reason": "haqorat"}),
    row("post", "/api/chat/send/", 201, {"thread": "{thread}", "text": "salom"}),
    row("patch", "/api/chat/messages/{message}/", 200, {"text": "salom"}),
    row("delete", "/api/chat/messages/{message}/", 204),
    own("get", "/api/chat/search/?q=maxfiy", 200),
]
NOTIFICATIONS = [
    own("get", "/api/notifications/", 200),
    row("post", "/api/notifications/read/", 200, {"ids": ["{notification}"]}),
    own("post", "/api/notifications/read/", 200, {"all": True}),
    own("post", "/api/notifications/read-all/", 200, {}),
    own("get", "/api/notifications/settings/", 200),
    own("patch", "/api/notifications/settings/", 200, {"muted": ["post"]}),
]
# What the ledger's table does not say: who is neither owner nor at work in the book.
LEDGER_EXCEPTIONS = {
    # Not aziza's own debt: a debtor's call. She herself finds nothing either.
    "post my/debts/{debt}/dispute/": {"owner": 404, "cashier": 404},
    "patch books/{book}/": {"cashier": 403},
}


def ledger_call(call: ledger.Call) -> Call:
    """Outsiders are in books of their own, the cashier is in aziza's."""
    others = 404 if call.names_a_row else call.ok
    may = call.least in (None, ledger.CASHIER)
    statuses = {
        "owner": call.ok,
        "outsider": others,
        "not_enabled": others,
        "cashier": call.ok if may else 403,
    } | LEDGER_EXCEPTIONS.get(str(call), {})
    return Call(call.method, f"/api/v1/{call.path}", body=call.body, **statuses)


LEDGER = [ledger_call(call) for call in ledger.CALLS]
CALLS = [
    *SIGNING_IN, *PAGES, *ACCOUNT, *LEDGER, *BILLING, *COMPANY, *CHAT, *NOTIFICATIONS,
]  # fmt: skip


def classified() -> set[tuple[str, str]]:
    return {(call.method, without_names(call.path.partition("?")[0])) for call in CALLS}


def routed() -> set[tuple[str, str]]:
    """Method and path of every handler under /api/; a plain function answers GET."""
    return {
        (method, without_names(route.path))
        for route in api_routes()
        for method in (route.methods or ["get"])
    }


def send(client: Any, call: Call, rows: dict[str, int], **headers: str) -> Any:
    """The response, whatever it is."""
    path, body = call.filled(rows)
    sent: dict[str, Any] = {"headers": headers}
    if body == PICTURE:
        sent |= {"data": {"image": picture_file()}, "format": "multipart"}
    elif body is not None:
        sent |= {"data": body, "format": "json"}
    return getattr(client, call.method)(path, **sent)


def picture_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("rasm.jpg", make_picture(), content_type="image/jpeg")
