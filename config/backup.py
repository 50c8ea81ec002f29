"""Backup and restore: the database and the attachments, at one moment, in a folder that can be checked and encrypted.

A backup is a folder `innspill-20261122T084500Z` with

- `manifest.json`: what made it, when (UTC), the migrations and rows it holds, and the SHA-256 and bytes of each file;
- `database.dump`: pg_dump's own format, without tables that PostgreSQL does not log;
- `attachments.tar`: every file that a row of the dump names, under the name it has in the storage.

With recipients the latter two are encrypted as age files (`.age`, age-encryption.org/v1), which the program `age` opens as
well. The rows and the names of the attachments are read in the transaction whose snapshot pg_dump is given, so that they
agree. A folder appears under its name when it is whole; until then it ends in `.partial`.

Settings and secrets (`SECRET_KEY`) are not in it: keep them apart.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

import pyrage
from django.apps import apps
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import FileField

from config.postgres_programs import NoProgram, program
from feedback.actions.erasure_register import read_register, write_register
from feedback.actions.replaying import replay

FORMAT = 1
DATABASE, ATTACHMENTS, MANIFEST, SEALED = "database.dump", "attachments.tar", "manifest.json", ".age"
NAME = re.compile(r"innspill-\d{8}T\d{6}Z")
_CHUNK = 1 << 20


class BackupError(Exception):
    """It cannot be: one sentence for whoever runs the command."""


@dataclass(frozen=True)
class Backup:
    """One backup: its folder and what its manifest says."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(self.manifest["made_at"])

    def lines(self) -> list[str]:
        """Return it for people."""
        size = sum(file["bytes"] for file in self.manifest["files"].values()) / 1024**2
        rows = sum(self.manifest["rows"].values())
        sealed = ", encrypted" if self.manifest["encrypted"] else ""
        return [
            f"{self.folder}: {size:,.1f} MB{sealed}",
            f"{rows:,} rows in {len(self.manifest['rows'])} tables, {self.manifest['attachments']:,} attachments",
            *(f"Missing in the storage: {name}" for name in self.manifest["missing"]),
        ]


# --- Making one ---------------------------------------------------------------------------------------------------------


def make_backup(into: Path, *, now: datetime, recipients: Sequence[str] = (), version: str = "") -> Backup:
    """Back the database and the attachments up into a new folder below `into`.

    `recipients` are age's public keys (`age1…`) or SSH's. Raises BackupError, leaving no folder behind.
    """
    keys = [_recipient(text) for text in recipients]
    final = into / f"innspill-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    draft = final.with_name(final.name + ".partial")
    if final.exists() or draft.exists():
        raise BackupError(f"{final} is there already.")
    try:
        into.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
    except OSError as error:
        raise BackupError(f"{into} cannot be written: {error.strerror}.") from None
    try:
        manifest = _write(draft, keys, now, version)
        (draft / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        for path in draft.iterdir():
            path.chmod(0o600)
            _sync(path)
        draft.rename(final)
        _sync(into)
    except OSError as error:
        raise BackupError(f"{draft} cannot be written: {error.strerror}.") from None
    finally:
        if draft.exists():
            shutil.rmtree(draft)
    return Backup(final, manifest)


def _write(draft: Path, keys: list[Any], now: datetime, version: str) -> dict[str, Any]:
    files: dict[str, dict[str, Any]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows, names = _rows(cursor), _attached()
        server = connection.pg_version  # type: ignore[attr-defined]
        with _sealed(draft / DATABASE, keys, files) as out:
            _dump(snapshot, out, server // 10_000)
    missing: list[str] = []
    with _sealed(draft / ATTACHMENTS, keys, files) as out:
        count = _pack(names, out, missing)
    return {
        "format": FORMAT,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "innspill": version,
        "postgresql": server,
        "migrations": sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()),
        "rows": rows,
        "attachments": count,
        "missing": missing,
        "encrypted": bool(keys),
        "files": files,
    }


def _rows(cursor: Any) -> dict[str, int]:
    """Return how many rows each table has; of those PostgreSQL does not log, none are in a dump."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p'"
        " AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    tables = [row[0] for row in cursor.fetchall()]
    counted = {}
    for table in tables:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
        counted[table] = cursor.fetchone()[0]
    return counted


def _attached() -> list[str]:
    """Return the storage's name of every file that a row names, each once."""
    names: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FileField):
                rows = model._base_manager.exclude(**{field.name: ""})
                names.update(rows.values_list(field.name, flat=True).iterator(chunk_size=5000))
    return sorted(name for name in names if name)


def _pack(names: Sequence[str], out: IO[bytes], missing: list[str]) -> int:
    count = 0
    with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name in names:
            try:
                with default_storage.open(name, "rb") as file:
                    info = tarfile.TarInfo(name)
                    info.size, info.mode = file.size, 0o600
                    tar.addfile(info, file)
            except FileNotFoundError:
                missing.append(name)  # taken away since the snapshot, or lost before
                continue
            count += 1
    return count


class _Summed(io.RawIOBase):
    """Writes through to a file, and keeps the sum and the length of what went in."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb")
        self.sum, self.bytes = hashlib.sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._file.write(piece)
        self.sum.update(piece)
        self.bytes += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


@contextmanager
def _sealed(path: Path, keys: list[Any], files: dict[str, dict[str, Any]]) -> Iterator[IO[bytes]]:
    """Yield what to write a file of the backup to; encrypted on its way where there are keys."""
    stored = path.with_name(path.name + SEALED) if keys else path
    summed = _Summed(stored)
    try:
        if keys:
            with _through(lambda source: pyrage.encrypt_io(source, summed, keys)) as plain:
                yield plain
        else:
            yield cast(IO[bytes], summed)
    finally:
        summed.close()
    files[stored.name] = {"bytes": summed.bytes, "sha256": summed.sum.hexdigest()}


@contextmanager
def _through(work: Callable[[IO[bytes]], object]) -> Iterator[IO[bytes]]:
    """Yield the writing end of a pipe whose reading end `work` takes in another thread; its fault is raised here."""
    read_end, write_end = os.pipe()
    faults: list[BaseException] = []

    def run() -> None:
        with os.fdopen(read_end, "rb") as source:
            try:
                work(source)
            except BaseException as error:  # noqa: BLE001  (raised again below)
                faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with os.fdopen(write_end, "wb") as sink:
            yield cast(IO[bytes], sink)
    except BrokenPipeError:
        if not faults:
            raise
    finally:
        thread.join()
    if faults:
        raise BackupError(f"It could not be encrypted or read: {faults[0]}") from faults[0]


def _dump(snapshot: str, out: IO[bytes], major: int) -> None:
    command = [
        str(_program("pg_dump", major)), "--format=custom", f"--snapshot={snapshot}", "--no-owner", "--no-privileges",
        "--no-unlogged-table-data", "--no-password",
    ]  # fmt: skip
    with _running(command, stdout=subprocess.PIPE) as running:
        shutil.copyfileobj(cast(IO[bytes], running.stdout), out, _CHUNK)


def _program(name: str, major: int) -> Path:
    try:
        return program(name, major)
    except NoProgram as error:
        raise BackupError(str(error)) from error


def _environment() -> dict[str, str]:
    """Return what libpq connects by, so that no password stands on a command line."""
    given = connection.get_connection_params()
    names = {
        "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    }  # fmt: skip
    return os.environ | {names[key]: str(value) for key, value in given.items() if key in names and value}


# --- Looking at one -----------------------------------------------------------------------------------------------------


def read_backup(folder: Path) -> Backup:
    """Return the backup in `folder`. Raises BackupError where it is none, or one of a later form."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise BackupError(f"{folder} is no backup: {MANIFEST} cannot be read ({error.strerror}).") from None
    except ValueError:
        raise BackupError(f"{folder} is no whole backup: {MANIFEST} is damaged.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BackupError(f"{folder} is of another form of backup than this Innspill reads.")
    return Backup(folder, manifest)


def verify(folder: Path, *, identities: Sequence[str] = ()) -> Backup:
    """Check every file's sum; and, where it is not encrypted or the key is given, that dump and attachments can be read.

    Raises BackupError with what is wrong.
    """
    backup = read_backup(folder)
    for name, told in backup.manifest["files"].items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise BackupError(f"{name} cannot be read: {error.strerror}.") from None
        if found != told["sha256"]:
            raise BackupError(f"{name} is damaged: it is not what was written.")
    if backup.manifest["encrypted"] and not identities:
        return backup
    with _opened(backup, DATABASE, identities) as dump:
        _listed(dump, backup)
    with _opened(backup, ATTACHMENTS, identities) as packed:
        count = sum(1 for _name, _file in _unpacked(packed))
    if count != backup.manifest["attachments"]:
        raise BackupError(f"{ATTACHMENTS} holds {count} files and should hold {backup.manifest['attachments']}.")
    return backup


def old_backups(into: Path, *, now: datetime, keep_days: int) -> list[Path]:
    """Return the folders of whole backups below `into` that are older than `keep_days` days; the newest never."""
    found = sorted(
        (backup.made_at, backup.folder)
        for folder in into.glob("innspill-*")
        if NAME.fullmatch(folder.name) and (backup := _or_none(folder)) is not None
    )
    first = now - timedelta(days=keep_days)
    return [folder for made_at, folder in found[:-1] if made_at < first]


def _or_none(folder: Path) -> Backup | None:
    try:
        return read_backup(folder)
    except BackupError:
        return None


# --- Bringing one back --------------------------------------------------------------------------------------------------


def restore(folder: Path, *, identities: Sequence[str] = (), replace: bool = False) -> Backup:
    """Bring database and attachments back as they were, then apply the migrations that came since.

    What was erased after the backup is there again: `forget_again` is the next thing to do.

    The database must have no tables, or `replace` let them go: in one transaction, so that a restore that fails leaves what
    was there. Attachments are laid beside those that are there; one of the same name is written over.

    Raises BackupError; nothing is changed then, but for attachments where the storage fails midway.
    """
    backup = verify(folder, identities=identities)
    if backup.manifest["encrypted"] and not identities:
        raise BackupError("The backup is encrypted: give the key with --identity FILE.")
    _check_known(backup)
    tables = connection.introspection.table_names()
    if tables and not replace:
        raise BackupError(
            f"The database holds {len(tables)} tables. Restore into an empty one, or say --replace to let them go."
        )
    with _opened(backup, DATABASE, identities) as dump:
        _replayed(dump, backup, replace=bool(tables))
    with _opened(backup, ATTACHMENTS, identities) as packed:
        for name, file in _unpacked(packed):
            if default_storage.exists(name):
                default_storage.delete(name)
            kept = _saved(name, file)
            if kept != name:
                raise BackupError(f"The storage gave the attachment {name} another name: {kept}.")
    _check_rows(backup)
    call_command("migrate", verbosity=0, interactive=False)
    return backup


def _saved(name: str, file: IO[bytes]) -> str:
    """Save what is read from the archive once, from front to back: object storage reads it again where sending it fails."""
    with tempfile.SpooledTemporaryFile(max_size=_CHUNK) as whole:
        shutil.copyfileobj(file, whole, _CHUNK)
        whole.seek(0)
        return default_storage.save(name, File(whole, name))


def save_erasures(*, now: datetime) -> None:
    """Write the erasures that the database still knows of to the register, before the database is let go."""
    if "feedback_erasure" in connection.introspection.table_names():
        write_register(now=now)


def forget_again(register: Path, *, now: datetime) -> str:
    """Do again what was erased after the backup was made, and return a sentence on it.

    Raises BackupError where the register is not there or a line of it cannot be read: then nobody knows what should go.
    """
    try:
        found = read_register(register)
    except OSError as error:
        raise BackupError(
            f"The register of erasures {register} cannot be read ({error.strerror}). The backup is restored, and what was "
            "erased after it was made is there again. Find the register and run «manage.py replay_erasures --erasures FILE»."
        ) from None
    done = replay(found.erasures, now=now)
    if found.damaged:
        raise BackupError(
            f"{found.damaged} lines of {register} cannot be read. The other erasures were done again: {done.done}."
        )
    return f"Erasures made since the backup and done again: {done.done} (known already: {done.known})."


def _check_known(backup: Backup) -> None:
    """Refuse a backup of a later Innspill: its tables have columns of which this one knows nothing."""
    known = {f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.disk_migrations}
    ours = {app.label for app in apps.get_app_configs()}
    later = [name for name in backup.manifest["migrations"] if name not in known and name.partition(".")[0] in ours]
    if later:
        raise BackupError(f"The backup is of a later Innspill: this one has no migration {later[0]}.")


def _check_rows(backup: Backup) -> None:
    with connection.cursor() as cursor:
        found = _rows(cursor)
    for table, told in backup.manifest["rows"].items():
        if found.get(table) != told:
            raise BackupError(f"{table} has {found.get(table)} rows and should have {told}: the restore is not whole.")


@contextmanager
def _opened(backup: Backup, name: str, identities: Sequence[str]) -> Iterator[IO[bytes]]:
    """Yield the plain content of a file of the backup."""
    if not backup.manifest["encrypted"]:
        with (backup.folder / name).open("rb") as file:
            yield file
        return
    keys = [_identity(text) for text in identities]
    with (backup.folder / (name + SEALED)).open("rb") as sealed, _reading(sealed, keys) as plain:
        yield plain


@contextmanager
def _reading(sealed: IO[bytes], keys: list[Any]) -> Iterator[IO[bytes]]:
    read_end, write_end = os.pipe()
    faults: list[BaseException] = []

    def run() -> None:
        with os.fdopen(write_end, "wb") as sink:
            try:
                pyrage.decrypt_io(sealed, sink, keys)
            except BrokenPipeError:
                pass  # whoever reads had enough
            except BaseException as error:  # noqa: BLE001  (raised again below)
                faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        with os.fdopen(read_end, "rb") as source:
            yield source
    finally:
        thread.join()
        if faults and "pipe" not in str(faults[0]).lower():
            raise BackupError(f"It cannot be decrypted: {faults[0]}.") from faults[0]


def _listed(dump: IO[bytes], backup: Backup) -> None:
    """Have pg_restore read the whole dump. Raises BackupError where it cannot."""
    with _running(_pg_restore(backup), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        _feed(dump, running.stdin)


def _replayed(dump: IO[bytes], backup: Backup, *, replace: bool) -> None:
    """Run the dump's SQL in one transaction, after the tables that are there were let go."""
    major = connection.pg_version // 10_000  # type: ignore[attr-defined]
    connection.close()
    psql = [str(_program("psql", major)), "--no-psqlrc", "--quiet", "--no-password", "--single-transaction"]
    psql += ["--set=ON_ERROR_STOP=1", "--output", os.devnull]
    with _running(psql, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as taking:
        sql = cast(IO[bytes], taking.stdin)
        try:
            if replace:
                sql.write(b"SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
            with _running(_pg_restore(backup), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as giving:
                feeder = threading.Thread(target=_feed, args=(dump, giving.stdin))
                feeder.start()
                try:
                    shutil.copyfileobj(cast(IO[bytes], giving.stdout), sql, _CHUNK)
                finally:
                    cast(IO[bytes], giving.stdout).close()
                    feeder.join()
        except BackupError:
            taking.kill()  # half a dump must not be committed
            raise
        except BrokenPipeError:
            pass  # psql says itself why it stopped
        finally:
            with suppress(BrokenPipeError):
                sql.close()


def _pg_restore(backup: Backup) -> list[str]:
    major = int(backup.manifest["postgresql"]) // 10_000
    return [str(_program("pg_restore", major)), "--no-owner", "--no-privileges", "--file=-"]


def _feed(source: IO[bytes], stdin: IO[bytes] | None) -> None:
    try:
        with cast(IO[bytes], stdin) as sink:
            shutil.copyfileobj(source, sink, _CHUNK)
    except BrokenPipeError:
        pass  # whoever reads stopped, and says why


@contextmanager
def _running(command: list[str], **streams: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of PostgreSQL. Raises BackupError with its last words where it fails."""
    said: list[bytes] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=_environment(), **streams) as running:
        words = cast(IO[bytes], running.stderr)
        listener = threading.Thread(target=lambda: said.append(words.read()))
        listener.start()
        yield running
        listener.join()
    if running.returncode:
        raise BackupError(f"{Path(command[0]).name} failed: {_last(said[0])}")


def _unpacked(packed: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Yield each attachment. Raises BackupError for a name that would leave the storage."""
    try:
        with tarfile.open(fileobj=packed, mode="r|") as tar:
            for info in tar:
                parts = Path(info.name).parts
                if not info.isfile() or info.name.startswith("/") or ".." in parts:
                    raise BackupError(f"{ATTACHMENTS} holds «{info.name}», which is no attachment.")
                yield info.name, tar.extractfile(info)
    except tarfile.TarError as error:
        raise BackupError(f"{ATTACHMENTS} cannot be read: {error}.") from None


# --- Keys ---------------------------------------------------------------------------------------------------------------


def _recipient(text: str) -> Any:
    try:
        if text.startswith("ssh-"):
            return pyrage.ssh.Recipient.from_str(text)
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise BackupError(f"«{text[:30]}…» is no public key of age or SSH.") from None


def _identity(text: str) -> Any:
    try:
        if text.lstrip().startswith("-----BEGIN"):
            return pyrage.ssh.Identity.from_buffer(text.encode())
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError:
        raise BackupError("The key file holds no private key of age or SSH.") from None


def identities_in(path: Path) -> list[str]:
    """Return the private keys in a file as `age-keygen` writes it, or one of SSH. Raises BackupError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BackupError(f"The key file {path} cannot be read.") from None
    if text.lstrip().startswith("-----BEGIN"):
        return [text]
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _last(said: bytes) -> str:
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why"


def _sync(path: Path) -> None:
    """Have it on the disk before the backup counts as made."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
