from ledger.models.books import Book, BookMember, Role
from ledger.models.checks import LedgerCheck
from ledger.models.codes import CodeCounter, NumberLimit, OneTimeCode, Ticket
from ledger.models.debtors import Account, Debtor
from ledger.models.debts import Debt
from ledger.models.disputes import Dispute
from ledger.models.journal import Entry
from ledger.models.payments import DebtPayment, Payment
from ledger.models.people import NumberHandover, User
from ledger.models.sessions import Session

__all__ = [
    "Account",
    "Book",
    "BookMember",
    "CodeCounter",
    "Debt",
    "DebtPayment",
    "Debtor",
    "Dispute",
    "Entry",
    "LedgerCheck",
    "NumberHandover",
    "NumberLimit",
    "OneTimeCode",
    "Payment",
    "Role",
    "Session",
    "Ticket",
    "User",
]
