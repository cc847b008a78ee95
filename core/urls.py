"""Every path, with its slash; `core.middleware` lets the other spelling in."""

import mimetypes

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import URLPattern, include, path, re_path

from core import docs, errors, health

handler400 = "core.errors.handler400"
handler403 = "core.errors.handler403"
handler404 = "core.errors.handler404"
handler500 = "core.errors.handler500"


def media_urls() -> list[URLPattern]:
    """Pictures, in development only: in production the proxy serves them."""
    mimetypes.add_type("image/webp", ".webp")  # not known to Python 3.11, not guessed by browsers
    # Nothing at all without DEBUG.
    return static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)


urlpatterns = [
    path("", include("ledger.urls")),
    path("", include("marketplace.urls")),
    path("", include("messaging.urls")),
    path("", include("realtime.urls")),
    path("healthz/", health.healthz),
    path("readyz/", health.readyz),
    path("metrics/", health.metrics),
    path("api/schema/", docs.SchemaView.as_view(), name="schema"),
    path("api/docs/", docs.DocsView.as_view(), name="docs"),
    path("api/docs/problems/", docs.problems, name="problems"),
    path("admin/", admin.site.urls),
    *media_urls(),
    # Last: with DEBUG=1 Django would answer an unknown path with a page of HTML.
    re_path("", errors.unknown_path),
]
