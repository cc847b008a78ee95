"""Shops that write through the proxy, send again what got no answer, and note what was taken."""

import threading
import time
import uuid
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from tests.stack.crowd import Person

# No answer, or one that says that nothing is known to have happened.
SEND_AGAIN = {502, 503, 504}
PAUSE_SECONDS = 0.1


@dataclass
class Shop:
    """One account that lends to one debtor, again and again, each time with a key of its own.

    `taken` are the ids of acknowledged debts, `seconds` each answered attempt's time, `strange`
    every answer that is neither a success nor a call to send again; `troubles` the latter.
    """

    url: str
    person: Person
    pause_seconds: float = 0.0
    taken: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def open(self, client: httpx.Client) -> None:
        self.debtor = self._until_answered(client, "/api/v1/users/", {"full_name": "Bobur"})["id"]

    def lend(self, client: httpx.Client) -> None:
        debt = self._until_answered(
            client, "/api/v1/debts/", {"user": self.debtor, "amount": "1000.00"}
        )
        self.taken.append(debt["id"])

    def _until_answered(self, client: httpx.Client, path: str, body: object) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.person['access']}"}
        headers["Idempotency-Key"] = str(uuid.uuid4())
        while True:
            started = time.monotonic()
            try:
                answer = client.post(self.url + path, json=body, headers=headers)
            except httpx.TransportError as error:
                self._wait(repr(error))
                continue
            if answer.status_code in SEND_AGAIN:
                self._wait(str(answer.status_code))
                continue
            self.seconds.append(time.monotonic() - started)
            if answer.status_code != 201:
                self.strange.append(f"{answer.status_code} {answer.text[:200]}")
                raise RuntimeError(self.strange[-1])
            return dict(answer.json())

    def _wait(self, why: str) -> None:
        self.troubles.append(why)
        time.sleep(PAUSE_SECONDS)


class Writers:
    """Each shop in a thread of its own, from the block's begin to its end."""

    def __init__(self, url: str, people: list[Person], *, pause_seconds: float = 0.0) -> None:
        self.shops = [Shop(url, person, pause_seconds) for person in people]
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, args=(shop,)) for shop in self.shops]

    def __enter__(self) -> Self:
        with self._client() as client:
            for shop in self.shops:
                shop.open(client)
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=70, trust_env=False)

    def _run(self, shop: Shop) -> None:
        with self._client() as client:
            while not self.stopping.is_set():
                shop.lend(client)
                if shop.pause_seconds:
                    self.stopping.wait(shop.pause_seconds)

    @property
    def seconds(self) -> list[float]:
        return sorted(second for shop in self.shops for second in shop.seconds)

    @property
    def taken(self) -> int:
        return sum(len(shop.taken) for shop in self.shops)

    def wait_for_more(self, count: int, seconds: float = 120) -> None:
        """Until so many more writes were acknowledged."""
        wanted = self.taken + count
        deadline = time.monotonic() + seconds
        while self.taken < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.taken} of {wanted} writes")
            time.sleep(0.01)
