"""What our own document says that each call takes."""

from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

from tests.security.calls import Call
from tests.security.routes import without_names

Schema = dict[str, Any]


@cache
def operations() -> dict[tuple[str, str], Schema]:
    """By method and path, ids as `{}`."""
    return {
        (method, without_names(path)): operation
        for path, members in document()["paths"].items()
        for method, operation in members.items()
        if isinstance(operation, dict)
    }


@cache
def document() -> Schema:
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def operation_of(call: Call) -> Schema:
    """Empty for the few routes that are no operations: pages of documents."""
    return operations().get((call.method, without_names(call.path.partition("?")[0])), {})


def body_fields(call: Call) -> dict[str, Schema]:
    """The members of a JSON body."""
    content = operation_of(call).get("requestBody", {}).get("content", {})
    return members(content.get("application/json", {}).get("schema", {}))


def members(schema: Schema) -> dict[str, Schema]:
    properties = resolved(schema).get("properties", {})
    return {name: resolved(inner) for name, inner in properties.items()}


def resolved(schema: Schema) -> Schema:
    """Without references, and with the one schema of a list of alternatives of one."""
    if "$ref" in schema:
        return resolved(document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "allOf" in schema:
        return resolved(schema["allOf"][0]) | {"nullable": schema.get("nullable", False)}
    return schema
