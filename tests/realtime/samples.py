"""The smallest data that a shape of the contract allows."""

from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

PLAIN = {int: 1, str: "1", bool: False, Any: 1}


def sample(shape: Any) -> Any:
    if is_typeddict(shape):
        return {name: sample(part) for name, part in get_type_hints(shape).items()}
    if get_origin(shape) is Literal:
        return get_args(shape)[0]
    if get_origin(shape) is list:
        return [sample(get_args(shape)[0])]
    if get_origin(shape) is dict:
        return {}
    if NoneType in get_args(shape):
        return sample(get_args(shape)[0])
    return PLAIN[shape]
