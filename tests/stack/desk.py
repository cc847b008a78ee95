"""An operator at the admin, in a real browser: fills in fields, clicks, looks."""

import base64
import json
import re
import time
from pathlib import Path
from typing import Any

from django_otp.oath import TOTP

from tests.stack.browser import Page

WIDTH, HEIGHT = 1200, 860
PASSWORD = "anor-olma-uzum-7"


class Desk:
    """Pages are opened by path. `pictures`: where screenshots go."""

    def __init__(self, page: Page, url: str, pictures: Path) -> None:
        self.page, self.url, self.pictures = page, url, pictures
        self.speak("en")
        self.be_wide(WIDTH, HEIGHT)

    def speak(self, language: str) -> None:
        headers = {"Accept-Language": language}
        self.page.command("Network.setExtraHTTPHeaders", headers=headers)

    def be_wide(self, width: int, height: int) -> None:
        self.page.command(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def sign_in(self, phone_number: str) -> None:
        """For the first time: the second factor is set up on the way, as production demands."""
        self.open("/admin/login/")
        self.fill(username=phone_number, password=PASSWORD)
        self.click("#login-form [type=submit]", leads_to="/admin/enrol/")
        self.take("enrol")
        self.fill(otp_token=self._digits())
        self.click("[type=submit][value='Switch on']", leads_to="/admin/")

    def _digits(self) -> str:
        link = self.page.run("document.querySelector('a[href^=otpauth]').href")
        totp = TOTP(base64.b32decode(re.search(r"secret=([A-Z2-7]+)", link)[1]))
        totp.time = time.time()
        return f"{totp.token():06d}"

    def open(self, path: str) -> None:
        self.page.go_to(self.url + path)

    def fill(self, **fields: Any) -> None:
        for name, value in fields.items():
            field = f"document.querySelector('#content [name={name}]')"
            self.page.run(f"{field}.value = {json.dumps(str(value))}")

    def click(self, selector: str, *, leads_to: str) -> None:
        """Click what is there, and wait for the page behind it, whatever its query."""
        self.page.run("window.isLeft = true")
        self.page.run(f"document.querySelector({json.dumps(selector)}).click()")
        self.page.wait_until(
            f"!window.isLeft && document.readyState === 'complete'"
            f" && location.pathname === {leads_to!r}"
        )

    def click_link(self, text: str, *, leads_to: str) -> None:
        """The link of a card, or of the page, that has that text beside or in it."""
        script = f"""(() => {{
          const wanted = {json.dumps(text)};
          const card = [...document.querySelectorAll('.figure')].find(
            (one) => one.querySelector('dt').innerText === wanted);
          const link = card ? card.querySelector('a')
            : [...document.querySelectorAll('a')].find((one) => one.innerText.trim() === wanted);
          link.id = 'chosen-link';
        }})()"""
        self.page.run(script)
        self.click("#chosen-link", leads_to=leads_to)

    def choose(self, action: str, *, of: str, leads_to: str) -> None:
        """Tick the rows of a list that say `of`, and run the action upon them."""
        self.page.run(f"""
          for (const row of document.querySelectorAll('#result_list tbody tr'))
            if (row.innerText.includes({json.dumps(of)})) row.querySelector('input').click();
        """)
        self.page.run(f"document.querySelector('select[name=action]').value = {action!r}")
        self.click("button[name=index], .actions [type=submit]", leads_to=leads_to)

    @property
    def text(self) -> str:
        return str(self.page.run("document.body.innerText"))

    def take(self, name: str) -> None:
        (self.pictures / f"{name}.png").write_bytes(self.page.picture())
