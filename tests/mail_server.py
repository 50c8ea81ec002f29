"""A real IMAP server on loopback: pymap, in a process of its own, with one mailbox in memory."""

from __future__ import annotations

import imaplib
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
    """What a mail program sees of the mailbox."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"imap://post%40solvik.test:hemmelig%2Ford%40her@127.0.0.1:{port}/INBOX"

    @contextmanager
    def open(self) -> Iterator[MailBoxUnencrypted]:
        mailbox = MailBoxUnencrypted("127.0.0.1", self.port, timeout=20)
        try:
            mailbox.login(USER, PASSWORD)
            yield mailbox
        finally:
            with suppress(OSError):
                mailbox.logout()
            mailbox.client.shutdown()

    def put(self, *mails: bytes) -> None:
        """Let mails arrive, unseen."""
        with self.open() as mailbox:
            for mail in mails:
                mailbox.append(mail, "INBOX")

    def seen(self, folder: str = "INBOX") -> list[bool]:
        """Whether each mail of a folder has been seen, in their order."""
        with self.open() as mailbox:
            mailbox.folder.set(folder)
            return ["\\Seen" in one.flags for one in mailbox.fetch(mark_seen=False, headers_only=True)]


@contextmanager
def open_mail_server(log: Path) -> Iterator[MailServer]:
    """Run the server until the block ends."""
    server = MailServer(free_port())
    words = ["--host", "127.0.0.1", "--port", str(server.port), "--no-tls", "dict", "--demo-user", USER]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "pymap"), *words, "--demo-password", PASSWORD], stdout=out, stderr=out
        )
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait(server: MailServer, process: subprocess.Popen[bytes]) -> None:
    for _try in range(150):
        assert process.poll() is None, "the IMAP server ended"
        try:
            with server.open():
                return
        except (OSError, imaplib.IMAP4.abort):
            time.sleep(0.2)
    raise AssertionError("the IMAP server never answered")
