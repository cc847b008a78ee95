"""The operators' steps in a real browser: plans, a company enabled, a subscription activated."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.stack import Stack
from tests.stack.browser import Page, open_page
from tests.stack.crowd import Person
from tests.stack.desk import PASSWORD, Desk

SEVARA = "+998901119100"
DESK = "/admin/marketplace/{}/"
COMPANY = "Anvar Ehtiyot Qismlar"
POST = {"kind": "offer", "title": "Kolodka Toyota Camry 40", "part_number": "04465-02220"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with open_page() as page:
        yield page


@pytest.fixture
def dealer(stack: Stack) -> Person:
    [person] = stack.sign_in(1, first=9101)
    return person


@pytest.fixture
def api(http: httpx.Client, dealer: Person) -> httpx.Client:
    """The dealer's phone."""
    http.headers["Authorization"] = f"Bearer {dealer['access']}"
    return http


@pytest.fixture
def desk(browser: Page, stack: Stack, tmp_path: Path, figures: list[str]) -> Desk:
    """Sevara's, who was made an operator and signs in for the first time."""
    stack.python("-m", "tests.stack.office", "operator", SEVARA, PASSWORD)
    figures.append(f"pictures of the operators' desk: {tmp_path}")
    desk = Desk(browser, stack.url, tmp_path)
    desk.sign_in(SEVARA)
    return desk


def try_to_post(api: httpx.Client) -> tuple[int, str]:
    answer = api.post("/api/b2b/posts/", json=POST)
    return answer.status_code, answer.json().get("code", "")


def test_an_operator_opens_the_market_for_a_dealer(desk: Desk, api: httpx.Client) -> None:
    edit_a_plan(desk, api)
    api.patch("/api/b2b/profile/", json={"company_name": COMPANY})
    assert try_to_post(api) == (403, "b2b_not_enabled")
    enable_companies(desk)
    assert try_to_post(api) == (403, "subscription_required")
    assert api.post("/api/billing/subscribe/", json={"plan": "pro"}).status_code == 201
    activate_subscriptions(desk)
    assert api.get("/api/billing/me/").json()["status"] == "active"
    assert try_to_post(api) == (201, "")
    moderate_posts(desk)
    look_in_other_languages(desk)


def edit_a_plan(desk: Desk, api: httpx.Client) -> None:
    desk.open(DESK.format("plan"))
    desk.take("plans")
    desk.click_link("pro", leads_to=desk.page.run(LINK_OF_PRO))
    desk.fill(price="149000.00", post_limit="7")
    desk.take("plan")
    desk.click("[name=_save]", leads_to=DESK.format("plan"))
    desk.open(DESK.format("plan") + "add/")
    desk.fill(code="sinov", name="Sinov", price="0", period_days="7", post_limit="2")
    desk.click("[name=_save]", leads_to=DESK.format("plan"))
    plans = {plan["code"]: plan for plan in api.get("/api/billing/plans/").json()}
    assert (plans["pro"]["price"], plans["pro"]["post_limit"]) == ("149000.00", 7)
    assert plans["sinov"]["period_days"] == 7


LINK_OF_PRO = """
[...document.querySelectorAll('#result_list a')].find((one) => one.innerText === 'pro').pathname
"""


def enable_companies(desk: Desk) -> None:
    desk.open("/admin/")
    desk.click_link("Companies to enable", leads_to=DESK.format("b2bprofile"))
    assert COMPANY in desk.text
    desk.take("companies")
    desk.choose("enable", of=COMPANY, leads_to=DESK.format("b2bprofile"))
    assert "Companies changed: 1" in desk.text


def activate_subscriptions(desk: Desk) -> None:
    desk.open("/admin/")
    desk.take("waiting")
    desk.click_link("Subscriptions to activate", leads_to=DESK.format("subscription"))
    desk.take("subscriptions")
    desk.choose(
        "activate", of="Person 9101", leads_to=DESK.format("subscription") + "decide/activate/"
    )
    desk.fill(reason="Paid by transfer 17")
    desk.take("activate")
    desk.page.run("window.isLeft = true; document.querySelector('#content form').submit()")
    desk.page.wait_until("!window.isLeft && document.readyState === 'complete'")
    assert "Activated: 1" in desk.text
    assert "Paid by transfer 17" in desk.text
    desk.take("subscription")


def moderate_posts(desk: Desk) -> None:
    desk.open("/admin/")
    desk.click_link("Posts to moderate", leads_to=DESK.format("b2bpost"))
    assert POST["title"] in desk.text
    desk.take("posts")
    desk.choose("approve", of=COMPANY, leads_to=DESK.format("b2bpost"))
    assert "Posts: 1" in desk.text


def look_in_other_languages(desk: Desk) -> None:
    for language in ("uz", "ru"):
        desk.speak(language)
        desk.open(f"/admin/?{language}")
        desk.take(f"dashboard-{language}")
        desk.open(DESK.format("subscription") + f"#{language}")
        desk.take(f"subscriptions-{language}")
    desk.speak("en")
    desk.be_wide(390, 844)
    desk.open("/admin/?narrow")
    assert desk.page.run("document.documentElement.scrollWidth <= innerWidth")
    desk.take("dashboard-narrow")
