"""A Chromium without a window, spoken to by the DevTools protocol."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from scripts.stack.places import MissingProgram, own_folder, program

START_SECONDS = 60
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


class PageError(Exception):
    """The page's script threw."""


class Page:
    """One tab."""

    def __init__(self, devtools: ClientConnection, session: str) -> None:
        self.devtools = devtools
        self.session = session
        self.number = 0
        self.noted: dict[str, list[dict[str, Any]]] = {}

    def command(self, method: str, **params: Any) -> dict[str, Any]:
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        self.devtools.send(json.dumps(request))
        while True:
            answer = json.loads(self.devtools.recv(timeout=60))
            if answer.get("method") in self.noted:
                self.noted[answer["method"]].append(answer["params"])
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise PageError(answer["error"])
                return dict(answer["result"])

    def go_to(self, url: str) -> None:
        self.command("Page.navigate", url=url)
        self.wait_until(f"document.readyState === 'complete' && location.href === {url!r}")

    def run(self, script: str) -> Any:
        """The value of an expression; promises are awaited."""
        said = self.command(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in said:
            raise PageError(said["exceptionDetails"])
        return said["result"].get("value")

    def note(self, event: str) -> list[dict[str, Any]]:
        """What the browser tells of that from now on, as it is heard between commands."""
        return self.noted.setdefault(event, [])

    def picture(self) -> bytes:
        """The page from its top to its end, as PNG."""
        shot = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def wait_until(self, condition: str, seconds: float = 30) -> None:
        """Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                if self.run(condition):
                    return
            except PageError:
                pass  # between two pages
            if time.monotonic() > deadline:
                raise TimeoutError(condition)
            time.sleep(0.05)


@contextmanager
def open_page() -> Iterator[Page]:
    with own_folder() as folder:
        chromium = subprocess.Popen(
            [
                _chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--disable-background-networking",
                "--remote-debugging-port=0", f"--user-data-dir={folder / 'profile'}", "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            url = _devtools_url(folder / "profile", chromium)
            with connect(url, max_size=None, proxy=None) as devtools:
                yield _first_tab(devtools)
        finally:
            chromium.terminate()
            chromium.wait(20)


def _chromium() -> str:
    for name in CHROMIUMS:
        try:
            return program(name)
        except MissingProgram:
            continue
    raise MissingProgram("chromium is not installed: sh scripts/install-stack-packages")


def _devtools_url(profile: Path, chromium: "subprocess.Popen[bytes]") -> str:
    told = profile / "DevToolsActivePort"
    deadline = time.monotonic() + START_SECONDS
    while not told.exists() or len(told.read_text().split()) < 2:
        assert chromium.poll() is None, "chromium ended"
        assert time.monotonic() < deadline, "chromium does not start"
        time.sleep(0.05)
    port, path = told.read_text().split()
    return f"ws://127.0.0.1:{port}{path}"


def _first_tab(devtools: ClientConnection) -> Page:
    browser = Page(devtools, "")
    tabs = browser.command("Target.getTargets")["targetInfos"]
    [tab] = [tab["targetId"] for tab in tabs if tab["type"] == "page"]
    session = browser.command("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
    page = Page(devtools, session)
    page.number = browser.number
    page.command("Page.enable")
    page.command("Network.enable")
    return page
