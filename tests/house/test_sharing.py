"""One embedded server between several processes, whatever way they go."""

import shutil

import psycopg
import pytest

from core.embedded_postgres import is_running
from tests.house.conftest import (
    ask,
    cluster_of,
    eventually,
    guard_of,
    postmaster_of,
    processes_of,
)


@pytest.fixture
def cluster(checkout):
    return cluster_of(checkout)


class TestUse:
    def test_starts_a_server_that_answers(self, checkout, cluster, someone):
        assert someone(checkout).answer() == "ready"
        assert ask(checkout, "SELECT current_database()") == ("daftar",)
        assert ask(checkout, "SELECT datcollate FROM pg_database WHERE datname = 'daftar'") == (
            "C.UTF-8",
        )

    def test_is_one_server_for_ten_who_come_at_once(self, fresh_checkout, cluster, someone):
        shutil.rmtree(cluster.state_folder, ignore_errors=True)
        people = [someone(fresh_checkout) for _ in range(10)]
        assert {person.answer() for person in people} == {"ready"}
        assert len(processes_of(cluster, program="bin/postgres")) == 1

    def test_gives_up_durability_for_tests_only(self, checkout, someone):
        people = [someone(checkout), someone(checkout, "--durable")]
        assert {person.answer() for person in people} == {"ready"}
        assert ask(checkout, "SHOW fsync") == ("off",)
        assert ask(checkout, "SHOW fsync", for_tests=False) == ("on",)

    def test_listens_on_no_network(self, checkout, someone):
        assert someone(checkout).answer() == "ready"
        assert ask(checkout, "SHOW listen_addresses") == ("",)


class TestLeaving:
    def test_keeps_the_server_for_the_others(self, checkout, cluster, someone):
        aziza, bobur = someone(checkout), someone(checkout)
        assert {aziza.answer(), bobur.answer()} == {"ready"}
        first = postmaster_of(cluster)
        assert aziza.does("leave") == "ready"
        assert postmaster_of(cluster) == first
        assert ask(checkout, "SELECT 1") == (1,)

    def test_last_one_out_waits_until_it_has_stopped(self, checkout, cluster, someone):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        assert aziza.does("leave") == "ready"
        assert not is_running(cluster)
        assert postmaster_of(cluster) is None

    def test_server_of_the_last_one_to_end_stops(self, checkout, cluster, someone):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        assert aziza.goes_home() == 0
        eventually(lambda: postmaster_of(cluster) is None)

    def test_a_forked_child_keeps_it(self, checkout, cluster, someone):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        assert aziza.does("leave it to a child") == "ready"
        assert aziza.process.wait() == 0
        assert ask(checkout, "SELECT 1") == (1,)
        assert aziza.does("use") == "ready"
        aziza.process.stdin.close()
        eventually(lambda: not is_running(cluster))


class TestKill:
    def test_of_the_starter_leaves_it_to_the_others(self, checkout, cluster, someone):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        bobur = someone(checkout)
        assert bobur.answer() == "ready"
        first = postmaster_of(cluster)
        aziza.is_killed()
        assert bobur.does("use") == "ready"
        assert postmaster_of(cluster) == first
        bobur.is_killed()
        eventually(lambda: postmaster_of(cluster) is None)

    def test_of_the_starter_during_initdb_is_made_good(self, fresh_checkout, cluster, someone):
        aziza = someone(fresh_checkout)
        eventually(lambda: list(cluster.folder.glob("unfinished-*")))
        aziza.is_killed()
        assert someone(fresh_checkout).answer() == "ready"
        assert ask(fresh_checkout, "SELECT 1") == (1,)
        assert list(cluster.folder.glob("unfinished-*")) == []

    def test_of_everybody_during_initdb_is_made_good(self, fresh_checkout, cluster, someone):
        aziza = someone(fresh_checkout)
        eventually(lambda: list(cluster.folder.glob("unfinished-*")))
        eventually(lambda: guard_of(cluster)).kill()
        aziza.is_killed()
        assert someone(fresh_checkout).answer() == "ready"
        assert ask(fresh_checkout, "SELECT 1") == (1,)
        assert list(cluster.folder.glob("unfinished-*")) == []

    def test_of_the_postmaster_costs_no_row(self, checkout, someone):
        cluster = cluster_of(checkout, for_tests=False)
        aziza = someone(checkout, "--durable")
        assert aziza.answer() == "ready"
        ask(checkout, "CREATE TABLE killed AS SELECT 150000 AS amount", for_tests=False)
        for _ in range(3):
            killed = postmaster_of(cluster)
            killed.kill()
            eventually(lambda: not is_running(cluster))
            assert aziza.does("use") == "ready"
            assert ask(checkout, "SELECT amount FROM killed", for_tests=False) == (150000,)
            assert postmaster_of(cluster) != killed

    def test_of_the_postmaster_with_a_busy_connection_is_waited_out(
        self, checkout, cluster, someone
    ):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        with psycopg.connect(
            host=str(cluster.socket_folder), user="daftar", dbname="daftar", autocommit=True
        ) as busy:
            busy.execute("SELECT 1")
            killed = postmaster_of(cluster)
            killed.kill()
            eventually(lambda: aziza.does("use") == "ready" and postmaster_of(cluster))
            assert postmaster_of(cluster) != killed
            assert ask(checkout, "SELECT 1") == (1,)

    def test_of_the_guard_takes_the_server_along(self, checkout, cluster, someone):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        orphan = postmaster_of(cluster)
        guard_of(cluster).kill()
        orphan.wait(timeout=20)
        assert aziza.does("use") == "ready"
        assert ask(checkout, "SELECT 1") == (1,)

    def test_of_all_of_them_leaves_nothing_running(self, checkout, cluster, someone):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        orphan = postmaster_of(cluster)
        aziza.is_killed()
        guard = guard_of(cluster)
        if guard:
            guard.kill()
        orphan.wait(timeout=20)

    def test_and_a_process_number_given_to_another_is_seen_through(
        self, checkout, cluster, someone
    ):
        """After a reboot the number in postmaster.pid may be anybody's of the same account."""
        neighbour = someone(checkout, "--durable")
        assert neighbour.answer() == "ready"
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        note = cluster.data_folder / "postmaster.pid"
        kept = note.read_text()
        postmaster_of(cluster).kill()
        eventually(lambda: not is_running(cluster))
        other = postmaster_of(cluster_of(checkout, for_tests=False)).pid
        note.write_text("\n".join([str(other), *kept.split("\n")[1:]]))
        assert aziza.does("use") == "ready"
        assert ask(checkout, "SELECT 1") == (1,)


class TestCheckouts:
    def test_side_by_side_have_servers_of_their_own(self, checkouts, someone):
        here, there = checkouts("here"), checkouts("there")
        people = [someone(here), someone(there)]
        assert {person.answer() for person in people} == {"ready"}
        ask(here, "CREATE TABLE debts (amount numeric)")
        with pytest.raises(psycopg.errors.UndefinedTable):
            ask(there, "SELECT amount FROM debts")
        assert people[0].goes_home() == 0
        assert ask(there, "SELECT 1") == (1,)

    @pytest.mark.parametrize(
        "name", ["two words & 'quotes' $HOME", f"deep/{'long' * 40}", "дафтар"]
    )
    def test_may_have_any_path(self, checkouts, someone, name):
        checkout = checkouts(name)
        assert someone(checkout).answer() == "ready"
        assert ask(checkout, "SELECT 1") == (1,)

    def test_keep_their_rows_between_uses(self, checkout, someone):
        aziza = someone(checkout, "--durable")
        assert aziza.answer() == "ready"
        ask(checkout, "CREATE TABLE debts AS SELECT 150000 AS amount", for_tests=False)
        assert aziza.does("leave") == "ready"
        assert aziza.does("use") == "ready"
        assert ask(checkout, "SELECT amount FROM debts", for_tests=False) == (150000,)

    def test_work_where_the_locale_of_lang_does_not_exist(self, checkout, someone):
        env = {"LANG": "xx_YY.UTF-8", "LC_ALL": "xx_YY.UTF-8"}
        assert someone(checkout, env=env).answer() == "ready"

    def test_are_not_led_astray_by_variables_of_postgres(self, checkout, someone):
        env = {"PGDATA": "/nowhere", "PGPORT": "1", "PGOPTIONS": "-c nonsense=1"}
        assert someone(checkout, env=env).answer() == "ready"

    def test_removed_and_made_again_begin_anew(self, checkout, cluster, someone):
        aziza = someone(checkout)
        assert aziza.answer() == "ready"
        assert aziza.does("leave") == "ready"
        shutil.rmtree(cluster.state_folder)
        assert aziza.does("use") == "ready"
