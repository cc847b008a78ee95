"""The product's routes, walked from the URLconf."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    path: str
    view: Any  # the view class, or the function

    @property
    def methods(self) -> list[str]:
        return [method for method in METHODS if hasattr(self.view, method)]


def api_routes() -> list[Route]:
    """Every route under /api/ that a view class of ours serves."""
    return [route for route in _walk(get_resolver()) if route.path.startswith("/api/")]


def all_routes() -> list[Route]:
    return list(_walk(get_resolver()))


def without_names(path: str) -> str:
    """Ids as `{}`, in routes and in tables of calls."""
    parts = path.split("/")
    return "/".join("{}" if part[:1] in ("{", "<") else part for part in parts)


def _walk(resolver: URLResolver, prefix: str = "/") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path)
        elif isinstance(entry, URLPattern):
            yield Route(path, getattr(entry.callback, "view_class", entry.callback))
