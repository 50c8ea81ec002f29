"""A real HTTP server on loopback that answers as another house does: well, slowly, cut short, with a web page, busy."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Says:
    """One answer. `cut` bytes of the end are never sent; `pause` seconds go by before each of its pieces."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    pause: float = 0
    zipped: bool = False


@dataclass
class House:
    """`answers` of each path are given one after another, the last for ever. `asked` is what came in."""

    url: str = ""
    answers: dict[str, list[Says]] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def says(self, path: str, *answers: Says | bytes) -> None:
        self.answers[path] = [one if isinstance(one, Says) else Says(one) for one in answers]

    def paths(self) -> list[str]:
        return [path for _method, path, _headers, _body in self.asked]


@contextmanager
def another_house() -> Iterator[House]:
    house = House()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            house.asked.append((self.command, self.path, dict(self.headers.items()), body))
            queue = house.answers.get(self.path.partition("?")[0], [Says(b"{}", 404)])
            says = queue.pop(0) if len(queue) > 1 else queue[0]
            content = gzip.compress(says.body) if says.zipped else says.body
            self.send_response(says.status)
            for name, value in says.headers.items():
                self.send_header(name, value)
            if says.zipped:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            whole = content[: len(content) - says.cut]
            try:
                for start in range(0, len(whole), 64 if says.pause else max(len(whole), 1)):
                    time.sleep(says.pause)
                    self.wfile.write(whole[start : start + 64] if says.pause else whole)
                    self.wfile.flush()
            except OSError:
                pass  # whoever asked has gone
            self.close_connection = True

        do_POST = do_PATCH = do_DELETE = do_GET

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    house.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield house
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
