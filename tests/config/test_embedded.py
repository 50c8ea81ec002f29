"""The embedded parts as whoever runs the tests: started by the first who needs them, stopped by the last."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
import redis

from tests.config.conftest import ROOT, House, leave, ready, until

pytestmark = pytest.mark.fault


def connect(house: House) -> psycopg2.extensions.connection:
    return psycopg2.connect(host=house.place()["host"], port=5432, user="innspill", dbname="innspill")


def ask(house: House, sql: str) -> list[tuple[object, ...]]:
    connection = connect(house)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_parts_serve_over_sockets_and_on_no_port_and_end_with_their_user(house: House) -> None:
    user = ready(house.user())
    place = house.place()

    assert ask(
        house,
        "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'), "
        "lower('ÆØÅ Ä Ö'), current_setting('listen_addresses'), current_setting('fsync')",
    ) == [(18, "UTF8", "æøå ä ö", "", "on")]
    # The parser takes words with our letters whole, whatever the locale.
    assert ask(house, "SELECT to_tsvector('norwegian', 'Måkeskrik på Ærøveien')::text") == [
        ("'måkeskrik':1 'ærøvei':3",)
    ]
    with redis.Redis.from_url(place["redis"]) as client:
        assert client.info("server")["server_name"] == "valkey"
    servers = house.servers()
    assert [server.name() for server in servers] == ["postgres", "valkey-server"]
    for server in servers:
        for process in (server, *server.children(recursive=True)):
            assert process.net_connections(kind="inet") == []
            assert process.uids().real != 0, "a server of ours must not run as root"
    assert Path(place["host"]).stat().st_mode & 0o777 == 0o700
    assert (house.var / "postgres").stat().st_mode & 0o777 == 0o700

    leave(user)
    assert house.servers() == []
    assert list(Path(place["host"]).iterdir()) == []


def test_the_second_start_finds_what_the_first_wrote(house: House) -> None:
    first = ready(house.user())
    ask(house, "CREATE TABLE kept AS SELECT 'a card' AS text")
    with redis.Redis.from_url(house.place()["redis"]) as client:
        client.lpush("queue", "a task")
    leave(first)

    ready(house.user())
    assert ask(house, "SELECT text FROM kept") == [("a card",)]
    with redis.Redis.from_url(house.place()["redis"]) as client:
        assert client.lrange("queue", 0, -1) == [b"a task"]


def test_four_commands_at_once_share_one_server_and_the_last_to_end_stops_it(house: House) -> None:
    users = [ready(user) for user in [house.user() for _ in range(4)]]
    before = house.servers()
    assert [server.name() for server in before] == ["postgres", "valkey-server"]
    for user in users[:3]:
        leave(user)
        assert house.servers() == before
    leave(users[3])
    assert house.servers() == []


def test_commands_that_come_while_the_last_one_stops_all_succeed(house: House) -> None:
    # Each short: nearly every start meets somebody else's stop.
    loop = 'for i in 1 2 3 4; do "$0" -c "$1" </dev/null || exit 1; done'
    program = (
        "from config import embedded; embedded.ensure_running(); import psycopg2; d = embedded.database(); "
        "psycopg2.connect(host=d['HOST'], port=d['PORT'], user=d['USER'], dbname=d['NAME']).close()"
    )
    loops = [house.spawn("/bin/sh", "-c", loop, house.python, program) for _ in range(3)]
    for process in loops:
        _out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    assert house.servers() == []


def test_servers_outlive_a_killed_starter_and_the_next_command_uses_and_stops_them(house: House) -> None:
    starter = ready(house.user())
    before = house.servers()
    starter.kill()
    starter.wait()
    assert house.servers() == before

    leave(ready(house.user()))
    assert house.servers() == []


def test_a_ctrl_c_at_the_terminal_reaches_the_command_but_not_the_servers(house: House) -> None:
    other = ready(house.user())
    starter = ready(house.spawn(house.python, "-c", house_program(), start_new_session=True))
    before = house.servers()
    os.killpg(starter.pid, signal.SIGINT)
    starter.communicate(timeout=30)
    assert house.servers() == before
    leave(other)
    assert house.servers() == []


def house_program() -> str:
    return "from config import embedded; embedded.ensure_running(); print('up', flush=True); input()"


def test_committed_rows_survive_when_starter_and_servers_are_killed(house: House) -> None:
    starter = ready(house.user())
    ask(house, "CREATE TABLE kept AS SELECT 42 AS number")
    servers = house.servers()
    starter.kill()
    for server in servers:
        for process in (server, *server.children(recursive=True)):
            process.kill()
    starter.wait()
    assert (house.var / "postgres" / "postmaster.pid").exists() or (house.var / "data-folder").exists()

    ready(house.user())
    assert ask(house, "SELECT number FROM kept") == [(42,)]


def test_a_server_that_is_killed_is_brought_back_by_the_next_command_while_others_go_on(house: House) -> None:
    first = ready(house.user())
    for server in house.servers():
        server.kill()
    second = ready(house.user())
    assert ask(house, "SELECT 1") == [(1,)]
    leave(first)
    assert len(house.servers()) == 2
    leave(second)
    assert house.servers() == []


def test_a_leftover_process_number_that_somebody_else_has_now_does_not_stop_the_start(house: House) -> None:
    leave(ready(house.user()))
    # Another program of the same account, as PostgreSQL itself would take for a server that lives.
    owner = (house.var / "postgres").stat()
    other = subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid, extra_groups=[])
    try:
        (house.var / "postgres" / "postmaster.pid").write_text(f"{other.pid}\n{house.var}/postgres\n1\n5432\n\n\n")
        os.chown(house.var / "postgres" / "postmaster.pid", owner.st_uid, owner.st_gid)
        leave(ready(house.user()))
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_kill_while_the_data_folder_is_made_leaves_nothing_half_done(house: House) -> None:
    starter = house.user()
    until(lambda: any((path / "PG_VERSION").exists() for path in house.var.glob(".postgres-draft-*")))
    starter.kill()
    starter.wait()
    assert not (house.var / "postgres").exists()

    ready(house.user())
    assert ask(house, "SELECT 1") == [(1,)]
    assert list(house.var.glob(".postgres-draft-*")) == []


def test_a_disk_that_takes_no_more_is_one_sentence_and_the_next_try_succeeds(house: House) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    starved = house.spawn(
        sys.executable,
        "-c",
        "from config import embedded\ntry:\n embedded.ensure_running()\n"
        "except embedded.PartsError as error:\n raise SystemExit(str(error))",
        preexec_fn=small_files,
    )
    _out, err = starved.communicate(timeout=60)
    assert starved.returncode == 1
    assert err.startswith(f"The embedded PostgreSQL could not make its data folder {house.var}/postgres: ")
    assert err.count("\n") == 1
    assert list(house.var.glob("*postgres-draft*")) == []
    assert not (house.var / "postgres").exists()

    leave(ready(house.user()))


def test_a_forked_child_that_ends_or_outlives_its_parent_leaves_the_servers_alone(house: House) -> None:
    program = """
import os, sys
from config import embedded
embedded.ensure_running()
child = os.fork()
if child == 0:
    embedded.ensure_running()
    sys.exit(0)   # runs what is to be done at exit, as gunicorn's workers do
os.waitpid(child, 0)
print("up", flush=True)
sys.stdin.read()
"""
    parent = ready(house.spawn(house.python, "-c", program))
    before = house.servers()
    assert len(before) == 2
    other = ready(house.user())
    leave(parent)
    assert house.servers() == before
    leave(other)
    assert house.servers() == []


def test_a_very_long_path_gets_its_sockets_in_a_short_folder_that_only_the_owner_opens(open_folder: Path) -> None:
    house = House(open_folder / ("long-" * 12) / ("name-" * 12) / "var")
    try:
        user = ready(house.user())
        sockets = Path(house.place()["host"])
        assert len(str(sockets)) < 60
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert ask(house, "SELECT 1") == [(1,)]
        leave(user)
        assert not sockets.exists()
    finally:
        house.close()


def test_a_path_with_spaces_quotes_and_letters_of_ours_works(open_folder: Path) -> None:
    house = House(open_folder / """Ås kommune's "beste" $HOME, 100% +1""" / "var")
    try:
        user = ready(house.user())
        with redis.Redis.from_url(house.place()["redis"]) as client:
            assert client.ping() is True
        leave(user)
    finally:
        house.close()


def test_a_moved_var_keeps_its_data(house: House) -> None:
    user = ready(house.user())
    ask(house, "CREATE TABLE kept AS SELECT 7 AS number")
    leave(user)
    moved = House(house.var.rename(house.var.with_name("moved")))
    try:
        ready(moved.user())
        assert ask(moved, "SELECT number FROM kept") == [(7,)]
    finally:
        moved.close()


def test_a_var_that_is_deleted_while_it_is_in_use_leaves_no_server_behind(house: House) -> None:
    user = ready(house.user())
    servers = house.servers()
    shutil.rmtree(house.var)
    leave(user)
    assert [server for server in servers if server.is_running() and server.status() != "zombie"] == []


def test_one_folder_under_two_names_has_one_server(house: House, open_folder: Path) -> None:
    first = ready(house.user())
    link = open_folder / "link"
    link.symlink_to(house.var)
    other = House(link)
    second = ready(other.user())
    assert other.servers() == house.servers()
    leave(first)
    assert len(house.servers()) == 2
    leave(second)
    assert house.servers() == []


def test_a_folder_that_somebody_else_laid_in_the_way_is_refused(house: House) -> None:
    house.var.mkdir()
    (house.var / "run").mkdir(mode=0o755)
    (house.var / "run").chmod(0o755)
    refused = house.user()
    _out, err = refused.communicate("", timeout=30)
    assert refused.returncode == 1
    assert err.startswith(f"{house.var}/run must be a folder of the user ")
    assert err.count("\n") == 1
    (house.var / "run").rmdir()


def test_data_of_another_postgresql_is_refused_by_name(house: House) -> None:
    leave(ready(house.user()))
    (house.var / "postgres" / "PG_VERSION").write_text("16\n")
    refused = house.user()
    _out, err = refused.communicate("", timeout=30)
    (house.var / "postgres" / "PG_VERSION").write_text("18\n")
    assert refused.returncode == 1
    assert err.startswith(f"{house.var}/postgres was made by PostgreSQL 16, and this is PostgreSQL 18: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "DATABASE_URL is not set, and the embedded PostgreSQL is not installed: "),
        ({"DATABASE_URL": "postgres://h/n"}, "REDIS_URL is not set, and the embedded Valkey is not installed: "),
    ],
)
def test_without_the_wheels_one_sentence_says_what_to_set(
    house: House, open_folder: Path, given: dict[str, str], sentence: str
) -> None:
    # A production image: what Innspill needs is there, the two wheels are not.
    packages = open_folder / "packages"
    packages.mkdir()
    installed = Path(psycopg2.__file__).parent.parent
    for path in installed.glob("psycopg2*"):
        (packages / path.name).symlink_to(path)
    house.extra_env = given | {"PYTHONPATH": f"{packages}:{ROOT}"}
    refused = house.spawn(house.python, "-S", "-c", "from config import embedded; embedded.ensure_running()")
    _out, err = refused.communicate("", timeout=30)
    house.extra_env = {}
    assert refused.returncode == 1
    assert err.splitlines()[-1].startswith(f"config.embedded.errors.PartsError: {sentence}")
    shutil.rmtree(house.var)


def test_importing_what_serves_and_works_starts_nothing(house: House) -> None:
    program = "import django; django.setup(); import config.celery; config.celery.app.finalize()"
    house.extra_env = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = house.run(house.python, "-c", program)
    assert (done.returncode, done.stderr) == (0, "")
    assert house.servers() == []
    assert not (house.var / "postgres").exists()
    shutil.rmtree(house.var)
