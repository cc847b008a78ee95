from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.jobs import BackOff, app
from tests.jobs import queue

AddTask = Callable[..., str]


@pytest.fixture(autouse=True)
def _empty_queue(db: None) -> None:
    queue.empty()


@pytest.fixture
def add_task() -> Iterator[AddTask]:
    """Makes a function a task for the length of the test; gives its name."""
    names: list[str] = []

    def add(function: Callable[..., Any], **options: Any) -> str:
        name = f"tests.{function.__name__}"
        app.task(name=name, **{"retry": BackOff(), **options})(function)
        names.append(name)
        return name

    yield add
    for name in names:
        del app.tasks[name]
