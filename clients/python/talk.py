"""Chat from a terminal: what the other side writes appears, what you type is sent.

    python clients/python/talk.py http://127.0.0.1:8000 +998901110003 PASSWORD

It is the account's latest talk. Messages come over the socket and are sent over REST, as a
client of Daftar does both; Ctrl-D ends it. Needs the `websockets` package.
"""

import asyncio
import json
import sys
import urllib.error
import urllib.request
import uuid
from http import HTTPStatus
from typing import Any

from daftar_live import Device, Ended, Frame, StartAfresh

SESSION_ENDED = 4403
# Away, or our token is too old: the socket brings a new one.
COME_BACK = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class Account:
    """A signed-in account, over REST."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.id = 0
        self._tokens: dict[str, str] = {}

    async def sign_in(self, phone_number: str, password: str) -> None:
        body = {"phone_number": phone_number, "password": password}
        self._tokens = (await self.send("/api/v1/login/", body))["tokens"]
        self.id = (await self.get("/api/auth/me/"))["id"]

    async def fetch_token(self) -> str:
        """A token for the socket. A refresh token works once and gives the next pair."""
        refresh = {"refresh": self._tokens["refresh"]}
        try:
            self._tokens = await self.send("/api/auth/refresh/", refresh)
        except urllib.error.HTTPError as refusal:
            if refusal.code == HTTPStatus.UNAUTHORIZED:
                raise Ended(SESSION_ENDED) from refusal
            raise
        return self._tokens["access"]

    async def get(self, path: str) -> Any:
        return await asyncio.to_thread(self._ask, path, None)

    async def send(self, path: str, body: dict[str, Any]) -> Any:
        return await asyncio.to_thread(self._ask, path, json.dumps(body).encode())

    def _ask(self, path: str, body: bytes | None) -> Any:
        headers = {"Content-Type": "application/json"}
        if access := self._tokens.get("access"):
            headers["Authorization"] = f"Bearer {access}"
        # The address is the caller's own choice.
        request = urllib.request.Request(self.base + path, body, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


class Talk:
    """The latest talk of an account, on this screen up to message number `shown`."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.thread: dict[str, Any] = {}
        self.shown = 0
        self.news = asyncio.Event()

    async def listen(self) -> None:
        """Events, whatever becomes of the connection."""
        url = self.account.base.replace("http", "ws", 1) + "/ws/"
        device = Device(url, self.account.fetch_token, on_frame=self._heed)
        while True:
            try:
                async for _event in device.events():
                    pass
            except StartAfresh:
                continue

    def _heed(self, frame: Frame) -> None:
        if frame["type"] == "welcome" or frame.get("event") == "message.created":
            self.news.set()

    async def show(self) -> None:
        while True:
            await self.news.wait()
            self.news.clear()
            try:
                messages = await self._new_messages()
            except OSError:
                continue  # away; the next welcome asks again
            for message in messages:
                mine = message["sender"] == self.account.id
                name = "you" if mine else self.thread["peer"]["full_name"]
                say(f"{name}: {message['text'] or '(deleted)'}")
                self.shown = message["number"]

    async def _new_messages(self) -> Any:
        if not self.thread:
            latest = await self.account.get("/api/chat/threads/?limit=1")
            if not latest:
                return []
            self.thread = latest[0]
            say(f"--- {self.thread['post']['title']}")
        path = f"/api/chat/threads/{self.thread['id']}/messages/"
        return await self.account.get(f"{path}?after={self.shown}&limit=200")

    async def write(self) -> None:
        """Send each line that is typed, until there are no more."""
        typed = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(typed), sys.stdin
        )
        async for line in typed:
            if self.thread and (text := line.decode().strip()):
                await self._send(text)

    async def _send(self, text: str) -> None:
        """Tried until it is answered: by the client's own id it is one message all the same."""
        message = {"thread": self.thread["id"], "text": text, "client_id": str(uuid.uuid4())}
        while True:
            try:
                await self.account.send("/api/chat/send/", message)
                return
            except urllib.error.HTTPError as refusal:
                if refusal.code not in COME_BACK:
                    say(f"*** {title_of(refusal)}")
                    return
            except OSError:
                pass  # nobody answers
            await asyncio.sleep(1)


def title_of(refusal: urllib.error.HTTPError) -> str:
    """What the problem says to people."""
    return str(json.load(refusal)["title"])


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (a program for a terminal)


async def main(base: str, phone_number: str, password: str) -> None:
    account = Account(base.rstrip("/"))
    await account.sign_in(phone_number, password)
    talk = Talk(account)
    parts = [asyncio.ensure_future(part) for part in (talk.listen(), talk.show(), talk.write())]
    done, _others = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
    for part in parts:
        part.cancel()
    for part in done:
        part.result()


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        asyncio.run(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        pass
    except urllib.error.HTTPError as refusal:
        sys.exit(title_of(refusal))
    except Ended as ended:
        sys.exit(f"The session has ended ({ended.code}).")
