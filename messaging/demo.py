"""The chat's part of the demo: what buyers asked the dealers, one of them just now."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db import transaction

from marketplace.models import B2BPost
from messaging.actions.messages import send_message
from messaging.actions.receipts import mark_read
from messaging.actions.threads import start_thread
from messaging.models import ChatThread

AZIZA, BOBUR, CHAROS = "+998901110001", "+998901110002", "+998901110003"
FARHOD = "+998901110101"


class Line(NamedTuple):
    minutes_ago: int
    is_buyers: bool
    text: str


class Talk(NamedTuple):
    """`read`: how many of the lines each side has read, the buyer first."""

    buyer: str
    seller: str
    lines: tuple[Line, ...]
    read: tuple[int, int]


TALKS = (
    Talk(
        BOBUR,
        CHAROS,
        (
            Line(190, True, "Assalomu alaykum, shu hali bormi?"),
            Line(186, False, "Va alaykum assalom, bor. Nechta kerak?"),
            Line(185, True, "2 ta. Ertaga olib ketsam bo‘ladimi? 🙏"),
            Line(181, False, "Албатта, соат 18:00 гача очиқмиз"),
            Line(4, True, "Rahmat, yo‘ldaman"),
        ),
        (4, 4),
    ),
    Talk(
        AZIZA,
        FARHOD,
        (
            Line(1450, True, "Ulgurji narxi qancha bo‘ladi?"),
            Line(1380, False, "10 donadan 7% chegirma"),
        ),
        (1, 2),
    ),
    Talk(AZIZA, CHAROS, (Line(35, True, "Есть доставка в Самарканд?"),), (0, 0)),
)


def fill(now: datetime, password: str) -> None:
    """Talks between those of the demo who are there, about posts that are on show."""
    people = get_user_model()._default_manager.filter(
        phone_number__in=[AZIZA, BOBUR, CHAROS, FARHOD]
    )
    accounts = dict(people.values_list("phone_number", "pk"))
    buyers = [accounts[talk.buyer] for talk in TALKS if talk.buyer in accounts]
    if ChatThread.objects.filter(buyer_id__in=buyers).exists():
        return
    for talk in TALKS:
        if talk.buyer in accounts and talk.seller in accounts:
            hold_talk(talk, accounts[talk.buyer], accounts[talk.seller], now=now)


@transaction.atomic
def hold_talk(talk: Talk, buyer_id: int, seller_id: int, *, now: datetime) -> None:
    """Each line at its minute. Nothing where the seller shows nothing."""
    shown = B2BPost.objects.on_show(now=now).filter(author_id=seller_id).order_by("-pk")
    post_id = shown.values_list("pk", flat=True).first()
    if post_id is None:
        return
    begun = now - timedelta(minutes=talk.lines[0].minutes_ago + 1)
    thread = start_thread(account_id=buyer_id, post_id=post_id, text=None, now=begun).thread
    for number, line in enumerate(talk.lines, 1):
        send_message(
            account_id=buyer_id if line.is_buyers else seller_id,
            thread_id=thread["id"],
            text=line.text,
            now=now - timedelta(minutes=line.minutes_ago),
        )
        for reader, up_to in zip((buyer_id, seller_id), talk.read, strict=True):
            if number == up_to:
                mark_read(account_id=reader, thread_id=thread["id"], up_to=up_to, now=now)
