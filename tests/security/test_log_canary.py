"""What nobody may read in a log is in none, however much the processes are told to say."""

import json
import re
import subprocess
import sys
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest
from django.conf import settings

from ledger.models import OneTimeCode
from tests.conftest import PASSWORD
from tests.jobs.queue import empty
from tests.marketplace.posts.drawing import make_picture
from tests.messaging.chat.talker import publish_post
from tests.realtime.conftest import door, start_server  # noqa: F401
from tests.realtime.wire import open_wire
from tests.sms.fakes import FakeEskiz

SECRET_KEY = "kanareyka-kalit-" + "k" * 40
NEW = "+998935550101"
SPELLINGS = ["935550101", "93 555-01-01", "93 555 01 01", "5550101", "998901110001", "901110001"]
WORDS = {
    "password": "kanareyka-parol-1",
    "wrong password": "kanareyka-taxmin-2",
    "name": "Kanareykaxon Karimova",
    "debtor": "Kanareykaboy Aliyev",
    "note": "kanareyka-eslatma",
    "description": "kanareyka-tavsif",
    "chat": "kanareyka-xabar",
    "post": "kanareyka-elon",
    "search": "kanareyka-qidiruv",
    "reason": "kanareyka-sabab",
    "file": "kanareyka-rasm",
    "company": "Kanareyka Motors",
    "typing": "kanareyka-yozuv",
}


@pytest.fixture(params=["1", "0"], ids=["for developers", "for machines"])
def server(request, transactional_db, start_server):  # noqa: F811
    """Everything in one process that says all it can."""
    yield start_server(
        LOG_LEVEL="DEBUG", DEBUG=request.param, SECRET_KEY=SECRET_KEY, OTP_KEY=settings.OTP_KEY
    )
    empty()


class Caller:
    """A client that keeps what the server gave away."""

    def __init__(self, address):
        self.http = httpx.Client(base_url=address, timeout=30)
        self.given = {}

    def call(self, method, path, status, **sent):
        answer = self.http.request(method, path, **sent)
        assert answer.status_code == status, (path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def post(self, path, status, **body):
        return self.call("POST", path, status, json=body)

    def keep(self, tokens):
        for name, value in tokens.items():
            # The signature is the secret of a token; its first part is in every one.
            self.given[f"{name} {len(self.given)}"] = value.rpartition(".")[2]
        self.http.headers["Authorization"] = f"Bearer {tokens['access']}"
        return tokens


def sign_in(caller):
    caller.post("/api/auth/request-otp/", 202, phone_number="93 555-01-01")
    code = OneTimeCode.objects.get(phone_number=NEW).reveal()
    caller.given["code"] = code
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    caller.post("/api/auth/verify-otp/", 400, phone_number="93 555 01 01", code=wrong)
    entered = caller.post("/api/auth/verify-otp/", 200, phone_number=NEW, code=code)
    caller.given["ticket"] = entered["ticket"]
    caller.keep(entered["tokens"])
    password, name = WORDS["password"], WORDS["name"]
    sent = {"password": password, "full_name": name, "ticket": entered["ticket"]}
    caller.keep(caller.post("/api/auth/set-password/", 200, **sent)["tokens"])
    login = {"phone_number": "998935550101", "password": WORDS["wrong password"]}
    caller.post("/api/v1/login/", 401, **login)
    tokens = caller.post("/api/v1/login/", 200, **login | {"password": password})["tokens"]
    caller.keep(tokens)
    again = caller.keep(caller.post("/api/auth/refresh/", 200, refresh=tokens["refresh"]))
    caller.call("GET", f"/api/auth/me/?token={again['access']}&phone={NEW}", 200)
    caller.call("PATCH", "/api/auth/me/", 200, json={"full_name": name})
    return again["access"]


def keep_a_book(caller):
    user = caller.post(
        "/api/v1/users/", 201, full_name=WORDS["debtor"], phone_number="90 111 00 01",
        note=WORDS["note"],
    )["id"]  # fmt: skip
    amount = {"user": user, "amount": "9.00", "description": WORDS["description"]}
    debt = caller.post("/api/v1/debts/", 201, **amount)["id"]
    caller.post("/api/v1/payments/", 201, **amount | {"amount": "1.00"})
    caller.post(f"/api/v1/debts/{debt}/write-off/", 200, reason=WORDS["reason"])
    caller.call("GET", f"/api/v1/users/?query={WORDS['debtor']}", 200)
    caller.call("GET", f"/api/v1/debts/?full_name={WORDS['debtor']}&limit=0", 400)
    # Refused, and broken, with secrets in the body.
    caller.call("POST", "/api/v1/users/", 400, json={"full_name": [WORDS["debtor"]]})
    broken = f'{{"phone_number": "{NEW}", "password": "{WORDS["password"]}"'
    for status, kind, content in [
        (400, "application/json", broken),
        (415, "text/plain", WORDS["password"]),
    ]:
        headers = {"Content-Type": kind}
        caller.call("POST", "/api/v1/login/", status, content=content, headers=headers)


def trade_and_talk(caller, aziza):
    post = publish_post(aziza, WORDS["post"]).pk
    caller.call("PATCH", "/api/b2b/profile/", 200, json={"company_name": WORDS["company"]})
    caller.call("GET", f"/api/b2b/posts/?q={WORDS['search']}", 200)
    kept = {"name": WORDS["search"], "filters": {"q": WORDS["search"]}}
    caller.post("/api/b2b/searches/", 201, **kept)
    file = {"image": (f"{WORDS['file']}.jpg", make_picture(), "image/jpeg")}
    caller.call("POST", f"/api/b2b/posts/{post}/images/", 403, files=file)
    thread = caller.post("/api/chat/start/", 201, post=post, text=WORDS["chat"])["id"]
    said = {"thread": thread, "text": WORDS["chat"], "client_id": str(uuid4())}
    message = caller.post("/api/chat/send/", 201, **said)["id"]
    caller.post("/api/chat/send/", 409, **said | {"text": WORDS["chat"] + "!"})
    edited = {"text": WORDS["chat"] + "?"}
    caller.call("PATCH", f"/api/chat/messages/{message}/", 200, json=edited)
    caller.call("GET", f"/api/chat/search/?q={WORDS['chat']}", 200)
    caller.post(f"/api/chat/threads/{thread}/report/", 201, reason=WORDS["reason"])


def open_sockets(server, access):
    for by in ("subprotocol", "header", "frame"):
        url = f"{server.url}?token={access}&since=0&epoch=x"
        with open_wire(url, token=access, by=by) as wire:
            wire.receive_a("welcome")
            wire.send(type="auth", token=access)
            wire.send(type=WORDS["typing"], thread=WORDS["typing"])
            wire.send_raw('{"type": "auth", "token": "' + access)
            assert wire.receive_a("error")
    forged = access[:-8] + "kanareyk"
    for by in ("subprotocol", "header", "frame"):
        with open_wire(server.url, token=forged, by=by) as wire:
            assert wire.close_code() == 4401


def found_in(log, secrets):
    """Names of the secrets that a reader of the log could read, escaped or not."""
    text = unquote(log).lower()
    text += re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return [
        name
        for name, secret in secrets.items()
        if re.search(rf"(?<![0-9a-f.]){re.escape(secret.lower())}(?![0-9a-f])", text)
    ]


def secrets_of(caller):
    numbers = {f"number {spelling}": spelling for spelling in SPELLINGS}
    keys = {"secret key": SECRET_KEY, "code key": settings.OTP_KEY, "our password": PASSWORD}
    return WORDS | numbers | keys | caller.given


def test_nothing_secret_is_in_the_log_of_a_server(server, aziza):
    caller = Caller(server.address)
    with caller.http:
        access = sign_in(caller)
        keep_a_book(caller)
        trade_and_talk(caller, aziza)
        open_sockets(server, access)
        caller.call("GET", f"/nothing/?phone={NEW}", 404)
        caller.call("POST", "/api/auth/logout/", 204, json={})
    log = server.log.read_text()
    assert "/api/v1/login/" in log  # it was written while we looked
    assert len(caller.given) >= 8
    assert found_in(log, secrets_of(caller)) == []


def test_a_secret_that_was_logged_would_be_found():
    for shown in ("kanareyka-parol-1", "KANAREYKA-PAROL-1", "kanareyka%2Dparol%2D1"):
        assert found_in(f"said {shown} here", WORDS) == ["password"]
    assert found_in(json.dumps({"q": "kanareyka-elon"}), WORDS) == ["post"]


@pytest.fixture
def gateway():
    fake = FakeEskiz()
    yield fake
    fake.close()


def test_nothing_secret_is_in_the_log_of_a_worker(server, gateway):
    caller = Caller(server.address)
    with caller.http:
        caller.post("/api/auth/request-otp/", 202, phone_number=NEW)
    code = OneTimeCode.objects.get(phone_number=NEW).reveal()
    environment = server.environment | {
        "SMS_GATEWAY": "eskiz",
        "ESKIZ_URL": gateway.url,
        "ESKIZ_EMAIL": gateway.credentials["email"],
        "ESKIZ_PASSWORD": gateway.credentials["password"],
    }
    command = [sys.executable, "manage.py", "worker", "--until-idle"]
    done = subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert code in gateway.seen[-1].form["message"]  # sent, but not told
    caller.given = {"code": code, **gateway.credentials, "token": f"token-{gateway.tokens}"}
    log = done.stderr + done.stdout
    assert "ledger.send_code" in log
    assert found_in(log, secrets_of(caller)) == []
