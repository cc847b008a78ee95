"""The OpenAPI document: what every operation has in common is said once, here."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from drf_spectacular.openapi import AutoSchema as FrameworkAutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.permissions import AllowAny

from core.errors import PROBLEM_TYPE
from core.serializers import ProblemSerializer

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1–255 visible characters. The same key and body again: the first answer again.",
)
LIST_PARAMETERS = [
    OpenApiParameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": 200}, description="Rows a page."
    ),
    OpenApiParameter("cursor", str, description="Opaque; from the `Link` header."),
    OpenApiParameter(
        "count",
        {"type": "string", "enum": ["0", "1", "true", "false"]},
        description="`1` adds `X-Total-Count`.",
    ),
]
SENTENCES = {
    400: "The request is not valid.",
    401: "Sign in first; the token is missing, wrong or of an ended session.",
    403: "Known, but not allowed.",
    404: "Absent, or not yours.",
    405: "This method is not allowed here.",
    409: "In conflict with the present state.",
    413: "The body is too large.",
    415: "The content type is not taken.",
    422: "The Idempotency-Key was used with another body.",
    429: "Too many requests; see `Retry-After`.",
    503: "The database is away; nothing was changed.",
}


def problem(status: int, *codes: str) -> dict[tuple[int, str], OpenApiResponse]:
    """One refusal for `extend_schema(responses={...} | problem(409, "already_paid"))`."""
    named = f" Codes: {', '.join(f'`{code}`' for code in codes)}." if codes else ""
    return {
        (status, PROBLEM_TYPE): OpenApiResponse(
            ProblemSerializer, description=SENTENCES[status] + named
        )
    }


class AutoSchema(FrameworkAutoSchema):
    """Adds the refusals and headers that follow from an operation's own shape."""

    def get_tags(self) -> list[str]:
        """One chapter a part of the product."""
        if self.path.startswith(("/api/auth/", "/api/v1/login/")):
            return ["account"]
        part = self.path.removeprefix("/api/").split("/")[0]
        return ["ledger" if part == "v1" else part]

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters() or [])
        handler = getattr(self.view, self.method.lower(), None)
        if getattr(handler, "retry_safe", False):
            parameters.append(IDEMPOTENCY_KEY)
        return parameters

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation:
            for status in self._common_refusals(operation):
                operation["responses"].setdefault(str(status), self._problem(status))
        return operation

    def _common_refusals(self, operation: dict[str, Any]) -> Iterator[int]:
        yield from (405, 503)
        if "requestBody" in operation:
            yield from (400, 413, 415)
        if any(p["in"] != "path" for p in operation.get("parameters", [])):
            yield 400
        if any(p["in"] == "path" for p in operation.get("parameters", [])):
            yield 404
        if not any(isinstance(p, AllowAny) for p in self.view.get_permissions()):
            yield 401
        if any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", [])):
            yield from (409, 422)

    def _problem(self, status: int) -> dict[str, Any]:
        component = self.resolve_serializer(ProblemSerializer, "response")
        return {
            "description": SENTENCES[status],
            "content": {PROBLEM_TYPE: {"schema": component.ref}},
        }


def add_examples(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A post-processing hook: the answers in `docs/examples.json`, recorded from real ones."""
    recorded = json.loads((settings.BASE_DIR / "docs" / "examples.json").read_text())
    for path in result["paths"].values():
        for operation in path.values():
            if example := recorded.get(operation["operationId"]):
                _attach(operation, example)
    return result


def _attach(operation: dict[str, Any], example: dict[str, Any]) -> None:
    if example["request"] is not None:
        for content in operation.get("requestBody", {"content": {}})["content"].values():
            content["example"] = example["request"]
    response = operation["responses"][str(example["status"])]
    for content in response.get("content", {}).values():
        content["example"] = example["response"]
