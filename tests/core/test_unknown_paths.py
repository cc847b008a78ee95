import pytest
from django.test import Client


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/api/auth/nothing/", "/api/auth/sessions/x/", "/nothing"])
def test_an_unknown_path_is_not_found_by_any_method(method, path):
    """Also under the CSRF checks that a browser meets: a problem, no page about cookies."""
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response["Content-Type"] == "application/problem+json"
