"""What the other side of a talk was told of an account that is deleted since."""

from datetime import datetime
from typing import Any

from core.events import Kinds
from messaging.actions.forgetting import Blank


class Departed(Blank):
    """Shows the account without its name, its words and what its posts said, to the other side
    of one of its talks."""

    def __init__(self, account_id: int, thread_id: int, deleted_at: datetime) -> None:
        super().__init__({"thread": thread_id, "sender": account_id}, deleted_at)
        self.account_id = account_id

    @property
    def kinds(self) -> Kinds:
        thread = {"peer": {"id": self.account_id}}
        post = {"author": {"id": self.account_id}}
        told = {"thread.created": thread, "thread.changed": thread, "post.changed": post}
        return {**super().kinds, **told}

    def event(self, event: str, data: dict[str, Any]) -> dict[str, Any] | None:
        return self._post(data) if event == "post.changed" else self.answer(data)

    def _thread(self, data: dict[str, Any]) -> dict[str, Any] | None:
        blank, peer = super()._thread(data), data["peer"]
        if peer["id"] != self.account_id:
            return blank
        return {**(blank or data), "peer": {**peer, "full_name": ""}}

    def _post(self, data: dict[str, Any]) -> dict[str, Any]:
        """As a deleted post: its id and title stay."""
        author = {**data["author"], "company_name": "", "is_verified": False}
        text: dict[str, Any] = {"body": "", "part_number": None, "brand": None, "images": []}
        return {**data, "author": author, **text}
