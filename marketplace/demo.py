"""The marketplace's part of the demo: dealers, their plans, and 300 posts with pictures."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.demo import LogIn
from marketplace.actions.image_files import written
from marketplace.actions.profiles import edit_profile, open_profile, set_flag
from marketplace.actions.searches import save_search
from marketplace.actions.subscriptions import grant_subscription, subscribe
from marketplace.demo_pictures import HEIGHT, WIDTH, draw_picture
from marketplace.models import B2BPost, MonthlyUsage, PostImage, PostStatus
from marketplace.queries.folded import folded
from marketplace.queries.months import month_of
from marketplace.queries.standing import read_standing

POSTS, SMALL_WIDTH = 300, 240
LIFETIME = timedelta(days=30)


class Dealer(NamedTuple):
    number: str
    name: str
    company: str
    region: str
    plan: str
    share: int  # of a hundred posts
    is_verified: bool


# The first is somebody of the ledger's demo, where it was made.
CHAROS = "+998901110003"
DEALERS = [
    Dealer(CHAROS, "Charos Yusupova", "Charos Avto", "UZ-TK", "pro", 8, True),
    Dealer("+998901110101", "Farhod Ergashev", "Ergash Motors", "UZ-SA", "premium", 30, True),
    Dealer("+998901110102", "Нодира Каримова", "Қўқон эҳтиёт қисм", "UZ-FA", "premium", 26, True),
    Dealer("+998901110103", "Gʻayrat Shodiyev", "Gʻallaorol Un", "UZ-JI", "premium", 20, False),
    Dealer("+998901110104", "Xurshid Oʻrinov", "Xorazm Detal", "UZ-XO", "premium", 16, False),
]
# Waits for an operator to enable it and to activate its plan.
WAITING = Dealer("+998901110105", "Jamshid Tursunov", "Buxoro Shina", "UZ-BU", "basic", 0, False)

# Title, words, shape of the picture, price in so'm, number; in the scripts that people use.
PARTS = [
    ("Tormoz kolodkasi", "Old tormoz kolodkalari, asl, qutida.", 1, 380_000, "04465-02220"),
    ("Тормоз диски", "Олди, вентиляцияланган, жуфти билан.", 0, 610_000, "43512-06010"),
    ("Moy filtri", "Dona va ulgurji. Yetkazib berish bor.", 2, 45_000, "90915-YZZD2"),
    ("Амортизатор передний", "Масляный, левый и правый, гарантия.", 3, 720_000, "48510-80484"),
    ("Akkumulyator 60 Ah", "Bir yil kafolat, eskisini olamiz.", 4, 890_000, "АКБ-60-R"),
    ("Havo filtri", "Original va dublikat, koʻp boʻlsa arzon.", 2, 60_000, "17801-21050"),
    ("Şarnir", "Yangi, qutisida; oʻrnatib beramiz.", 3, 240_000, "43430-0K020"),
    ("Стартер", "Реставрация, гарантия 6 месяцев.", 4, 1_150_000, "28100-22051"),
]
GOODS = [
    ("Un oliy nav", "Qoʻqon tegirmoni, 50 kg qopda.", 5, 265_000, None),
    ("Ун биринчи нав", "Ғаллаорол, 50 кг, машинада 20 тонна.", 5, 240_000, None),
    ("Shakar", "50 kg, zavoddan toʻgʻri.", 5, 560_000, None),
    ("Guruch lazer", "Xorazm, yangi hosil, 25 kg.", 5, 400_000, None),
]
BRANDS = [("Toyota", "#c8102e"), ("Chevrolet", "#d1a400"), ("Hyundai", "#00287a"),
          ("Kia", "#6b1f2a"), ("Nissan", "#55585c"), ("Lada", "#0f6ab4")]  # fmt: skip
MILL_COLOUR = "#2f7d4f"
EVERY_PICTURED = 3  # one post in so many has a picture


def log_ins() -> list[LogIn]:
    """The dealers who are there and whom nobody else names."""
    others = [dealer for dealer in (*DEALERS, WAITING) if dealer.number != CHAROS]
    numbers = [dealer.number for dealer in others]
    people = get_user_model()._default_manager.filter(phone_number__in=numbers)
    there = set(people.values_list("phone_number", flat=True))
    return [
        LogIn(dealer.number, f"{dealer.company}: " + ("waits to be enabled", "posts")[is_dealer])
        for dealer in others
        if dealer.number in there
        for is_dealer in [dealer is not WAITING]
    ]


def fill(now: datetime, password: str) -> None:
    """Dealers who are not there, and once all that they have to sell."""
    hashed = make_password(password)
    accounts = {dealer: _account(dealer, hashed) for dealer in (*DEALERS, WAITING)}
    if not B2BPost.objects.filter(author_id__in=accounts.values()).exists():
        open_market(accounts, now=now)


def _account(dealer: Dealer, hashed: str) -> int:
    person, _is_new = get_user_model()._default_manager.get_or_create(
        phone_number=dealer.number, defaults={"full_name": dealer.name, "password": hashed}
    )
    return int(person.pk)


@transaction.atomic
def open_market(accounts: dict[Dealer, int], *, now: datetime) -> None:
    """Everything, or nothing. Posts are written together, past the action that publishes one:
    what it would have counted is counted here, and nobody is told of what is a month old."""
    for dealer, account_id in accounts.items():
        _open_company(dealer, account_id, now=now)
    posts = list(_posts(accounts, now))
    B2BPost.objects.bulk_create(posts)
    _use_slots(posts, now)
    _take_pictures(posts)
    filters = {"q": "tormoz kolodkasi", "brand": "Toyota"}
    save_search(account_id=accounts[DEALERS[1]], name="Kolodka", filters=filters, now=now)


def _open_company(dealer: Dealer, account_id: int, *, now: datetime) -> None:
    profile = open_profile(account_id=account_id)
    said = {"company_name": dealer.company, "region": dealer.region}
    edit_profile(account_id=account_id, changes=said)
    standing = read_standing(account_id, now=now)
    if dealer is WAITING:
        if standing.waiting is None and standing.running is None:
            subscribe(account_id=account_id, plan=dealer.plan, by=None, reason="", now=now)
        return
    set_flag(profile_ids=[profile.pk], flag="is_enabled", value=True)
    if dealer.is_verified:
        set_flag(profile_ids=[profile.pk], flag="is_verified", value=True)
    if standing.running is None and standing.waiting is None:
        since = now - timedelta(days=1)
        grant_subscription(
            account_id=account_id, plan=dealer.plan, by=None, reason="demo", now=since
        )


def _posts(accounts: dict[Dealer, int], now: datetime) -> Iterator[B2BPost]:
    """The oldest first, over a month; the last few still wait for a moderator."""
    turns = [dealer for dealer in DEALERS for _ in range(dealer.share)]
    for place in range(POSTS):
        dealer = turns[place * 37 % len(turns)]
        at = now - LIFETIME * (POSTS - place) / (POSTS + 10)
        post = B2BPost(author_id=accounts[dealer], region=dealer.region, **_content(place))
        post.status = PostStatus.CLOSED if place % 40 == 11 else PostStatus.PUBLISHED
        if place % 100 == 50:
            post.status, post.reject_reason = PostStatus.REJECTED, "Rasm boshqa detalniki"
        post.created_at = post.updated_at = at
        post.expires_at = at + LIFETIME
        post.usage_period = None if post.status == PostStatus.REJECTED else month_of(at)
        post.reviewed_at = at + timedelta(hours=1) if place < POSTS - 12 else None
        for column, text in folded(post).items():
            setattr(post, column, text)
        yield post


def _content(place: int) -> dict[str, Any]:
    is_part = place % 4 != 3
    title, body, _shape, price, number = _thing(place)
    brand = BRANDS[place // 5 % len(BRANDS)][0] if is_part else None
    kind = "request" if place % 6 == 4 else "offer"
    in_dollars = is_part and place % 9 == 5
    amount = Decimal(price * (90 + place * 7 % 23) // 100_000 * 1000 or price)
    return {
        "kind": kind,
        "title": f"{title} {brand}" if brand else title,
        "body": body,
        "brand": brand,
        "part_number": number,
        "currency": "USD" if in_dollars else "UZS",
        "price": None
        if kind == "request"
        else (amount / 12_500).quantize(Decimal("0.01"))
        if in_dollars
        else amount,
    }


def _thing(place: int) -> tuple[str, str, int, int, str | None]:
    return PARTS[place % len(PARTS)] if place % 4 != 3 else GOODS[place // 4 % len(GOODS)]


def _use_slots(posts: list[B2BPost], now: datetime) -> None:
    used = Counter((post.author_id, post.usage_period) for post in posts if post.usage_period)
    for (account_id, period), count in used.items():
        assert period
        plan = read_standing(account_id, now=now).plan
        limit = plan.post_limit if plan else None
        MonthlyUsage.objects.update_or_create(
            user_id=account_id, period=period, defaults={"used": count, "limit": limit}
        )


def _take_pictures(posts: list[B2BPost]) -> None:
    """Few and small: the demo is made while somebody waits for the service to start."""
    with ExitStack() as files:
        images = []
        for place, post in enumerate(posts):
            if place % EVERY_PICTURED == 0:
                colour = BRANDS[place // 5 % len(BRANDS)][1] if post.brand else MILL_COLOUR
                shape = _thing(place)[2]
                full, small = (
                    draw_picture(shape, colour),
                    draw_picture(shape, colour, width=SMALL_WIDTH),
                )
                file, medium, little = files.enter_context(written(full, full, small))
                sizes = {"file": file, "medium": medium, "small": little}
                about = {"width": WIDTH, "height": HEIGHT, "place": 1}
                images.append(PostImage(post=post, created_at=post.created_at, **sizes, **about))
        PostImage.objects.bulk_create(images)
