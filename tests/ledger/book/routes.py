"""Every call of the ledger, the role it wants, and what the owner gets."""

from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver

OWNER, MANAGER, CASHIER = "owner", "manager", "cashier"


@dataclass(frozen=True)
class Call:
    """`path` names rows of the `world` in braces. `least`: None when X-Book does not matter."""

    method: str
    path: str
    ok: int
    least: str | None = CASHIER
    body: Any = None

    @property
    def names_a_row(self) -> bool:
        return "{" in self.path or "{user}" in str(self.body)

    def filled(self, world: dict[str, int]) -> tuple[str, Any]:
        body = self.body
        if body is not None:
            body = {k: world[v[1:-1]] if str(v)[0] == "{" else v for k, v in body.items()}
        return self.path.format(**world), body

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


RENAMED = {"full_name": "Bobur aka"}
CALLS = [
    Call("get", "users/", 200),
    Call("post", "users/", 201, body={"full_name": "Dilnoza"}),
    Call("get", "user/{user}/", 200),
    Call("patch", "user/{user}/", 200, MANAGER, RENAMED),
    Call("put", "user/{user}/", 200, MANAGER, RENAMED),
    Call("delete", "user/{settled}/", 204, MANAGER),
    Call("post", "user/{creditor}/refund/", 200, MANAGER, {"amount": "1.00"}),
    Call("get", "user/{user}/statement/", 200),
    Call("get", "debts/", 200),
    Call("post", "debts/", 201, body={"user": "{user}", "amount": "5.00"}),
    Call("get", "debts/{debt}/", 200),
    Call("patch", "debts/{debt}/", 200, MANAGER, {"description": "Un"}),
    Call("delete", "debts/{debt}/", 204, MANAGER),
    Call("post", "debts/{debt}/write-off/", 200, MANAGER, {"reason": "eski"}),
    Call("delete", "debts/{given_up}/write-off/", 200, MANAGER),
    Call("post", "debts/{disputed}/dispute/resolve/", 200, MANAGER, {"note": "kechirasiz"}),
    Call("get", "payments/", 200),
    Call("post", "payments/", 201, body={"user": "{user}", "amount": "5.00"}),
    Call("get", "payments/{payment}/", 200),
    Call("delete", "payments/{payment}/", 204, MANAGER),
    Call("get", "reports/summary/", 200),
    Call("get", "reports/aging/", 200),
    Call("get", "reports/daily/", 200),
    Call("get", "book/members/", 200, OWNER),
    Call("post", "book/members/", 201, OWNER, {"phone_number": "+998901110009", "role": "manager"}),
    Call("delete", "book/members/{member}/", 204, OWNER),
    Call("get", "books/", 200, None),
    Call("get", "books/{book}/", 200, None),
    Call("patch", "books/{book}/", 200, None, {"name": "Bozor"}),
    Call("get", "my/debts/", 200, None),
    Call("post", "my/debts/{debt}/dispute/", 201, None, {"reason": "olmaganman"}),
]


def ledger_routes() -> set[tuple[str, str]]:
    """Method and path of every handler under the ledger's paths, ids as `{}`."""
    found = set()
    for prefix, pattern in _walk(get_resolver().url_patterns, ""):
        if not getattr(pattern.callback, "__module__", "").startswith("ledger.views."):
            continue
        if not prefix.startswith("api/v1/") or prefix == "api/v1/login/":
            continue
        view = pattern.callback.view_class
        for method in ("get", "post", "put", "patch", "delete"):
            if hasattr(view, method):
                found.add((method, _without_names(prefix.removeprefix("api/v1/"))))
    return found


def listed_routes() -> set[tuple[str, str]]:
    return {(call.method, _without_names(call.path)) for call in CALLS}


def _walk(patterns, prefix):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path, pattern


def _without_names(path: str) -> str:
    parts = path.split("/")
    return "/".join("{}" if part[:1] in ("{", "<") else part for part in parts)
