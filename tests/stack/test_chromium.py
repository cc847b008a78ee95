"""The browser's client in a real browser, on the real product."""

import json
from collections.abc import Iterator

import pytest

from scripts.stack import Stack
from tests.stack.browser import Page, open_page
from tests.stack.crowd import Person
from tests.stack.test_drops import begin_publishing

OPEN = """
(async () => {
  const { DaftarLive, webStorage } = await import("/static/js/daftar-live.js");
  Object.assign(window, { heard: [], states: [], renewals: 0 });
  window.live = new DaftarLive({
    getToken: ({ renew }) => { renewals += renew; return renew ? TOKENS[1] : TOKENS[0]; },
    store: webStorage("aziza"),
    delays: { backOffBase: BASE, backOffCap: BASE },
  });
  live.on("event", ({ data }) => { heard.push(data.book); });
  live.on("resync", () => { heard.push("resync"); });
  live.on("state", ({ state, reason }) => { states.push(reason ? `${state} ${reason}` : state); });
  live.start();
})()
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Page]:
    with open_page() as page:
        yield page


@pytest.fixture
def aziza(stack: Stack) -> Person:
    [person] = stack.sign_in(1, first=4000)
    return person


@pytest.fixture
def page(browser: Page, stack: Stack) -> Iterator[Page]:
    """A page of our own origin, under the Content-Security-Policy that all pages have."""
    browser.go_to(f"{stack.url}/api/docs/")
    browser.run("sessionStorage.clear()")
    yield browser
    browser.command(
        "Network.emulateNetworkConditions",
        offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1,
    )  # fmt: skip
    browser.go_to("about:blank")


def open_live(page: Page, *tokens: str, base: int = 50) -> None:
    script = OPEN.replace("TOKENS", json.dumps(tokens)).replace("BASE", str(base))
    page.run(script)
    page.wait_until("live.state === 'live'")


def publish(stack: Stack, person: Person, count: int) -> None:
    """Events whose data say 0, 1, 2 …"""
    assert begin_publishing(stack, [person], events=count, per_second=0).wait(60) == 0


def test_hears_what_happens(page: Page, stack: Stack, aziza: Person) -> None:
    open_live(page, aziza["access"])
    publish(stack, aziza, 5)
    page.wait_until("heard.length === 6")
    assert page.run("heard") == ["resync", 0, 1, 2, 3, 4]
    assert page.run("live.ping()") >= 0


def test_a_killed_process_costs_no_event(page: Page, stack: Stack, aziza: Person) -> None:
    open_live(page, aziza["access"])
    for live in stack.named("live"):
        live.kill()
    page.wait_until("live.state === 'waiting'")
    publish(stack, aziza, 5)
    stack.mend()
    page.wait_until("heard.length === 6")
    assert page.run("heard") == ["resync", 0, 1, 2, 3, 4]


def test_a_reloaded_page_goes_on_where_it_was(page: Page, stack: Stack, aziza: Person) -> None:
    open_live(page, aziza["access"])
    publish(stack, aziza, 3)
    page.wait_until("heard.length === 4")
    page.go_to(f"{stack.url}/api/docs/?again")
    publish(stack, aziza, 2)
    open_live(page, aziza["access"])
    page.wait_until("heard.length === 2")
    assert page.run("heard") == [0, 1]


def test_the_network_coming_back_brings_it_back(page: Page, stack: Stack, aziza: Person) -> None:
    open_live(page, aziza["access"], base=10_000_000)
    page.command(
        "Network.emulateNetworkConditions",
        offline=True, latency=0, downloadThroughput=0, uploadThroughput=0,
    )  # fmt: skip
    for live in stack.named("live"):
        live.kill()
    page.wait_until("live.state === 'waiting'")
    stack.mend()
    publish(stack, aziza, 2)
    page.command(
        "Network.emulateNetworkConditions",
        offline=False, latency=0, downloadThroughput=-1, uploadThroughput=-1,
    )  # fmt: skip
    page.wait_until("heard.length === 3")
    assert page.run("heard") == ["resync", 0, 1]


def test_a_frozen_tab_catches_up(page: Page, stack: Stack, aziza: Person) -> None:
    open_live(page, aziza["access"])
    page.command("Page.setWebLifecycleState", state="frozen")
    publish(stack, aziza, 300)
    page.command("Page.setWebLifecycleState", state="active")
    page.wait_until("heard.length === 301")
    assert page.run("heard.slice(1)") == list(range(300))


def test_a_tab_that_is_left_and_come_back_to_catches_up(
    page: Page, stack: Stack, aziza: Person
) -> None:
    open_live(page, aziza["access"])
    page.run("window.sameTab = true")
    page.go_to(f"{stack.url}/healthz")
    publish(stack, aziza, 3)
    page.run("history.back()")
    page.wait_until("location.pathname === '/api/docs/'")
    if not page.run("window.sameTab === true"):  # the browser kept no copy of the page
        open_live(page, aziza["access"])
    page.wait_until("heard.filter((one) => one !== 'resync').length === 3")
    assert page.run("heard.filter((one) => one !== 'resync')") == [0, 1, 2]


def test_an_ended_token_is_replaced_without_a_word(page: Page, stack: Stack, aziza: Person) -> None:
    [ended] = stack.sign_in(1, first=4000, ends_in=-1)
    open_live(page, ended["access"], aziza["access"])
    assert page.run("renewals") == 1
    assert "waiting 4401" not in page.run("states")


def test_an_ended_session_stops_it(page: Page, stack: Stack, aziza: Person) -> None:
    open_live(page, aziza["access"])
    status = page.run(
        "fetch('/api/auth/logout/', {method: 'POST', headers: {Authorization: "
        f"'Bearer {aziza['access']}', 'Content-Type': 'application/json'}}, body: '{{}}'}})"
        ".then((answer) => answer.status)"
    )
    assert status == 204
    page.wait_until("live.state === 'stopped'", seconds=10)
    assert page.run("states.at(-1)") == "stopped session_ended"
