"""A real IMAP server on loopback: pymap, in a process of its own, with one mailbox in memory."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from imap_tools import MailBoxUnencrypted

from tests.post_office import free_port

USER, PASSWORD = "post@solvik.test", "hemmelig/ord@her"


class MailServer:
    """What a mail program sees of the mailbox, over one connection: each sign-in costs a second."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"imap://post%40solvik.test:hemmelig%2Ford%40her@127.0.0.1:{port}/INBOX"
        self._mailbox = MailBoxUnencrypted("127.0.0.1", port, timeout=90)
        self._mailbox.login(USER, PASSWORD)

    def put(self, *mails: bytes) -> None:
        """Let mails arrive, unseen."""
        for mail in mails:
            self._mailbox.append(mail, "INBOX")

    def seen(self, folder: str = "INBOX") -> list[bool]:
        """Whether each mail of a folder has been seen, in their order."""
        self._mailbox.folder.set(folder)
        return ["\\Seen" in one.flags for one in self._mailbox.fetch(mark_seen=False, headers_only=True)]

    def add_folder(self, name: str) -> None:
        self._mailbox.folder.create(name)

    def empty(self) -> None:
        """Throw all mails away."""
        self._mailbox.folder.set("INBOX")
        self._mailbox.delete(self._mailbox.uids())

    def close(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._mailbox.logout()


@contextmanager
def open_mail_server(log: Path) -> Iterator[MailServer]:
    """Run the server until the block ends."""
    port = free_port()
    words = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict", "--demo-user", USER]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "pymap"), *words, "--demo-password", PASSWORD], stdout=out, stderr=out
        )
        try:
            _wait(port, process)
            server = MailServer(port)
            yield server
            server.close()
        finally:
            process.kill()
            process.wait(timeout=10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _try in range(300):
        assert process.poll() is None, "the IMAP server ended"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError("the IMAP server never answered")
