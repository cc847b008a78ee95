"""`python -m tests.stack.publishing COUNT BYTES PER_SECOND`: events for accounts named on stdin.

Each event goes to all of them, in transactions of at most 50 recipients as everywhere.
"""

import json
import os
import sys
import time

import django

AT_ONCE = 50


def main(count: int, size: int, per_second: float) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "core.settings")
    django.setup()
    people = json.load(sys.stdin)
    groups = [people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE)]
    started = time.monotonic()
    for number in range(count):
        if per_second:
            time.sleep(max(0.0, started + number / per_second - time.monotonic()))
        for group in groups:
            tell(group, number, "x" * size)


def tell(people: list[int], number: int, filling: str) -> None:
    from core.action import action
    from core.events import publish

    @action
    def write() -> None:
        publish("my_debts.changed", to=people, data={"book": number, "filling": filling})

    write()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
