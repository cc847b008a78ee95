"""The proxy's file as a container fills it in, with certificates mounted and without."""

import re
import subprocess
from pathlib import Path

import pytest

from scripts.stack.nginx import TEMPLATE, filled_in
from scripts.stack.places import kept_environment, program
from scripts.stack.processes import ROOT


def places(certificates: Path, **told: str) -> dict[str, str]:
    """What the image's entrypoint has after it read the file."""
    script = (ROOT / "nginx/places.envsh").read_text()
    script = script.replace("/etc/nginx/certificates", str(certificates))
    printed = subprocess.run(
        ["sh", "-euc", f"{script}\nenv -0"],
        env=kept_environment() | told,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return dict(pair.split("=", 1) for pair in printed.rstrip("\0").split("\0"))


def for_debians_nginx(text: str, folder: Path) -> str:
    """Without what is newer than Debian's (`resolve`, `http2 on`) and without Docker's names."""
    text = text.replace(" resolve ", " ").replace("http2 on;", "")
    text = re.sub(r"server (web|live):8000", "server 127.0.0.1:8000", text)
    return re.sub(r"(?<=[ ])/tmp/(?=nginx\.pid|body|proxy|fastcgi|uwsgi|scgi)", f"{folder}/", text)


def assert_in_order(folder: Path, filled: str) -> None:
    configuration = folder / "nginx.conf"
    configuration.write_text(filled)
    said = subprocess.run(
        [program("nginx"), "-t", "-p", str(folder), "-c", str(configuration), "-e", "stderr"],
        capture_output=True,
        text=True,
    )
    assert said.returncode == 0, said.stderr


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    folder = tmp_path / "certificates"
    folder.mkdir()
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
            "-subj", "/CN=api.example.uz",
            "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


def test_with_certificates_it_ends_tls_and_redirects(tmp_path: Path, certificates: Path) -> None:
    filled = for_debians_nginx(filled_in(TEMPLATE.read_text(), places(certificates)), tmp_path)
    assert_in_order(tmp_path, filled)
    assert "listen 8443 ssl backlog=4096;" in filled
    assert "return 308 https://$host$request_uri;" in filled
    assert "X-Forwarded-Proto $scheme;" in filled


def test_without_it_serves_plainly(tmp_path: Path) -> None:
    filled = for_debians_nginx(filled_in(TEMPLATE.read_text(), places(tmp_path)), tmp_path)
    assert_in_order(tmp_path, filled)
    assert "listen 8080 backlog=4096;" in filled
    assert "ssl" not in re.sub(r"#.*", "", filled)


def test_behind_a_balancer_it_believes_the_balancer(tmp_path: Path) -> None:
    told = {"FORWARDED_PROTO": "https", "REAL_IP": "set_real_ip_from 10.0.0.0/8;"}
    filled = for_debians_nginx(filled_in(TEMPLATE.read_text(), places(tmp_path, **told)), tmp_path)
    assert_in_order(tmp_path, filled)
    assert "X-Forwarded-Proto https;" in filled
    assert "set_real_ip_from 10.0.0.0/8;" in filled


def test_roles_are_found_by_name_while_it_runs(tmp_path: Path) -> None:
    filled = filled_in(TEMPLATE.read_text(), places(tmp_path))
    assert "resolver 127.0.0.11 valid=5s" in filled
    for role in ("web", "live"):
        assert re.search(rf"zone {role} 256k;\s+least_conn;\s+server {role}:8000 resolve ", filled)
    assert "proxy_next_upstream error timeout;" in filled
    assert "non_idempotent;" not in filled
