"""A shop's first day, told in requests: where the examples of the OpenAPI document come from."""

from rest_framework.test import APIClient

from tests.docs.bazaar import ask_about, publish, read_notifications, trade
from tests.docs.telling import Example, Story, signed_in

PASSWORD = "olma-anor-uzum"


def first_day() -> dict[str, Example]:
    """Play the whole story. Needs DEV_OTP."""
    story = Story()
    aziza = join(story)
    bobur = signed_in(sign_up("+998901110002"))
    bobur.patch("/api/auth/me/", {"full_name": "Bobur Aliyev"})
    keep_book(story, aziza)
    owe(story, aziza, bobur)
    hire(story, aziza)
    trade(story, aziza)
    post_id = publish(story, aziza)
    ask_about(story, post_id, seller=aziza, buyer=bobur)
    read_notifications(story, aziza)
    story.tell("post_delete", aziza, "delete", f"/api/b2b/posts/{post_id}/")
    story.tell("subscription_cancel", aziza, "post", "/api/billing/cancel/", {})
    leave(story, aziza)
    return story.examples


def sign_up(phone_number: str) -> str:
    client = APIClient()
    asked = client.post("/api/auth/request-otp/", {"phone_number": phone_number}).json()
    entry = {"phone_number": phone_number, "code": asked["dev_code"]}
    return str(client.post("/api/auth/verify-otp/", entry).json()["tokens"]["access"])


def join(story: Story) -> APIClient:
    anyone = APIClient()
    phone = {"phone_number": "+998901110001"}
    asked = story.tell("auth_request_otp", anyone, "post", "/api/auth/request-otp/", phone)
    entry = {**phone, "code": asked.pop("dev_code")}  # no part of the answer in production
    entered = story.tell("auth_verify_otp", anyone, "post", "/api/auth/verify-otp/", entry)
    word = {"password": PASSWORD, "full_name": "Aziza Karimova", "ticket": entered["ticket"]}
    story.tell("auth_set_password", anyone, "post", "/api/auth/set-password/", word)
    tokens = story.tell("login", anyone, "post", "/api/v1/login/", {**phone, "password": PASSWORD})[
        "tokens"
    ]
    refresh = {"refresh": tokens["refresh"]}
    pair = story.tell("auth_refresh", anyone, "post", "/api/auth/refresh/", refresh)
    aziza = signed_in(pair["access"])
    story.tell("me", aziza, "get", "/api/auth/me/")
    story.tell("me_update", aziza, "patch", "/api/auth/me/", {"language": "uz"})
    sessions = story.tell("sessions", aziza, "get", "/api/auth/sessions/")
    other = next(s for s in sessions if not s["is_current"])
    story.tell("session_end", aziza, "delete", f"/api/auth/sessions/{other['id']}/")
    return aziza


def keep_book(story: Story, aziza: APIClient) -> None:
    story.tell("books", aziza, "get", "/api/v1/books/")
    own = aziza.get("/api/v1/books/").json()[0]["id"]
    story.tell("book", aziza, "get", f"/api/v1/books/{own}/")
    settings = {"name": "Aziza savdo", "currencies": ["UZS", "USD"]}
    story.tell("book_update", aziza, "patch", f"/api/v1/books/{own}/", settings)
    person = {"full_name": "Bobur Aliyev", "phone_number": "+998901110002"}
    debtor = story.tell("user_create", aziza, "post", "/api/v1/users/", person)["id"]
    path = f"/api/v1/user/{debtor}/"
    story.tell("user", aziza, "get", path)
    story.tell("user_update", aziza, "patch", path, {"note": "Do‘kon yonidagi uy"})
    story.tell("user_replace", aziza, "put", path, {**person, "note": "Do‘kon yonidagi uy"})
    first = {"user": debtor, "amount": "150000.00", "description": "Un, 2 qop"}
    debt = story.tell("debt_create", aziza, "post", "/api/v1/debts/", first)["id"]
    aziza.post("/api/v1/debts/", {"user": debtor, "amount": "50000.00"})
    due = {"due_date": "2027-01-31"}
    story.tell("debt_update", aziza, "patch", f"/api/v1/debts/{debt}/", due)
    paid = {"user": debtor, "amount": "175000.00", "description": "Naqd"}
    payment = story.tell("payment_create", aziza, "post", "/api/v1/payments/", paid)["id"]
    for operation, place in [
        ("users", "/api/v1/users/"),
        ("debts", "/api/v1/debts/"),
        ("debt", f"/api/v1/debts/{debt}/"),
        ("payments", "/api/v1/payments/"),
        ("payment", f"/api/v1/payments/{payment}/"),
        ("user_statement", f"{path}statement/"),
        ("report_summary", "/api/v1/reports/summary/"),
        ("report_aging", "/api/v1/reports/aging/"),
    ]:
        story.tell(operation, aziza, "get", place)
    today = story.examples["user_statement"]["response"]["to"]
    daily = f"/api/v1/reports/daily/?from={today}&to={today}"
    story.tell("report_daily", aziza, "get", daily)


def owe(story: Story, aziza: APIClient, bobur: APIClient) -> None:
    mine = story.tell("my_debts", bobur, "get", "/api/v1/my/debts/")
    debt = mine[0]["debts"][0]["id"]
    reason = {"reason": "Men bir qop olganman."}
    story.tell("my_debt_dispute", bobur, "post", f"/api/v1/my/debts/{debt}/dispute/", reason)
    note = {"note": "Ikkinchi qop uchun imzo bor."}
    resolve = f"/api/v1/debts/{debt}/dispute/resolve/"
    story.tell("debt_dispute_resolve", aziza, "post", resolve, note)
    write_off = f"/api/v1/debts/{debt}/write-off/"
    story.tell("debt_write_off", aziza, "post", write_off, {"reason": "Kelishildi"})
    story.tell("debt_write_off_take_back", aziza, "delete", write_off)
    payment = aziza.get("/api/v1/payments/").json()[0]
    story.tell("payment_void", aziza, "delete", f"/api/v1/payments/{payment['id']}/")
    for row in aziza.get("/api/v1/debts/").json():
        story.tell("debt_void", aziza, "delete", f"/api/v1/debts/{row['id']}/")
    debtor = payment["user"]
    aziza.post("/api/v1/payments/", {"user": debtor, "amount": "20000.00"})
    refund = {"amount": "20000.00", "description": "Qaytim"}
    story.tell("user_refund", aziza, "post", f"/api/v1/user/{debtor}/refund/", refund)
    story.tell("user_archive", aziza, "delete", f"/api/v1/user/{debtor}/")


def hire(story: Story, aziza: APIClient) -> None:
    helper = {"phone_number": "+998901110002", "role": "cashier"}
    member = story.tell("member_add", aziza, "post", "/api/v1/book/members/", helper)
    story.tell("members", aziza, "get", "/api/v1/book/members/")
    story.tell("member_remove", aziza, "delete", f"/api/v1/book/members/{member['id']}/")


def leave(story: Story, aziza: APIClient) -> None:
    new = {"phone_number": "+998901110009"}
    asked = APIClient().post("/api/auth/request-otp/", new).json()
    move = {**new, "code": asked["dev_code"]}
    story.tell("change_phone", aziza, "post", "/api/auth/change-phone/", move)
    story.tell("logout", aziza, "post", "/api/auth/logout/", {})
    login = {**new, "password": PASSWORD}
    access = APIClient().post("/api/v1/login/", login).json()["tokens"]["access"]
    story.tell("me_delete", signed_in(access), "delete", "/api/auth/me/", {"password": PASSWORD})
