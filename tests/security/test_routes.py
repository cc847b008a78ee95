from rest_framework.permissions import AllowAny

from core.views import APIView
from tests.security.routes import api_routes

OPEN = {
    "/api/auth/request-otp/",
    "/api/auth/verify-otp/",
    "/api/auth/set-password/",
    "/api/auth/refresh/",
    "/api/v1/login/",
    "/api/schema/",
    "/api/docs/",
    "/api/docs/problems/",
    "/api/live/schema/",
    "/api/billing/plans/",
}
DOCUMENTS = {"/api/live/schema/"}  # read by anyone, and no view of data
WITHOUT_KEYS = ("/api/auth/", "/api/v1/login/")


def test_only_listed_routes_are_open_to_all():
    routes = api_routes()
    assert len(routes) > 10
    opened = {
        route.path
        for route in routes
        if not hasattr(route.view, "permission_classes")
        or AllowAny in route.view.permission_classes
    }
    assert opened == OPEN


def test_every_view_of_ours_shares_one_base():
    own = [
        route
        for route in api_routes()
        if route.view.__module__.split(".")[0] != "core" and route.path not in DOCUMENTS
    ]
    assert [r.path for r in own if not issubclass(r.view, APIView)] == []


def test_every_signed_in_post_can_be_sent_again_safely():
    posts = [
        route
        for route in api_routes()
        if "post" in route.methods and not route.path.startswith(WITHOUT_KEYS)
    ]
    assert [r.path for r in posts if not getattr(r.view.post, "retry_safe", False)] == []
