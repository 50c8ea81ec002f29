"""Where the embedded servers keep their data and sockets, and which account runs them.

An ordinary user's servers run as that user, all of it in `var/`. PostgreSQL refuses to run as root, so root's servers
run as a system user of their own, which must be able to walk to its data: it lies in `var/` where every folder on the
way is open to all, else in a folder of ours under `/var/lib`. Folders that are not ours keep their permissions.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.errors import PartsError

SYSTEM_USER = "innspill-db"
STATE_ROOT = Path("/var/lib")
# In `var/`: the path of the folder that holds the data where the system user cannot reach `var/`.
ELSEWHERE = "data-folder"
# In that folder: the path of the `var/` it belongs to.
BELONGS_TO = "belongs-to"
# A socket's whole path must fit in 104 bytes on some systems (108 on Linux); PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True)
class Account:
    """The system account that owns the servers' data and runs them."""

    name: str
    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        """Options for `subprocess` that make a child run as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Place:
    """`base` holds the data, `sockets` the sockets, both readable by `account` alone; `var` holds locks and logs."""

    var: Path
    base: Path
    sockets: Path
    account: Account

    def own(self, folder: Path) -> None:
        """Make `folder` as a private folder of the account, or see that it is one."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            # In a folder that all may write to (/tmp) somebody else could have laid one of this name in our way.
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.account.uid or found.st_mode & 0o077:
                raise PartsError(
                    f"{folder} must be a folder of the user {self.account.name} that nobody else can open; "
                    "move it away or give it back to that user, and try again."
                ) from None
        else:
            folder.chmod(0o700)
            if self.account.uid != os.geteuid():
                os.chown(folder, self.account.uid, self.account.gid)


def var_dir() -> Path:
    """Return the folder for everything that is written while Innspill runs: INNSPILL_VAR, or `var/` beside the code."""
    given = os.environ.get("INNSPILL_VAR", "")
    # The real path: its parent folders are looked at, and one folder under two names must have one place for its sockets.
    return Path(given).resolve() if given else Path(__file__).resolve().parents[2] / "var"


def make_var(var: Path) -> None:
    """Make `var/` if it is not there: private, but for root open to walk through: the system user's data is in it."""
    if not var.is_dir():
        var.parent.mkdir(parents=True, exist_ok=True)
        var.mkdir(exist_ok=True)
        var.chmod(0o711 if os.geteuid() == 0 else 0o700)


def reachable_by_all(path: Path) -> bool:
    """Tell whether every folder on the way to `path`, and `path` itself if it is there, may be walked by any user."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents) if step.exists())


def data_is_in(var: Path) -> bool:
    """Tell whether the data lies in `var/` itself. Where it lies once, it stays, whatever permissions become."""
    if os.geteuid() != 0 or (var / "postgres").exists():
        return True
    return not (var / ELSEWHERE).exists() and reachable_by_all(var)


def sockets_dir(var: Path) -> Path:
    """Return the folder of the sockets: `var/run`, or a short one where that does not serve.

    Settings need it before anything runs, so it depends on nothing but the path of `var/`, its owner and permissions.
    """
    in_var = data_is_in(var)
    direct = var / "run"
    # PostgreSQL's clients take a comma for a list of hosts, and addresses of sockets give other signs a meaning.
    if in_var and len(os.fsencode(direct)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w /.~+-]+", str(direct)):
        return direct
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    uid = owner_of_data(var) if in_var else None
    if uid is None:
        return (Path("/run") if Path("/run").is_dir() else Path("/var/run")) / f"innspill-{digest}"
    # Not $XDG_RUNTIME_DIR or $TMPDIR: a service and a shell of the same user must come to the same folder.
    return Path(f"/tmp/innspill-{uid}-{digest}")  # noqa: S108  (owner and mode are looked at: Place.own)


def owner_of_data(var: Path) -> int | None:
    """Return the user id that runs servers over `var/`'s data; None for root's system user, which may not exist yet."""
    if os.geteuid() != 0:
        return os.geteuid()
    try:
        uid = (var / "postgres").stat().st_uid
    except FileNotFoundError:
        return None
    try:
        system_uid = pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        system_uid = -1
    return None if uid in (0, system_uid) else uid


def settle(var: Path) -> Place:
    """Return the place of `var/`'s servers, with its account and folders made. Call it under the start lock."""
    make_var(var)
    account = _account(owner_of_data(var))
    base = var
    if not data_is_in(var):
        base = _folder_elsewhere(var)
    place = Place(var=var, base=base, sockets=sockets_dir(var), account=account)
    if base != var:
        place.own(base)
        (base / BELONGS_TO).write_text(str(var))
    place.own(place.sockets)
    return place


def _account(uid: int | None) -> Account:
    if uid is None:
        return _system_account()
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise PartsError(
            f"The user number {uid} has no name on this machine, and PostgreSQL runs only as a named user: "
            "run Innspill as a user that the machine knows, or set DATABASE_URL."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _system_account() -> Account:
    """Return root's system user for the servers, made if absent."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", SYSTEM_USER]
    answer = ""
    # The password file may be locked for a moment by somebody else who adds a user, perhaps this very one.
    for pause in (0.0, 0.2, 1.0, 3.0):
        time.sleep(pause)
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        except KeyError:
            pass
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        except FileNotFoundError:
            answer = "the command useradd is not on this machine"
            break
        answer = " ".join(done.stderr.split())
    else:
        try:
            entry = pwd.getpwnam(SYSTEM_USER)
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        except KeyError:
            pass
    raise PartsError(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} for it could not be made ({answer}): "
        "add that user by hand, run Innspill as an ordinary user, or set DATABASE_URL."
    )


def _folder_elsewhere(var: Path) -> Path:
    """Return the folder under /var/lib that belongs to `var/`, named in `var/` itself.

    The name is kept in `var/`, so that a `var/` that was moved finds its data, one that was deleted starts afresh, and
    one that was copied does not share the data of the first.
    """
    mark = var / ELSEWHERE
    if mark.exists():
        folder = Path(mark.read_text().strip())
        try:
            owner = Path((folder / BELONGS_TO).read_text())
        except FileNotFoundError:
            owner = var
        copied = owner != var and (owner / ELSEWHERE).exists()
        if not copied:
            return folder
    folder = STATE_ROOT / f"innspill-{secrets.token_hex(6)}"
    draft = var / f".{ELSEWHERE}.{os.getpid()}"
    draft.write_text(f"{folder}\n")
    draft.rename(mark)
    return folder


def programs_for(place: Place, *, name: str, version: str, folders: list[Path], needed: Path) -> Path:
    """Return the folder that holds `folders` (neighbours in one folder), copied if the account cannot reach them.

    `needed` is one program in them. The copy lies in the account's place, complete or not at all.
    """
    source = folders[0].parent
    if place.account.uid == os.geteuid() or (reachable_by_all(needed) and needed.stat().st_mode & stat.S_IROTH):
        return source
    programs = place.base / "programs"
    wanted = programs / f"{name}-{version}"
    if not wanted.exists():
        programs.mkdir(exist_ok=True)
        programs.chmod(0o755)
        for old in programs.glob(f"*{name}-*"):
            shutil.rmtree(old)
        draft = programs / f".draft-{name}-{os.getpid()}"
        draft.mkdir()
        skipped = shutil.ignore_patterns(
            "include", "pgxs", "pkgconfig", "*.a", "*.py", "*.pyc", "__pycache__", "pginstall"
        )
        for folder in folders:
            shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=skipped)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        draft.rename(wanted)
    return wanted
