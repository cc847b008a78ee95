"""The README's tour as somebody takes it: in one shell, then in two terminals."""

import sys
from contextlib import AbstractContextManager

from tests.docs.terminal import Terminal, blocks_of, paste, terminal

TOUR = blocks_of("README.md")


def walk(base: str) -> str:
    """The blocks of the first terminal; the phone number that it made up."""
    blocks = [TOUR[name] for name in ("sign in", "debt book", "market")]
    printed = paste("ACCESS=", *blocks, 'echo "PHONE=$PHONE"', BASE=base)
    assert '"request_id"' not in printed, printed  # which only problems have
    return printed.rpartition("PHONE=")[2].strip()


def talking(name: str, **environment: str) -> AbstractContextManager[Terminal]:
    """The terminal of one who talks; the Python is that of the tests."""
    line = TOUR[name].replace(".venv/bin/python", f"'{sys.executable}'")
    return terminal("bash", "-c", f"exec {line}", **environment)


def talk(dealer: Terminal, buyer: Terminal) -> None:
    assert dealer.shows("hali bormi?")
    assert buyer.shows("you: ")
    dealer.type("Bor, nechta kerak?")
    assert buyer.shows("Charos Yusupova: Bor, nechta kerak?")
    buyer.type("Ikkita")
    assert dealer.shows("Aziza Karimova: Ikkita")
