"""The shipped nginx file with this stack's places filled in."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.stack.places import kept_environment, program
from scripts.stack.processes import ROOT, Process, answers_http

TEMPLATE = ROOT / "nginx" / "nginx.conf.template"
# On this machine a process that is away refuses at once: nothing is gained by remembering it.
# Remembered, the first of a rolling restart would count as away for a second after it is back,
# while the next one goes: nobody would be left.
FAILURES = "max_fails=0"
PLACE = re.compile(r"\$\{([A-Z_]+)\}")


def nginx(
    folder: Path,
    port: int,
    *,
    web: Sequence[int],
    live: Sequence[int],
    settings: Mapping[str, str],
) -> Process:
    """`web` and `live` are ports; `settings` go over the defaults below."""
    configuration = folder / "nginx.conf"
    temporary = folder / "nginx"
    temporary.mkdir(exist_ok=True)
    places = {
        "NGINX_LISTEN": f"127.0.0.1:{port}",
        "NGINX_TLS": "",
        "NGINX_OTHER_SERVERS": "",
        "NGINX_TEMP": str(temporary),
        "NGINX_RESOLVER": "",
        "NGINX_REAL_IP": "",
        "NGINX_FORWARDED_PROTO": "$scheme",
        "WEB_SERVERS": servers(web),
        "LIVE_SERVERS": servers(live),
        "REQUESTS_PER_SECOND_PER_ADDRESS": "200",
        "SOCKETS_PER_ADDRESS": "2000",
    }
    configuration.write_text(filled_in(TEMPLATE.read_text(), places | dict(settings)))
    # Root's processes would give up root, and with it the way to the checkout's files.
    account = "user root; " if os.geteuid() == 0 else ""
    return Process(
        name="nginx",
        command=[
            program("nginx"), "-p", str(folder), "-c", str(configuration), "-e", "stderr",
            "-g", f"{account}daemon off;",
        ],
        environment=kept_environment(),
        log=folder / "nginx.log",
        is_ready=answers_http(port),
        port=port,
    )  # fmt: skip


def servers(ports: Sequence[int]) -> str:
    return " ".join(f"server 127.0.0.1:{port} {FAILURES};" for port in ports)


def filled_in(template: str, places: Mapping[str, str]) -> str:
    """As envsubst fills it in; KeyError for a place that nothing is said of."""
    return PLACE.sub(lambda match: places[match[1]], template)
