"""docker-compose.yml and `make stack` say the same, and the containers may do little."""

import re
import shlex

import pytest

from scripts.stack import roles, stores
from scripts.stack.layout import Layout
from scripts.stack.nginx import PLACE, TEMPLATE
from scripts.stack.whole import Stack
from tests.operations.files import (
    ROLES,
    ROOT,
    command_of,
    compose,
    env_example,
    interpolated,
    read_by_settings,
    services,
)

SERVING = ("web", "live", "worker", "nginx", "postgres", "redis", "backup")
ONE_SHOT = ("prepare", "migrate")
WHERE = ("--bind=", "--host=", "--port=")


def without_place(command: list[str]) -> list[str]:
    return [part for part in command if not part.startswith(WHERE)]


class TestTheSameAsTheStack:
    def test_web_starts_the_same(self):
        there = ["gunicorn", "core.wsgi:application", *roles.WEB_FLAGS]
        assert without_place(command_of(services()["web"])) == ["python", "-m", *there]

    def test_the_images_own_command_is_webs(self):
        dockerfile = (ROOT / "Dockerfile").read_text()
        said = re.search(r"^CMD (\[.*?\])$", dockerfile, re.MULTILINE | re.DOTALL)[1]
        command = re.findall(r'"([^"]+)"', said)
        assert command == command_of(services()["web"])

    def test_live_starts_the_same(self):
        there = without_place(roles.LIVE_COMMANDS["uvicorn"])
        assert without_place(command_of(services()["live"])) == ["python", "-m", *there]

    def test_the_worker_starts_the_same(self):
        assert command_of(services()["worker"]) == ["python", *roles.manage("worker")[1:]]

    def test_development_starts_the_same_and_reloads(self):
        changed = compose("docker-compose.dev.yml")["services"]
        for role in ("web", "live"):
            more = command_of(changed[role])[len(command_of(services()[role])) :]
            assert command_of(changed[role]) == command_of(services()[role]) + more
            assert more[0] == "--reload"

    def test_the_roles_are_the_same(self):
        layout = Layout()
        there = {"nginx", "postgres"} | ({"redis"} if layout.has_redis else set())
        there |= {"web"} | {"live"} | ({"worker"} if layout.has_worker else set())
        assert set(services()) - {"prepare", "migrate", "backup"} == there

    def test_the_roles_are_told_the_same(self, tmp_path):
        stack = Stack()
        stack.passwords = {"postgres": "p", "redis": "r"}
        stack.ports = {"postgres": 1, "redis": 2}
        stack.folder = tmp_path
        here = {name.removesuffix("_FILE") for name in services()["web"]["environment"]}
        assert set(stack._environment()) <= here

    def test_every_setting_of_the_service_can_be_set(self):
        development = {"HOST", "PORT", "EMBEDDED_POSTGRES_FOR_TESTS"}
        for role in ROLES:
            here = {name.removesuffix("_FILE") for name in services()[role]["environment"]}
            assert read_by_settings() - development <= here, role

    def test_postgres_promises_the_same(self):
        flags = dict(
            part.removeprefix("--").split("=", 1) for part in command_of(services()["postgres"])[1:]
        )
        kept = ("fsync", "synchronous_commit", "max_connections", "password_encryption")
        assert {name: flags[name] for name in kept} == {
            name: stores.POSTGRES_SETTINGS[name] for name in kept
        }
        assert flags["archive_mode"] == "on"
        assert flags["archive_timeout"] == "30s"

    def test_nginx_reads_the_same_file_and_every_place_is_filled_in(self):
        assert f"COPY nginx/{TEMPLATE.name} " in (ROOT / "Dockerfile").read_text()
        filled = set(re.findall(r"\b([A-Z_]{4,})=", (ROOT / "nginx/places.envsh").read_text()))
        assert set(PLACE.findall(TEMPLATE.read_text())) <= filled

    def test_nginx_asks_at_the_ports_the_roles_have(self):
        places = (ROOT / "nginx/places.envsh").read_text()
        for role in ("web", "live"):
            command = " ".join(command_of(services()[role]))
            assert re.search(r"(--bind=0\.0\.0\.0:|--port=)8000\b", command), role
            assert f"server {role}:8000 resolve " in places


class TestEnvExample:
    def test_lists_what_the_settings_and_compose_read_and_nothing_else(self):
        assert set(env_example()) == read_by_settings() | interpolated()

    def test_says_each_name_once(self):
        names = re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
        assert len(names) == len(set(names))

    @pytest.mark.parametrize("name", sorted(interpolated()))
    def test_has_the_defaults_of_compose(self, name):
        text = (ROOT / "docker-compose.yml").read_text()
        ours = {"ALLOWED_HOSTS", "SMS_GATEWAY", "BACKUP_PLACE", "WAL_PLACE", "LOG_LEVEL"}
        defaults = set(re.findall(r"\$\{" + name + r":-([^}]*)\}", text))
        if name not in ours:
            assert defaults == {env_example()[name]}


class TestContainers:
    @pytest.mark.parametrize("name", [*SERVING, *ONE_SHOT])
    def test_may_do_little(self, name):
        service = services()[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert int(service["user"].split(":")[0]) > 0
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory", "pids"}
        assert not {"privileged", "cap_add", "pid"} & service.keys()

    @pytest.mark.parametrize("name", [*SERVING, *ONE_SHOT])
    def test_gets_secrets_by_file_alone(self, name):
        if name == "prepare":  # it writes the files
            return
        secret = re.compile(r"PASSWORD|SECRET|TOKEN$|KEY|DSN")
        environment = services()[name].get("environment", {})
        bare = [n for n in environment if secret.search(n) and not n.endswith("_FILE")]
        assert bare == []

    @pytest.mark.parametrize("name", sorted(services()))
    def test_runs_an_image_of_exactly_one_version(self, name):
        assert re.fullmatch(r"[a-z-]+:\d+\.\d+[\w.-]*", services()[name]["image"])

    @pytest.mark.parametrize("name", ["web", "live", "nginx", "postgres", "redis"])
    def test_says_whether_it_is_healthy(self, name):
        assert services()[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}

    def test_only_nginx_is_reached_from_outside(self):
        assert [name for name, service in services().items() if "ports" in service] == ["nginx"]

    def test_the_stores_have_no_way_out(self):
        assert compose()["networks"]["data"]["internal"] is True
        for name in ("postgres", "redis", "backup", "migrate"):
            assert services()[name]["networks"] == ["data"]
        assert "data" not in services()["nginx"]["networks"]

    def test_only_one_network_is_believed_and_nginx_shares_no_other_with_the_roles(self):
        edge = compose()["networks"]["edge"]["ipam"]["config"][0]["subnet"]
        for role in ("web", "live"):
            assert services()[role]["environment"]["TRUSTED_PROXIES"] == edge
            both = set(services()[role]["networks"]) & set(services()["nginx"]["networks"])
            assert both == {"edge"}

    def test_nothing_serves_before_the_migrations(self):
        for name in ("web", "live", "worker", "backup"):
            needed = services()[name]["depends_on"]["migrate"]
            assert needed == {"condition": "service_completed_successfully"}

    def test_every_condition_can_be_met(self):
        for name, service in services().items():
            for other, needed in service.get("depends_on", {}).items():
                is_one_shot = services()[other]["restart"] == "no"
                ends = needed["condition"] == "service_completed_successfully"
                assert ends is is_one_shot, (name, other)
                assert ends or "healthcheck" in services()[other], (name, other)

    def test_every_volume_and_network_is_declared(self):
        for name, service in services().items():
            for volume in service.get("volumes", []):
                source = re.sub(r"^\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")[0]
                assert source.startswith(".") or source in compose()["volumes"], (name, volume)
            assert set(service.get("networks", [])) <= set(compose()["networks"]), name

    def test_bound_files_are_there(self):
        for service in services().values():
            for volume in service.get("volumes", []):
                if volume.startswith("./"):
                    assert (ROOT / shlex.quote(volume.split(":")[0])).exists()

    @pytest.mark.parametrize("name", ["web", "live", "worker", "nginx", "postgres"])
    def test_has_longer_to_stop_than_its_process_takes(self, name):
        assert int(services()[name]["stop_grace_period"].rstrip("s")) >= 15
