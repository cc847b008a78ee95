"""The shipped nginx file with this stack's places filled in."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.stack.places import kept_environment, program
from scripts.stack.processes import ROOT, Process, answers_http

TEMPLATE = ROOT / "nginx" / "nginx.conf.template"
# Three failures in a row and a web process rests for a second. A live process never does: nginx
# counts a socket as a success when it ends, so one by one would get in after a failure.
WEB_FAILURES = "max_fails=3 fail_timeout=1s"
LIVE_FAILURES = "max_fails=0"
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
        "WEB_SERVERS": servers(web, WEB_FAILURES),
        "LIVE_SERVERS": servers(live, LIVE_FAILURES),
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


def servers(ports: Sequence[int], rest: str) -> str:
    return " ".join(f"server 127.0.0.1:{port} {rest};" for port in ports)


def filled_in(template: str, places: Mapping[str, str]) -> str:
    """As envsubst fills it in; KeyError for a place that nothing is said of."""
    return PLACE.sub(lambda match: places[match[1]], template)
