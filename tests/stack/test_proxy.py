"""What the shipped nginx file adds: its own errors, what it hides, what it never repeats."""

import re
import socket
import subprocess
import threading
from collections.abc import Iterator

import httpx
import pytest
from django.utils import translation

from core import errors
from scripts.stack import Stack, nginx
from scripts.stack.places import free_ports, own_folder

OURS = "http://localhost:3000"
CANARY = "canary-7f3a9c"


def problem(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() >= {"type", "title", "status", "detail", "code", "errors", "request_id"}
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["X-Request-ID"]
    return body


def test_nginx_finds_no_fault_in_the_file(stack: Stack) -> None:
    command = [*stack["nginx"].command[:-2], "-t", "-g", "daemon off;"]
    said = subprocess.run(command, capture_output=True, text=True)
    assert said.returncode == 0
    assert "warn" not in said.stderr.replace('the "user" directive', "")


def test_a_body_too_large_is_refused_in_our_words(http: httpx.Client) -> None:
    answer = http.post("/api/v1/debts/", content=b" " * (6 * 1024 * 1024 + 1))
    assert problem(answer)["code"] == "payload_too_large"
    assert answer.status_code == 413


def test_nobody_there_is_a_problem_that_browsers_may_read(stack: Stack, http: httpx.Client) -> None:
    for web in stack.named("web"):
        web.kill()
    headers = {"Origin": OURS, "X-Request-ID": "receipt-1", "Accept-Language": "en-GB,ru;q=0.5"}
    answer = http.get("/api/auth/me/", headers=headers)
    assert problem(answer) | {"errors": []} == {
        "type": "/api/docs/problems/#no_answer",
        "title": "The service did not answer.",
        "status": 502,
        "detail": "The request may have been carried out. Send it again with the same "
        "Idempotency-Key.",
        "code": "no_answer",
        "errors": [],
        "request_id": "receipt-1",
    }
    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Retry-After"] == "2"


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:30000", "http://l"])
def test_a_foreign_origin_may_not_read(http: httpx.Client, origin: str) -> None:
    answer = http.post("/x/", content=b" " * 7_000_000, headers={"Origin": origin})
    assert answer.status_code == 413
    assert "Access-Control-Allow-Origin" not in answer.headers


SHARED = [
    errors.PayloadTooLarge(limit_bytes=6 * 1024 * 1024),
    errors.Unavailable(),
    errors.ServerError(),
    errors.NotFound(),
    errors.Forbidden(),
]


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize("error", SHARED, ids=lambda error: error.code)
def test_its_sentences_are_the_services_own(error: errors.DomainError, language: str) -> None:
    template = nginx.TEMPLATE.read_text()
    with translation.override(language):
        title, detail = str(error.title), error.sentence()
    assert f'"{error.code} {language}" "{title}";' in template
    assert detail == title or f'"{error.code} {language}" "{detail}";' in template


@pytest.mark.parametrize(("status", "code"), [(405, "method_not_allowed"), (429, "throttled")])
@pytest.mark.parametrize("language", ["uz", "ru", "en"])
def test_its_other_sentences_are_too(status: int, code: str, language: str) -> None:
    assert errors.TITLES[status][0] == code
    with translation.override(language):
        title = str(errors.TITLES[status][1])
    assert f'"{code} {language}" "{title}";' in nginx.TEMPLATE.read_text()


def test_metrics_are_not_for_outside(stack: Stack, http: httpx.Client) -> None:
    for path in ("/metrics", "/metrics/", "//metrics", "/x/../metrics", "/%6detrics", "/./metrics"):
        request = http.build_request("GET", stack.url + path)
        request.url = httpx.URL(stack.url).copy_with(raw_path=path.encode())
        answer = http.send(request)
        assert answer.status_code == 404, path
        assert "daftar_" not in answer.text


def test_no_query_and_no_token_stands_in_any_log(stack: Stack, http: httpx.Client) -> None:
    person = stack.sign_in(1)[0]
    bearer = {"Authorization": f"Bearer {person['access']}"}
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    upgrade["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    upgrade["Sec-WebSocket-Protocol"] = f"daftar.v1, bearer.{CANARY}"
    for path in ("/api/v1/users/", "/ws/", "/metrics", "/static/none", "/nowhere"):
        http.get(path, params={"query": CANARY}, headers=bearer)
    http.get("/ws/", params={"token": CANARY, "since": CANARY}, headers={"Upgrade": "h2c"})
    with httpx.stream("GET", f"{stack.url}/ws/?since={CANARY}", headers=upgrade, trust_env=False):
        pass
    for web in stack.named("web"):
        web.kill()
    assert http.get("/api/v1/users/", params={"query": CANARY}).status_code == 502
    for process in stack:
        log = process.log.read_text(errors="replace")
        assert CANARY not in log, process.name
        assert person["access"] not in log, process.name
    assert '"path":"/api/v1/users/"' in stack["nginx"].log.read_text()


def test_the_request_id_goes_all_the_way(stack: Stack, http: httpx.Client) -> None:
    answer = http.get("/api/auth/me/", headers={"X-Request-ID": "ticket-4711"})
    assert answer.headers["X-Request-ID"] == "ticket-4711"
    logs = [process.log.read_text() for process in stack.named("web")]
    assert any('"request_id": "ticket-4711"' in log for log in logs)
    made = http.get("/api/auth/me/", headers={"X-Request-ID": "not sane"}).headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", made)


class Upstream:
    """A server that reads each request and then closes or answers as told."""

    def __init__(self, *, answers: bool) -> None:
        self.requests: list[bytes] = []
        self.answers = answers
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.requests.append(connection.recv(65536))
                if self.answers:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


@pytest.fixture
def before_two() -> Iterator[tuple[str, Upstream, Upstream]]:
    """nginx before one process that dies with every request and one that answers."""
    dying, healthy = Upstream(answers=False), Upstream(answers=True)
    [port] = free_ports(1)
    with own_folder() as folder:
        places = dict.fromkeys(("MEDIA_ROOT", "STATIC_ROOT"), str(folder))
        places["CORS_ALLOWED_ORIGINS"] = ""
        places["NGINX_REAL_IP"] = "set_real_ip_from 127.0.0.1;"
        places["REQUESTS_PER_SECOND_PER_ADDRESS"] = "1"
        proxy = nginx.nginx(
            folder, port, web=[dying.port, healthy.port], live=[healthy.port], settings=places
        )
        proxy.is_ready = lambda: _listens(port)
        proxy.start()
        yield f"http://127.0.0.1:{port}", dying, healthy
        proxy.stop()
    for upstream in (dying, healthy):
        upstream.listener.close()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


Two = tuple[str, Upstream, Upstream]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_write_is_never_sent_twice(before_two: Two, method: str) -> None:
    url, dying, healthy = before_two
    for n in range(20):
        httpx.request(method, f"{url}/{n}", content=b"{}", trust_env=False)
    seen = [
        r.split()[1] for r in dying.requests + healthy.requests if r.startswith(method.encode())
    ]
    assert sorted(seen) == sorted(f"/{n}".encode() for n in range(20))
    assert dying.requests


def test_a_read_is_asked_of_the_next_process(before_two: Two) -> None:
    url, dying, _healthy = before_two
    statuses = {httpx.get(f"{url}/{n}", trust_env=False).status_code for n in range(20)}
    assert statuses == {200}
    assert dying.requests


def test_a_client_cannot_say_who_it_is(before_two: Two) -> None:
    url, _dying, healthy = before_two
    claims = {"Forwarded": "for=1.1.1.1", "X-Real-IP": "1.1.1.1", "X-Forwarded-Host": "evil"}
    lies = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}  # the last hop is whom the balancer saw
    httpx.get(f"{url}/who", headers=claims | lies, trust_env=False)
    [request] = [r for r in healthy.requests if r.startswith(b"GET /who")]
    assert b"1.1.1.1" not in request
    assert b"evil" not in request
    assert b"X-Forwarded-For: 203.0.113.9\r\n" in request


def test_one_address_cannot_ask_without_end(before_two: Two) -> None:
    url, _dying, _healthy = before_two
    flooding = {"X-Forwarded-For": "203.0.113.7"}
    answers = [httpx.get(f"{url}/{n}", headers=flooding, trust_env=False) for n in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 10
    assert problem(refused[0])["code"] == "throttled"
    assert refused[0].headers["Retry-After"] == "1"
    other = httpx.get(url, headers={"X-Forwarded-For": "203.0.113.8"}, trust_env=False)
    assert other.status_code == 200
