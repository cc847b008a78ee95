"""Threads and messages as queries give them: what the shapes of the API are made from."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class MessageRow(NamedTuple):
    id: int
    thread_id: int
    number: int
    sender_id: int
    text: str | None
    client_id: UUID | None
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None


@dataclass
class Side:
    """One participant's part of a thread's row. A deleted account `has_left`."""

    user_id: int
    full_name: str
    read_up_to: int
    unread_count: int
    has_blocked: bool
    has_left: bool
    paced_at: datetime | None


@dataclass
class ThreadRow:
    """A thread. An action that holds its lock changes it here, then has it written."""

    id: int
    post_id: int
    post_title: str
    last_number: int
    updated_at: datetime
    buyer: Side
    seller: Side

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.buyer, self.seller

    @property
    def participants(self) -> list[int]:
        """Whom devices and notifications can reach."""
        return [side.user_id for side in self.sides if not side.has_left]

    @property
    def is_blocked(self) -> bool:
        """By either."""
        return self.buyer.has_blocked or self.seller.has_blocked

    def side_of(self, account_id: int) -> Side:
        return self.buyer if self.buyer.user_id == account_id else self.seller

    def peer_of(self, account_id: int) -> Side:
        return self.seller if self.buyer.user_id == account_id else self.buyer
