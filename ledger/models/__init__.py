from ledger.models.codes import CodeCounter, NumberLimit, OneTimeCode, Ticket
from ledger.models.people import NumberHandover, User
from ledger.models.sessions import Session

__all__ = [
    "CodeCounter",
    "NumberHandover",
    "NumberLimit",
    "OneTimeCode",
    "Session",
    "Ticket",
    "User",
]
