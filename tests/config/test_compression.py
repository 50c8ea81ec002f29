"""Over the wire: files compressed, named by their content, kept for ever; pages compressed, with no telling length."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.compression import CompressionMiddleware
from tests.factories import a_card, make_solvik

PROGRAM = """
import json, sys
import django
django.setup()
from django.core.management import call_command
from django.conf import settings
settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS = [sys.argv[1]], [settings.STATICFILES_FINDERS[0]]
call_command("collectstatic", interactive=False, verbosity=0)
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.wsgi import get_wsgi_application
from django.test import RequestFactory

application = get_wsgi_application()
found = []
for name in ("own.css", "own.js"):
    for asked in ("gzip, deflate, br, zstd", "gzip", ""):
        environ = RequestFactory().get(staticfiles_storage.url(name), HTTP_ACCEPT_ENCODING=asked).environ
        environ["SERVER_NAME"] = "localhost"
        answered = {}
        def start(status, headers, *rest):
            answered.update({key.lower(): value for key, value in headers}, status=status)
        length = len(b"".join(application(environ, start)))
        found.append([name, environ["PATH_INFO"], asked, answered, length])
print(json.dumps(found))
"""


@pytest.mark.slow
def test_files_come_compressed_and_are_kept_for_ever(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for kind in ("css", "js"):
        whole = b"".join(
            path.read_bytes() for path in sorted((settings.BASE_DIR / "static/innspill").glob(f"*.{kind}"))
        )
        (own / f"own.{kind}").write_bytes(whole.replace(b"url(", b"none("))
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.served", "INNSPILL_TEST_STATIC": str(tmp_path / "static")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(own)],
        env=env,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    sizes: dict[str, list[int]] = {}
    for name, path, asked, answered, length in found:
        assert answered["status"] == "200 OK", path
        stem, _dot, ending = name.rpartition("/")[2].rpartition(".")
        assert path.rpartition("/")[2].startswith(f"{stem}."), path
        assert path.rpartition("/")[2] != f"{stem}.{ending}", path  # a sum of its content stands between
        assert "immutable" in answered["cache-control"], path
        assert "max-age=315360000" in answered["cache-control"], path
        assert "Accept-Encoding" in answered["vary"], path
        assert answered.get("content-encoding", "") == ("br" if "br" in asked else asked), (path, asked)
        sizes.setdefault(name, []).append(length)
    for name, (brotli, zipped, plain) in sizes.items():
        assert brotli < zipped < plain / 2, name


@pytest.mark.django_db
def test_pages_are_compressed_and_their_length_tells_nothing() -> None:
    make_solvik()
    card = a_card()
    zipping = Client(headers={"accept-encoding": "gzip, br"})
    answers = [zipping.get(f"/card/{card.secret}/") for _ in range(8)]
    for answer in answers:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert card.reference in gzip.decompress(answer.content).decode()
    plain = Client().get(f"/card/{card.secret}/")
    assert not plain.has_header("Content-Encoding")
    assert all(len(answer.content) < len(plain.content) / 2 for answer in answers)
    assert len({len(answer.content) for answer in answers}) > 1  # of the same page


@pytest.mark.django_db
def test_what_is_compressed_already_or_bears_a_tag_goes_as_it_is() -> None:
    """A weak tag would match nothing: who sends If-Match gets the strong one, asked with or without compression."""
    solvik = make_solvik()
    card = a_card()
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(solvik.clerk)
    answer = client.get(f"/api/v1/cards/{card.reference}/")
    assert answer.status_code == 200
    assert (answer.has_header("Content-Encoding"), answer.headers["ETag"][:1]) == (False, '"')
    for kind, is_compressed in (("application/pdf", False), ("image/jpeg", False), ("text/csv; charset=utf-8", True)):
        request = RequestFactory(headers={"accept-encoding": "gzip"}).get("/")
        sent = CompressionMiddleware(lambda _request, kind=kind: HttpResponse(b"words " * 99, content_type=kind))(
            request
        )
        assert sent.has_header("Content-Encoding") is is_compressed, kind
    data = client.get("/api/v1/cards/")
    assert data.headers.get("Content-Encoding", "gzip") == "gzip"
