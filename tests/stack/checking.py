"""What must be true at the end, whatever happened in between."""

from collections.abc import Iterable, Sequence

from scripts.stack import Stack
from tests.stack.crowd import Crowd, Person
from tests.stack.writers import Writers

HEADS = "SELECT user_id, head FROM realtime_stream WHERE user_id = ANY(%s)"
HEARD_WITHIN_SECONDS = 10


def heads(stack: Stack, people: Iterable[Person]) -> dict[int, int]:
    """Where each account's stream ends now."""
    return dict(stack.select(HEADS, [person["id"] for person in people]))  # type: ignore[arg-type]


def assert_all_heard_everything(stack: Stack, crowd: Crowd, *, seconds: float) -> float:
    """Every device has its stream to the end, in order and without gap or repeat.

    Gives the seconds that the last of them took.
    """
    took = crowd.wait_for(heads(stack, crowd.people), seconds)
    assert [device.heard for device in crowd.devices if not device.is_in_order_and_whole] == []
    return took


def assert_every_acknowledged_write_was_heard_once(crowd: Crowd, writers: Writers) -> None:
    taken = {shop.person["id"]: sorted(shop.taken) for shop in writers.shops}
    assert [shop.strange for shop in writers.shops if shop.strange] == []
    for device in crowd.devices:
        heard = sorted(number for _seq, event, number in device.heard if event == "debt.created")
        assert heard == taken[device.person["id"]]


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
