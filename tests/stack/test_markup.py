"""Markup in every text that people write, seen in the admin in a real browser: nothing of it
runs, and nothing of it even has to be stopped by the Content-Security-Policy."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from scripts.stack import Stack
from tests.stack.browser import Page, open_page
from tests.stack.crowd import Person
from tests.stack.desk import PASSWORD, Desk

OPERATOR = "+998901119200"
# Out of an attribute, a tag, a comment, a script and a template; into a link and a handler.
MARKUP = (
    "\"'></title></textarea></script><script>ran(1)</script>"
    "<img src=x onerror=ran(2)><svg/onload=ran(3)>{{7*7}}-->"
)
TALKED = MARKUP + "\njavascript:ran(4)"
CHANGED = "/admin/{}/{}/"
LISTS = [
    "ledger/book", "ledger/debtor", "ledger/debt", "ledger/payment", "ledger/entry",
    "ledger/dispute", "ledger/user", "ledger/session",
    "marketplace/plan", "marketplace/b2bprofile", "marketplace/b2bpost",
    "marketplace/subscription", "marketplace/monthlyusage",
    "messaging/report", "messaging/notification", "procrastinate/procrastinatejob",
]  # fmt: skip
# Where somebody's words must be seen as they were written, or the test has looked at nothing.
SHOWN = {
    "ledger/book", "ledger/debtor", "ledger/debt", "ledger/user", "ledger/session",
    "ledger/dispute", "marketplace/b2bprofile", "marketplace/b2bpost", "messaging/report",
    "messaging/notification",
}  # fmt: skip
POLICY = "contentSecurityPolicyIssueDetails"
ROWS = "[...document.querySelectorAll('#result_list tbody tr')].map((row) => row.querySelector('th a, td a')?.pathname).filter(Boolean).slice(0, 2)"  # noqa: E501


@pytest.fixture
def page() -> Iterator[Page]:
    """One that tells of every call of `ran`, every dialog and every breach of the policy."""
    with open_page() as page:
        page.command("Runtime.enable")  # else nothing tells of the calls
        page.command("Runtime.addBinding", name="ran")
        page.command("Audits.enable")
        yield page


@pytest.fixture
def people(stack: Stack) -> list[Person]:
    aziza, bobur = stack.sign_in(2, first=9201)
    stack.python("-m", "tests.stack.office", "dealer", str(aziza["id"]))
    return [aziza, bobur]


def client(stack: Stack, person: Person) -> httpx.Client:
    headers = {"Authorization": f"Bearer {person['access']}", "User-Agent": MARKUP}
    return httpx.Client(base_url=stack.url, headers=headers, timeout=30, trust_env=False)


def test_markup_of_people_does_not_run_in_the_admin(
    stack: Stack, page: Page, people: list[Person], tmp_path: Path
) -> None:
    calls, dialogs = page.note("Runtime.bindingCalled"), page.note("Page.javascriptDialogOpening")
    issues = page.note("Audits.issueAdded")
    write_markup_everywhere(stack, *people)
    stack.python("-m", "tests.stack.office", "operator", OPERATOR, PASSWORD)
    desk = Desk(page, stack.url, tmp_path)
    desk.sign_in(OPERATOR)
    seen = {name for name in LISTS if look_through(desk, name)}
    decide(desk)
    desk.open("/admin/")
    assert "onerror=ran" in desk.text  # what the operator did last
    desk.take("dashboard")
    assert seen >= SHOWN
    assert (calls, dialogs, breaches(issues)) == ([], [], [])
    page.run(RUN_SOME)
    page.wait_until("window.wasStopped")
    assert len(calls) == 1
    assert len(breaches(issues)) == 1


# That the trap shuts: one call, and one handler that only the policy stops.
RUN_SOME = """
document.addEventListener("securitypolicyviolation", () => { window.wasStopped = true; });
ran("0");
document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=ran(9)>");
"""


def breaches(issues: list[dict]) -> list[str]:
    """What the policy stopped, and where: a breach is one whether or not it did harm."""
    found = [one["issue"]["details"] for one in issues]
    policies = [one["contentSecurityPolicyIssueDetails"] for one in found if POLICY in one]
    return [f"{one['violatedDirective']}: {one.get('sourceCodeLocation')}" for one in policies]


def write_markup_everywhere(stack: Stack, aziza: Person, bobur: Person) -> None:
    """Through the API, as clients would: it keeps what people write."""
    with client(stack, aziza) as shop, client(stack, bobur) as buyer:

        def send(who: httpx.Client, method: str, path: str, body: object) -> dict:
            answer = who.request(method, f"/api/{path}", json=body)
            assert answer.status_code in (200, 201), answer.text
            return answer.json()

        login = {"phone_number": aziza["phone_number"], "password": PASSWORD}
        shop.post("/api/v1/login/", json=login)
        for who in (shop, buyer):
            send(who, "PATCH", "auth/me/", {"full_name": MARKUP[:150]})
            send(who, "PATCH", "b2b/profile/", {"company_name": MARKUP[:150], "about": MARKUP})
        [book] = send(shop, "GET", "v1/books/", None)
        send(shop, "PATCH", f"v1/books/{book['id']}/", {"name": MARKUP[:100]})
        debtor = {"full_name": MARKUP, "phone_number": bobur["phone_number"], "note": MARKUP}
        user = send(shop, "POST", "v1/users/", debtor)["id"]
        owed = {"user": user, "amount": "10.00", "description": MARKUP}
        debt = send(shop, "POST", "v1/debts/", owed)["id"]
        send(shop, "POST", "v1/payments/", {**owed, "amount": "3.00"})
        send(shop, "POST", f"v1/debts/{debt}/write-off/", {"amount": "1.00", "reason": MARKUP})
        send(buyer, "POST", f"v1/my/debts/{debt}/dispute/", {"reason": MARKUP})
        offer = {"kind": "offer", "title": MARKUP, "body": TALKED, "brand": MARKUP[:100]}
        post = send(shop, "POST", "b2b/posts/", {**offer, "part_number": MARKUP[:64]})["id"]
        picture = {"image": (MARKUP + ".png", drawn(), "image/png")}
        assert shop.post(f"/api/b2b/posts/{post}/images/", files=picture).status_code == 201
        thread = send(buyer, "POST", "chat/start/", {"post": post, "text": TALKED})["id"]
        send(shop, "POST", "chat/send/", {"thread": thread, "text": TALKED})
        report = buyer.post(f"/api/chat/threads/{thread}/report/", json={"reason": TALKED})
        assert report.status_code == 201
        send(shop, "POST", "b2b/searches/", {"name": MARKUP[:100], "filters": {"q": MARKUP}})


def drawn() -> bytes:
    file = BytesIO()
    Image.new("RGB", (600, 400), "teal").save(file, "PNG")
    return file.getvalue()


def look_through(desk: Desk, name: str) -> bool:
    """A list, what a search in it says, and its newest rows; whether the words were seen."""
    desk.open(f"/admin/{name}/")
    text, paths = desk.text, desk.page.run(ROWS)
    desk.page.run("location.search = '?q=' + encodeURIComponent('<img src=x onerror=ran(5)>')")
    desk.page.wait_until("location.search && document.readyState === 'complete'")
    for path in paths:
        desk.open(path)
        text += desk.text + desk.page.run(
            "[...document.querySelectorAll('input, textarea')].map((one) => one.value).join()"
        )
    return "onerror=ran" in text


def decide(desk: Desk) -> None:
    """The pages of the desk that quote what they are about, and the reported talk."""
    posts = CHANGED.format("marketplace", "b2bpost")
    desk.open(posts)
    desk.choose("reject", of="onerror=ran", leads_to=posts)
    assert "onerror=ran" in desk.text
    desk.fill(reason=MARKUP)
    desk.click("#content form [type=submit]", leads_to=posts)
    assert "Posts: " in desk.text
    desk.open(CHANGED.format("marketplace", "subscription"))
    desk.choose(
        "cancel", of="onerror=ran", leads_to="/admin/marketplace/subscription/decide/cancel/"
    )
    assert "onerror=ran" in desk.text
    desk.open(CHANGED.format("messaging", "report"))
    desk.open(desk.page.run(ROWS)[0])
    talk = desk.page.run("document.querySelector('form[action$=\"/talk/\"]').action")
    desk.click("form[action$='/talk/'] [type=submit]", leads_to="/" + talk.split("/", 3)[3])
    assert desk.text.count("javascript:ran(4)") == 2
