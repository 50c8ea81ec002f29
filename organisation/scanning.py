"""Files that come in, looked through for viruses by clamd, where one is set up (`CLAMD_URL`).

Speaks clamd's INSTREAM (clamd(8)): the word, then pieces with their length before them, then a length of nothing; one line
comes back. No database, no clock, and nothing of whose file it is: what is counted and logged is what was found.
"""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from prometheus_client import Counter

from organisation.errors import Refused

logger = logging.getLogger(__name__)

REFUSE, ACCEPT = "refuse", "accept"
PIECE = 64 * 1024
CONNECT = 2
"""Seconds in which clamd must take us: somebody waits."""
LONGEST_ANSWER = 4096

SCANNED = Counter(
    "innspill_files_scanned_total", "Files looked through for viruses, by what came of it.", ["outcome"], registry=None
)
"""Shown by `config.metrics`."""


class Infected(Exception):
    """clamd knows something bad in it. The text is what clamd calls that."""


class ScannerAway(Refused):
    """clamd is set up, does not answer, and nothing is taken meanwhile (`CLAMD_AWAY=refuse`)."""

    code = "scanner_away"
    field = "uploads"
    message = _("We cannot look through files for viruses just now. Send it without them, or try again later.")


class TooLarge(Exception):
    """clamd answers, and takes no file of this size: its `StreamMaxLength`. It would say the same tomorrow."""


class Away(Exception):
    """clamd did not answer, or answered nothing that we know."""


def is_on() -> bool:
    return bool(settings.CLAMD_URL)


def looked_through(content: BinaryIO) -> bool:
    """Have clamd look through a file; it is at its beginning before and after. Returns whether that was done: False where
    clamd is away and files are taken all the same (`CLAMD_AWAY=accept`). True where there is none to ask.

    Raises Infected, TooLarge, ScannerAway.
    """
    if not is_on():
        return True
    try:
        look_through(content)
    except Away as error:
        if settings.CLAMD_AWAY == ACCEPT:
            return False
        raise ScannerAway from error
    return True


def look_through(content: BinaryIO) -> None:
    """Have clamd look through a file, whatever is to become of it; it is at its beginning afterwards.

    Raises Infected, TooLarge, Away.
    """
    try:
        found = _asked(content)
    except TooLarge:
        SCANNED.labels("too_large").inc()
        logger.error("A file is too large to be looked through for viruses: clamd's StreamMaxLength")
        raise
    except (OSError, Away) as error:
        SCANNED.labels("away").inc()
        logger.error("A file could not be looked through for viruses: %s", str(error) or type(error).__name__)
        raise Away from error
    finally:
        content.seek(0)
    if found:
        SCANNED.labels("infected").inc()
        logger.warning("A virus was found in a file: %s", found)
        raise Infected(found)
    SCANNED.labels("clean").inc()


def answers() -> str:
    """Return clamd's version and that of its signatures, "" where it does not answer."""
    try:
        with _connected() as line:
            line.sendall(b"zVERSION\0")
            return _answer(line)
    except (OSError, Away):
        return ""


def takes(size: int) -> bool:
    """Whether clamd looks through a file of that many bytes: it is sent zeros, which may take seconds. Raises Away."""
    try:
        _sent(iter([bytes(PIECE)] * (size // PIECE) + [bytes(size % PIECE)] * bool(size % PIECE)))
    except TooLarge:
        return False
    except OSError as error:
        raise Away from error
    return True


def _asked(content: BinaryIO) -> str:
    """Return what clamd found, "" where nothing."""
    content.seek(0)
    answer = _sent(iter(lambda: content.read(PIECE), b""))
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise Away(answer or "no answer")


def _sent(pieces: Iterator[bytes]) -> str:
    """Return clamd's answer to what is sent. Raises TooLarge, OSError."""
    hung_up, answer = False, ""
    with _connected() as line:
        # Over its limit clamd answers and hangs up before all is sent. Its answer says why, and may be lost with the line.
        try:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            hung_up = True
        with suppress(ConnectionResetError):
            answer = _answer(line)
    if "size limit exceeded" in answer or (hung_up and not answer and answers()):
        raise TooLarge
    return answer


def _connected() -> socket.socket:
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(CONNECT)
        try:
            line.connect(where.path)
        except OSError:
            line.close()
            raise
    else:
        line = socket.create_connection((where.hostname or "localhost", where.port or 3310), timeout=CONNECT)
    line.settimeout(settings.CLAMD_SECONDS)
    return line


def _answer(line: socket.socket) -> str:
    said = b""
    while len(said) < LONGEST_ANSWER and not said.endswith(b"\0") and (piece := line.recv(LONGEST_ANSWER)):
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
