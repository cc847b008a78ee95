"""Every page of the admin for everybody: who is no staff sees the door, and nothing behind it."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.ledger.sign_in.staff import signed_in
from tests.security.routes import all_routes
from tests.security.snapshots import snapshot

pytestmark = pytest.mark.django_db

OPS = {"/healthz/", "/readyz/", "/metrics/"}
FILES = {"/^media/(?P<path>.*)$", "/static/"}
UNKNOWN = {"/"}  # last: answers 404 to whatever no other route knows

# What stands on the site itself: who has a second factor and no powers gets this from GET.
SITE = {
    "/admin/": 200,
    "/admin/login/": 302,
    "/admin/enrol/": 302,
    "/admin/logout/": 405,
    "/admin/password_change/": 200,
    "/admin/password_change/done/": 200,
    "/admin/autocomplete/": 403,
    "/admin/jsi18n/": 200,
    "/admin/r/<path:content_type_id>/<path:object_id>/": 404,
}
# Of each model: its list, a new row, and a row's pages. All wait for a power over the model.
OF_MODELS = re.compile(r"/admin/\w+/\w+/(add/|<path:object_id>/((history|delete|change)/)?)?")
OF_SOME_MODELS = {
    "/admin/ledger/user/<id>/password/": 403,
    "/admin/marketplace/subscription/decide/<str:name>/": 403,
    "/admin/messaging/report/<id:report_id>/talk/": 403,
    "/admin/otp_totp/totpdevice/<int:pk>/config/": 403,
    "/admin/otp_totp/totpdevice/<int:pk>/qrcode/": 403,
}
APP_LIST, REST = "/admin/^(?P<app_label>", "/admin/(?P<url>.*)$"


def expected(path):
    """Of staff without powers; None: nobody classified this route."""
    if path.endswith("/history/") and first_row(path) is None:
        return 302  # to the index, before powers are asked for: Django's order
    if path in SITE:
        return SITE[path]
    if path in OF_SOME_MODELS:
        return OF_SOME_MODELS[path]
    if path == REST or path.startswith(APP_LIST):
        return 404
    # A row's short address only leads on to its page.
    short = path.endswith("<path:object_id>/")
    return (302 if short else 403) if OF_MODELS.fullmatch(path) else None


PATHS = [route.path for route in all_routes() if route.path.startswith("/admin/")]
UNGUARDED = {"/admin/login/"}


def filled(path):
    """The address of a row that is there, if the table has any."""
    if path.startswith(APP_LIST):
        return "/admin/ledger/"
    if path == REST:
        return "/admin/nothing/here/"
    if path.startswith("/admin/r/"):
        return "/admin/r/1/1/"
    path = path.replace("<str:name>", "activate").replace("<path:", "<")
    return re.sub(r"<[\w:]+>", first_id(path), path)


def first_id(path):
    row = first_row(path) if "<" in path else None
    return str(row.pk) if row else "1"


def first_row(path):
    app, model = path.split("/")[2:4]
    return apps.get_model(app, model)._default_manager.first()


def visits(client):
    """(method, route, response) of every page, the way out last."""
    for path in sorted(PATHS, key="/admin/logout/".__eq__):
        for method in ("get", "post"):
            yield method, path, getattr(client, method)(filled(path), {})


def test_every_route_is_classified():
    rest = {r.path for r in all_routes() if not r.path.startswith(("/api/", "/admin/"))}
    assert rest - FILES == OPS | UNKNOWN
    assert [path for path in PATHS if expected(path) is None] == []
    assert len(PATHS) > 100


@pytest.fixture(params=["nobody", "owner", "outsider", "owner in a browser", "cashier", "staff"])
def outside(request, people, api):
    """Who must stay outside. Staff, because the second factor is missing."""
    name = request.param
    if name == "nobody":
        return Client()
    if name in ("owner in a browser", "staff"):
        browser = Client()
        browser.force_login(people[name.removesuffix(" in a browser")])
        return browser
    return api(people[name])


def test_who_is_no_staff_is_led_to_the_door(outside, rows):
    before, seen = snapshot(), {}
    for method, path, response in visits(outside):
        leads = response.headers.get("Location", "")
        is_door = leads.startswith(("/admin/login/", "/admin/enrol/")) or (
            path == "/admin/logout/" and leads == "/admin/"
        )
        is_open = path in UNGUARDED and response.status_code in (200, 302)
        if not (response.status_code == 302 and is_door) and not is_open:
            seen[method, path] = response.status_code, leads
    seen = {page: got for page, got in seen.items() if page[1] != "/admin/enrol/"}
    assert seen == {}
    assert snapshot() == before


def test_staff_without_powers_sees_the_site_and_no_rows(people, rows):
    client = signed_in(people["staff"])
    before, seen = snapshot(), {}
    for method, path, response in visits(client):
        if method == "get" and response.status_code != expected(path):
            seen[path] = response.status_code, expected(path)
        if method == "post" and expected(path) == 403 and response.status_code not in (403, 405):
            seen["post", path] = response.status_code
    assert seen == {}
    assert snapshot() == before


def test_the_pages_of_rows_are_whole_for_superusers(people, rows):
    client = signed_in(people["superuser"])
    TOTPDevice.objects.update(throttling_failure_count=0)
    refused = {
        path: response.status_code
        for method, path, response in visits(client)
        if method == "get" and response.status_code not in (200, 302, 403, 404, 405)
    }
    assert refused == {}


def test_no_page_changes_or_adds_money(people, rows):
    """Not even a superuser's: what was lent and paid is changed by those who keep the book."""
    client = signed_in(people["superuser"])
    money = ("debt", "payment", "entry", "debtor", "book", "dispute")
    before = snapshot()
    for model in money:
        pk = apps.get_model("ledger", model).objects.order_by("pk").first().pk
        for page in ("add/", f"{pk}/change/", f"{pk}/delete/"):
            response = client.post(f"/admin/ledger/{model}/{page}", {"post": "yes"})
            assert response.status_code == 403, (model, page)
        assert client.get(f"/admin/ledger/{model}/add/").status_code == 403
    assert snapshot() == before


def test_enrolling_is_for_staff(people, api):
    for person in ("owner", "outsider", "cashier"):
        browser = Client()
        browser.force_login(people[person])
        for method in ("get", "post"):
            response = getattr(browser, method)("/admin/enrol/")
            assert response.status_code in (302, 403, 404), person
    assert not TOTPDevice.objects.exists()


def test_every_model_of_ours_that_the_admin_shows_is_walked():
    shown = {f"{m._meta.app_label}/{m._meta.model_name}" for m in admin.site._registry}
    assert {path.split("/admin/")[1].removesuffix("/") for path in PATHS} >= shown
