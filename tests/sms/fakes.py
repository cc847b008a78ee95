"""Gateways on loopback that behave as their documents say."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    path: str
    authorization: str
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: Any = field(default_factory=dict)


class NoAnswer:
    """Takes the request and stays silent until the test lets go."""


class FakeGateway:
    """A server thread. `next_answers` are given before its own: troubles to come."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.next_answers: list[Answer | NoAnswer] = []
        self.arrived = threading.Event()
        self.let_go = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def paths(self) -> list[str]:
        return [request.path for request in self.seen]

    def take(self, request: Seen) -> Answer:
        self.seen.append(request)
        self.arrived.set()
        if self.next_answers:
            answer = self.next_answers.pop(0)
            if isinstance(answer, Answer):
                return answer
            self.let_go.wait()
        return self.answer(request)

    def answer(self, request: Seen) -> Answer:
        raise NotImplementedError


def handler_of(gateway: FakeGateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            authorization = self.headers.get("Authorization", "")
            answer = gateway.take(Seen(self.path, authorization, self.rfile.read(length)))
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


class FakeEskiz(FakeGateway):
    """documenter.getpostman.com/view/663428/RzfmES4z; the latest token is the valid one."""

    credentials: ClassVar = {"email": "shop@example.uz", "password": "eskiz-secret"}

    def __init__(self) -> None:
        super().__init__()
        self.tokens = 0

    def expire_token(self) -> None:
        self.tokens += 1

    def answer(self, request: Seen) -> Answer:
        if request.path == "/auth/login":
            if request.form != self.credentials:
                return Answer(401, {"message": "Invalid credentials"})
            self.tokens += 1
            data = {"token": f"token-{self.tokens}"}
            return Answer(200, {"message": "token_generated", "data": data})
        if request.authorization != f"Bearer token-{self.tokens}":
            return Answer(401, {"message": "Expired", "status": "token-invalid"})
        number = request.form.get("mobile_phone", "")
        if not (number.isdigit() and number.startswith("998") and len(number) == 12):
            return Answer(400, {"status": "error", "message": f"Wrong number {number}"})
        identifier = f"eskiz-{len(self.seen)}"
        said = "Waiting for SMS provider"
        return Answer(200, {"id": identifier, "status": "waiting", "message": said})


class FakePlayMobile(FakeGateway):
    """wiki.playmobile.uz: a sentence when taken over, a code when not."""

    authorization = "Basic c2hvcDpwbS1zZWNyZXQ="  # shop:pm-secret

    def answer(self, request: Seen) -> Answer:
        if request.authorization != self.authorization:
            return Answer(401, "Unauthorized")
        message = request.json["messages"][0]
        if not message["recipient"].startswith("998"):
            return self.refusal(202, f"Empty recipient {message['recipient']}")
        return Answer(200, "Request is received")

    @staticmethod
    def refusal(code: int, description: str) -> Answer:
        return Answer(400, {"error_code": code, "error_description": description})


class FakeTelegram(FakeGateway):
    """core.telegram.org/gateway/api for the numbers in `reachable`."""

    token = "telegram-secret"

    def __init__(self) -> None:
        super().__init__()
        self.reachable: set[str] = set()
        self.status = "sent"

    def answer(self, request: Seen) -> Answer:
        if request.authorization != f"Bearer {self.token}":
            return self.refusal("ACCESS_TOKEN_INVALID")
        asked = request.json
        if request.path == "/checkSendAbility":
            if asked["phone_number"] not in self.reachable:
                return self.refusal("PHONE_NUMBER_NOT_FOUND")
            return self.result(request_cost=0.01)
        if asked["request_id"] != "request-1":
            return self.refusal("REQUEST_ID_INVALID")
        return self.result(delivery_status={"status": self.status, "updated_at": 1})

    @staticmethod
    def refusal(name: str) -> Answer:
        return Answer(200, {"ok": False, "error": name})

    @staticmethod
    def result(**members: Any) -> Answer:
        return Answer(200, {"ok": True, "result": {"request_id": "request-1", **members}})
