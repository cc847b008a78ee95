"""A write: one transaction, and everything it publishes handed over once at its end."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from core import events

P = ParamSpec("P")
R = TypeVar("R")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` as one transaction that tells devices what it changed.

    Nested actions join the outermost one: what they publish is collected and handed over
    once, at the end of the transaction, so that recipients are locked once and in order. Only
    the answer that is kept for a retry (`core.idempotency`) is written after that.
    A nested action that fails takes what it published back with it.
    """
    _refuse_positional_arguments(function)

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = events.current_collection()
        if outer is not None:
            with outer.taken_back_on_error(), transaction.atomic():
                return function(*args, **kwargs)
        with events.collect() as collection, transaction.atomic():
            result = function(*args, **kwargs)
            collection.hand_over()
            return result

    return run


def _refuse_positional_arguments(function: Callable[..., object]) -> None:
    parameters = inspect.signature(function).parameters.values()
    if any(parameter.kind is not parameter.KEYWORD_ONLY for parameter in parameters):
        raise TypeError(f"{function.__qualname__}: an action takes keyword-only arguments.")
