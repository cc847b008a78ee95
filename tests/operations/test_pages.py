"""What browsers may run and draw in our pages."""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest
from django.contrib import admin

from core.middleware import STYLE_OF_THE_ADMIN
from tests.operations.files import ROOT

INLINE = re.compile(r"<style|<script>|\sstyle=|\son\w+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize("path", ["/admin/login/", "/api/docs/problems/", "/api/auth/me/", "/x/"])
def test_a_page_allows_nothing_inline(anyone, db, path):
    policy = anyone.get(path).headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs"])
def test_the_documentation_page_may_make_styles_and_no_scripts(anyone, path):
    policy = anyone.get(path).headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline';" in policy
    assert "script-src 'self';" in policy


def test_the_admins_one_inline_style_is_the_one_allowed():
    template = Path(admin.__file__).parent / "templates/admin/change_list.html"
    [style] = re.findall(r"<style>(.*?)</style>", template.read_text(), re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == STYLE_OF_THE_ADMIN


def test_no_other_template_has_anything_inline():
    admins = (Path(admin.__file__).parent / "templates").rglob("*.html")
    templates = [*admins, *(ROOT / "templates").rglob("*.html")]
    assert len(templates) > 30
    with_inline = {path.name for path in templates if INLINE.search(path.read_text())}
    assert with_inline <= {"change_list.html"}
