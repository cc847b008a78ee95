"""Connections that break while events come, under every way to serve."""

import json
import random
import subprocess

import pytest

from scripts.stack import Stack
from tests.stack.checking import assert_all_heard_everything
from tests.stack.crowd import Crowd, Person

PUBLISHING = ("-m", "tests.stack.publishing")


def follow_through_drops(stack: Stack, *, devices: int, events: int, drops: int) -> Crowd:
    """Each device loses its connection `drops` times on average, at random moments."""
    people = stack.sign_in(devices, first=1000)
    crowd = Crowd(stack.socket_url, people, longest_pause_seconds=0.5)
    with crowd, begin_publishing(stack, crowd.people, events=events, per_second=0) as publishing:
        for milestone in range(1, drops * 4 + 1):
            reached = sorted({events * milestone // (drops * 4 + 1)})
            crowd.wait_until(
                lambda reached=reached: (
                    sum(len(d.heard) for d in crowd.devices) >= reached[0] * devices
                    or publishing.poll() is not None
                ),
                seconds=300,
            )
            crowd.drop(crowd.some(0.25))
        assert publishing.wait(300) == 0
        assert_all_heard_everything(stack, crowd, seconds=60)
    return crowd


def begin_publishing(
    stack: Stack, people: list[Person], *, events: int, per_second: float, size: int = 10
) -> "subprocess.Popen[str]":
    publishing = stack.begin(*PUBLISHING, str(events), str(size), str(per_second))
    assert publishing.stdin is not None
    publishing.stdin.write(json.dumps([person["id"] for person in people]))
    publishing.stdin.close()
    return publishing


def test_no_event_is_lost_doubled_or_overtaken(any_stack: Stack) -> None:
    crowd = follow_through_drops(any_stack, devices=20, events=200, drops=3)
    assert all(len(device.heard) == 200 for device in crowd.devices)
    # Three drops a device are meant; a quick machine is done before all of them were noticed.
    assert sum(device.welcomes - 1 for device in crowd.devices) >= 5


@pytest.mark.prove
def test_200_devices_hear_1000_events_each_through_5_drops(
    any_stack: Stack, figures: list[str]
) -> None:
    random.seed(7)
    crowd = follow_through_drops(any_stack, devices=200, events=1000, drops=5)
    assert all(len(device.heard) == 1000 for device in crowd.devices)
    drops = sum(device.welcomes - 1 for device in crowd.devices)
    server = f"{any_stack.layout.live_server}, {len(any_stack.named('live'))} live"
    figures.append(f"200 devices x 1,000 events, {drops} drops: all, in order, once ({server})")
    assert drops >= 800


def test_a_burst_of_a_thousand_arrives_whole(stack: Stack) -> None:
    [person] = stack.sign_in(1, first=1900)
    with Crowd(stack.socket_url, [person], per_person=2) as crowd:
        assert begin_publishing(stack, crowd.people, events=1000, per_second=0).wait(120) == 0
        assert_all_heard_everything(stack, crowd, seconds=30)
        assert [len(device.heard) for device in crowd.devices] == [1000, 1000]
