"""A real HTTP server on loopback that takes webhooks: well, badly, slowly, or not at all."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Took:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """`behaviour` of a path decides what its requests meet: a status, or one of the words below. `took` is what came in."""

    url: str = ""
    took: list[Took] = field(default_factory=list)
    behaviour: dict[str, int | str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b"ok"
    cut: int = 0  # bytes of the answer that are promised and never come
    on_request: Callable[[Took], object] = lambda took: None
    released: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str) -> list[Took]:
        return [took for took in self.took if took.path == path]


@contextmanager
def open_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            took = Took(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            receiver.took.append(took)
            receiver.on_request(took)
            how = receiver.behaviour.get(self.path, 200)
            self.close_connection = True
            if how == "hangs":
                receiver.released.wait(20)
                return
            if how == "closes":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if how == "closes midway":
                self.wfile.write(b"HTTP/1.1 20")
                return
            self.send_response(int(how))
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.answer) + receiver.cut))
            self.end_headers()
            self.wfile.write(receiver.answer)

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
