"""How the start is refused: settings are read in processes of their own."""

import os
import subprocess
import sys

import pytest

from tests.test_tidy import ROOT

PRODUCTION = {
    "DEBUG": "0",
    "DEV_OTP": "0",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "api.example.uz",
    "DATABASE_URL": "postgres://daftar:pw@db.example.uz/daftar",
}
SHOW = "from core import settings as s; print(s.DEBUG, s.ALLOWED_HOSTS, s.SECRET_KEY[:4])"


def read_settings(tmp_path, **variables):
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(
        [sys.executable, "-c", SHOW], cwd=tmp_path, env=env, capture_output=True, text=True
    )


class TestProduction:
    def test_starts_with_what_it_needs(self, tmp_path):
        run = read_settings(tmp_path, **PRODUCTION)
        assert (run.returncode, run.stdout) == (0, "False ['api.example.uz'] kkkk\n"), run.stderr

    @pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
    @pytest.mark.parametrize("value", [None, "", "  "])
    def test_is_refused_without(self, tmp_path, name, value):
        variables = PRODUCTION | {name: value}
        if value is None:
            del variables[name]
        run = read_settings(tmp_path, **variables)
        assert run.returncode != 0
        assert f"these must be set: {name}" in run.stderr

    def test_is_refused_when_codes_are_shown(self, tmp_path):
        run = read_settings(tmp_path, **(PRODUCTION | {"DEV_OTP": "1"}))
        assert run.returncode != 0
        assert "DEV_OTP" in run.stderr

    def test_is_the_default(self, tmp_path):
        variables = PRODUCTION.copy()
        del variables["DEBUG"]
        assert read_settings(tmp_path, **variables).stdout.startswith("False")

    def test_takes_a_secret_from_a_file(self, tmp_path):
        secret = tmp_path / "secret"
        secret.write_text("from-a-file" * 6)
        variables = PRODUCTION | {"SECRET_KEY_FILE": str(secret)}
        del variables["SECRET_KEY"]
        assert read_settings(tmp_path, **variables).stdout.endswith(" from\n")


class TestDevelopment:
    def test_starts_with_the_example_file_as_it_is(self, tmp_path):
        lines = (ROOT / ".env.example").read_text().splitlines()
        example = dict(line.split("=", 1) for line in lines if line and line[0] != "#")
        run = read_settings(tmp_path, **example)
        assert run.stdout == "True ['127.0.0.1', 'localhost', '[::1]'] deve\n", run.stderr
