"""What is measured. Each function makes people and rows ready and gives the act itself, which is
called with 0, 1, 2 … and takes them in turn."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from benchmarks.ledger_rows import access_of
from benchmarks.ledger_shop import DEBT, Shop, open_shop

Act = Callable[[int], object]

DEBTORS = 100
PAYMENTS_EACH = 26  # of what one measuring takes: 2,420
TALKS = 20
TEXT = "Assalomu alaykum, hali bormi? Ertaga olsam bo'ladimi?"
_people = count(1)


def people(number: int) -> list[Any]:
    from ledger.models import User

    return [
        User.objects.create(phone_number=f"+99890{next(_people):07}", full_name="Bobur Aliyev")
        for _ in range(number)
    ]


def shop_of_known_debtors(*, debts_each: int) -> Shop:
    """Each debtor has an account with the number that the book holds: it hears of everything."""
    from ledger.models import Debtor

    shop = open_shop(debtors=DEBTORS, debts_each=debts_each)
    for debtor_id, person in zip(shop.debtor_ids, people(DEBTORS), strict=True):
        name = {"full_name": person.full_name, "folded_name": "bobur aliyev"}
        Debtor.objects.filter(pk=debtor_id).update(phone_number=person.phone_number, **name)
    return shop


def keeper_of(shop: Shop) -> Any:
    from ledger.actions.books import Membership
    from ledger.models import Role

    return Membership(shop.owner_id, shop.owner_id, Role.OWNER)


def lending() -> Act:
    from django.utils import timezone

    from ledger.actions.debts import create_debt

    shop = shop_of_known_debtors(debts_each=1)
    return lambda number: create_debt(
        membership=keeper_of(shop),
        debtor_id=shop.debtor_ids[number % DEBTORS],
        amount=DEBT,
        description="Un, 2 qop",
        now=timezone.now(),
    )


def paying(*, debts: int) -> Act:
    from django.utils import timezone

    from ledger.actions.payments import record_payment

    shop = shop_of_known_debtors(debts_each=debts * PAYMENTS_EACH)
    return lambda number: record_payment(
        membership=keeper_of(shop),
        debtor_id=shop.debtor_ids[number % DEBTORS],
        amount=Decimal(debts) * DEBT,
        now=timezone.now(),
    )


def talks() -> list[tuple[int, tuple[int, int]]]:
    """Threads, each with its two sides."""
    from django.utils import timezone

    from marketplace.models import B2BPost
    from messaging.actions.threads import start_thread

    now, begun = timezone.now(), []
    for seller, buyer in zip(people(TALKS), people(TALKS), strict=True):
        post = B2BPost.objects.create(
            author=seller, kind="offer", title="Filtr", expires_at=now + timedelta(days=1)
        )
        thread = start_thread(account_id=buyer.pk, post_id=post.pk, text=None, now=now).thread
        begun.append((int(thread["id"]), (seller.pk, buyer.pk)))
    return begun


def talking(*, told: Callable[..., object] = lambda **_: None) -> Act:
    """The sides take turns; `told` is called with each message's thread, reader and number."""
    from django.utils import timezone

    from messaging.actions.messages import send_message

    begun = talks()

    def act(number: int) -> None:
        thread_id, sides = begun[number % TALKS]
        sender, reader = sides if number // TALKS % 2 else reversed(sides)
        about = {"account_id": sender, "thread_id": thread_id, "client_id": uuid4()}
        sent = send_message(**about, text=TEXT, now=timezone.now())
        told(account_id=reader, thread_id=thread_id, up_to=sent.message.number)

    return act


def reading_at_once() -> Act:
    from django.utils import timezone

    from messaging.actions.receipts import mark_read

    return talking(told=lambda **message: mark_read(**message, now=timezone.now()))


def appending() -> Act:
    """An event as large as a message's, and nothing else."""
    from django.utils import timezone

    from core.action import action
    from core.events import publish
    from messaging.serializers.chat_events import message_data
    from messaging.serializers.chat_rows import MessageRow

    readers = [person.pk for person in people(DEBTORS)]

    @action
    def tell(*, number: int) -> None:
        row = MessageRow(number, 1, number, 1, TEXT, uuid4(), timezone.now(), None, None)
        publish("message.created", to=[readers[number % DEBTORS]], data=message_data(row))

    return lambda number: tell(number=number)


def posting_payments(*, with_keys: bool = False) -> Act:
    shop = shop_of_known_debtors(debts_each=PAYMENTS_EACH)
    client = client_of(shop)

    def act(number: int) -> None:
        body = {"user": shop.debtor_ids[number % DEBTORS], "amount": str(DEBT)}
        headers = {"Idempotency-Key": str(uuid4())} if with_keys else {}
        answer = client.post(
            "/api/v1/payments/", json.dumps(body), "application/json", headers=headers
        )
        assert answer.status_code == 201, answer.content

    return act


def listing() -> Act:
    client = client_of(shop_of_known_debtors(debts_each=50))

    def act(_number: int) -> None:
        answer = client.get("/api/v1/debts/?limit=50")
        assert answer.status_code == 200, answer.content

    return act


def client_of(shop: Shop) -> Any:
    """Signed in as the keeper."""
    from django.test import Client

    token = access_of(shop.owner_id)
    return Client(headers={"Authorization": f"Bearer {token}", "Host": "127.0.0.1"})
