"""The whole product as processes: `make test-stack`. Nothing here uses the tests' own database."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.stack import Layout, Stack

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.stack)


FIGURES: list[str] = []


@pytest.fixture
def figures() -> list[str]:
    """What a test measured, a line each; printed after the run."""
    return FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("figures")
        terminalreporter.write_line("\n".join(FIGURES))


@pytest.fixture(scope="session")
def whole_stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


@pytest.fixture
def stack(whole_stack: Stack) -> Iterator[Stack]:
    """Everything as production runs it, whatever the test before has killed or frozen."""
    whole_stack.mend()
    yield whole_stack
    whole_stack.mend()


@pytest.fixture(scope="session")
def stack_of_one() -> Iterator[Stack]:
    """One process without Redis behind the same proxy."""
    with Stack(Layout.smallest()) as stack:
        yield stack


@pytest.fixture(params=["stack", "one process without Redis", "daphne", "one daphne without Redis"])
def any_stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    """Every way to serve sockets."""
    if request.param == "stack":
        yield request.getfixturevalue("stack")
    elif request.param == "one process without Redis":
        yield request.getfixturevalue("stack_of_one")
    else:
        layout = Layout(live_server="daphne")
        with Stack(layout if request.param == "daphne" else Layout.smallest("daphne")) as stack:
            yield stack


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    """Somebody who has not signed in, through the proxy."""
    with httpx.Client(base_url=stack.url, timeout=30, trust_env=False) as client:
        yield client
