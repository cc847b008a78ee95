"""Files through the proxy: style sheets that browsers keep, uploads that can run nothing."""

import json
from pathlib import Path

import httpx
import pytest

from scripts.stack import Stack


def test_a_name_with_its_hash_may_be_kept_for_ever(stack: Stack, http: httpx.Client) -> None:
    collected = Path(stack.environment["STATIC_ROOT"])
    names = json.loads((collected / "staticfiles.json").read_text())["paths"]
    answer = http.get(f"/static/{names['js/daftar-live.js']}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    plain = http.get("/static/js/daftar-live.js")
    assert plain.headers["Cache-Control"] == "max-age=3600"
    assert plain.content == answer.content


@pytest.mark.parametrize("name", ["photo.jpg", "page.html", "drawing.svg", "script.js", "noname"])
def test_an_upload_can_run_nothing(stack: Stack, http: httpx.Client, name: str) -> None:
    (Path(stack.environment["MEDIA_ROOT"]) / name).write_bytes(b"<script>alert(1)</script>")
    answer = http.get(f"/media/{name}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    if name == "photo.jpg":
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert "Content-Disposition" not in answer.headers
    else:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"


def test_folders_are_not_listed(http: httpx.Client) -> None:
    for path in ("/static/", "/media/", "/media/../static/"):
        assert http.get(path).status_code in {403, 404}, path
