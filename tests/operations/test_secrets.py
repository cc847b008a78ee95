"""Secrets as files, and passwords that stand beside an address instead of in it."""

import os
import subprocess
import sys

import pytest

from core.environment import redis_urls
from tests.operations.files import ROOT

SHOWN = (
    "from core import settings as s; d = s.DATABASES['default'];"
    "print(d['HOST'], d['PASSWORD'], s.REDIS_URL, list(s.JWT_KEYS), s.SMS_GATEWAY, sep='|')"
)


def settings_of(**variables):
    needed = {"DEBUG": "0", "ALLOWED_HOSTS": "a", "DATABASE_URL": "postgres://daftar@db/daftar"}
    run = subprocess.run(
        [sys.executable, "-c", SHOWN],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SMS_GATEWAY": "eskiz"} | needed | variables,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip().split("|")


def test_every_secret_can_stand_in_a_file_with_a_line_break_at_its_end(tmp_path):
    told = {}
    secrets = {
        "SECRET_KEY": "k" * 50,
        "DATABASE_PASSWORD": "p/w@d",
        "REDIS_PASSWORD": "r:d",
        "JWT_KEYS": "2=new,1=old",
    }
    for name, secret in secrets.items():
        (tmp_path / name).write_text(secret + "\n")
        told[f"{name}_FILE"] = str(tmp_path / name)
    host, password, redis, keys, _gateway = settings_of(REDIS_URL="redis://redis:6379/0", **told)
    assert (host, password) == ("db", "p/w@d")
    assert redis == "redis://:r%3Ad@redis:6379/0"
    assert keys == "['2', '1']"


def test_an_empty_file_is_as_good_as_none(tmp_path):
    (tmp_path / "empty").touch()
    told = {f"{name}_FILE": str(tmp_path / "empty") for name in ("JWT_KEYS", "OTP_KEY")}
    said = settings_of(SECRET_KEY="k" * 50, **told)
    assert said[3] == "['1']"


@pytest.mark.parametrize(
    ("listed", "password", "filled_in"),
    [
        ("", "secret", ""),
        ("redis://a:1/0", "", "redis://a:1/0"),
        ("redis://a:1/0,rediss://b:2/0", "s", "redis://:s@a:1/0,rediss://:s@b:2/0"),
        ("redis://:own@a:1/0", "s", "redis://:own@a:1/0"),
    ],
)
def test_a_password_is_filled_in_where_there_is_none(listed, password, filled_in):
    assert redis_urls(listed, password) == filled_in


def test_a_static_name_stands_as_it_is_until_files_are_collected(settings, tmp_path):
    from core.static_files import HashedStorage

    settings.DEBUG = False
    storage = HashedStorage(location=tmp_path, base_url="/static/")
    assert storage.url("admin/css/base.css") == "/static/admin/css/base.css"
    (tmp_path / "page.css").write_text("a { color: red }\n" * 500)
    list(storage.post_process({"page.css": (storage, "page.css")}))
    assert storage.url("page.css") != "/static/page.css"
    assert [path.suffix for path in sorted(tmp_path.glob("page.*.css.gz"))] == [".gz"]
