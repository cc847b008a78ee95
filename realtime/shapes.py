"""What events carry, field by field, as the API contract has it. More fields may come."""

from typing import Any, Literal, TypedDict

Currency = Literal["UZS", "USD"]
Money = str  # a decimal string with two places
Time = str  # ISO 8601, six fractional digits, +05:00


class Message(TypedDict):
    id: int
    thread: int
    number: int
    sender: int
    text: str | None
    client_id: str | None
    created_at: Time
    edited_at: Time | None
    deleted_at: Time | None


class MessageRead(TypedDict):
    thread: int
    user: int
    read_up_to: int


class ThreadPost(TypedDict):
    id: int
    title: str


class Peer(TypedDict):
    id: int
    full_name: str


class Thread(TypedDict):
    """As its reader sees it."""

    id: int
    post: ThreadPost
    peer: Peer
    last_message: Message | None
    unread_count: int
    read_up_to: int
    peer_read_up_to: int
    is_blocked: bool
    updated_at: Time


class Notification(TypedDict):
    id: int
    kind: str
    title: str
    body: str
    data: dict[str, Any]
    count: int
    is_read: bool
    created_at: Time
    updated_at: Time


class NotificationsRead(TypedDict):
    """`ids` null: all of them."""

    ids: list[int] | None
    unread: int


class Balance(TypedDict):
    currency: Currency
    open_total: Money
    credit_balance: Money


class BookUser(TypedDict):
    """A debtor, with the book it stands in."""

    id: int
    full_name: str
    phone_number: str | None
    credit_balance: Money
    balances: list[Balance]
    note: str | None
    created_at: Time
    book: int


class IdInBook(TypedDict):
    id: int
    book: int


class UserInBook(TypedDict):
    """Fetch by REST: one write touched more rows than are told one by one."""

    user: int
    book: int


class Book(TypedDict):
    book: int


class BookDebt(TypedDict):
    id: int
    user: int
    full_name: str
    phone_number: str | None
    amount: Money
    remaining: Money
    written_off: Money
    status: Literal["pending", "partially_paid", "paid"]
    description: str
    created_at: Time
    occurred_at: Time
    currency: Currency
    due_date: str | None
    is_disputed: bool
    book: int


class BookPayment(TypedDict):
    id: int
    user: int
    full_name: str
    phone_number: str | None
    amount: Money
    description: str | None
    created_at: Time
    occurred_at: Time
    currency: Currency
    credited: Money
    refunded: Money
    book: int


class Voided(TypedDict):
    id: int
    user: int
    book: int


class Dispute(TypedDict):
    id: int
    debt: int
    reason: str
    note: str | None
    created_at: Time
    resolved_at: Time | None


class MyDebt(TypedDict):
    """A debt as its debtor sees it."""

    id: int
    amount: Money
    remaining: Money
    status: Literal["pending", "partially_paid", "paid"]
    description: str
    created_at: Time
    due_date: str | None
    is_disputed: bool
    book: int
    currency: Currency


class MyPayment(TypedDict):
    id: int
    book: int
    amount: Money
    currency: Currency
    created_at: Time


class Author(TypedDict):
    id: int
    company_name: str
    is_verified: bool


class PostImage(TypedDict):
    """The two smaller ones are null until they are made."""

    id: int
    url: str
    width: int
    height: int
    medium_url: str | None
    small_url: str | None


class Post(TypedDict):
    id: int
    author: Author
    kind: Literal["offer", "request"]
    title: str
    body: str
    part_number: str | None
    brand: str | None
    price: Money | None
    currency: Currency | None
    region: str | None
    status: Literal["published", "closed", "expired", "rejected"]
    images: list[PostImage]
    created_at: Time
    updated_at: Time
    expires_at: Time


class Plan(TypedDict):
    code: str
    name: str
    price: Money
    currency: Currency
    period_days: int
    post_limit: int | None
    features: dict[str, Any]


class Usage(TypedDict):
    period: str
    used: int
    limit: int | None
    remaining: int | None
    resets_at: Time


class BillingMe(TypedDict):
    plan: Plan | None
    status: Literal["active", "grace", "pending", "expired", "cancelled", "none"]
    starts_at: Time | None
    ends_at: Time | None
    next: Plan | None
    usage: Usage
