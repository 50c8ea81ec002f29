"""docs/api.md says what is so: every block of code in it is run against a real server, and what it shows is compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from organisation.actions.api_keys import create_api_key
from organisation.models import Person, RoleAssignment
from organisation.permissions import Role, Scope
from tests.feedback.api.conftest import NOW, Town, town  # noqa: F401

DOCS = Path(__file__).resolve().parent.parent / "docs"
ADDRESS, SHOWN_KEY = "https://innspill.solvik.example", "innspill_…"
MARK = "=== block {} ==="


class Block(NamedTuple):
    language: str
    code: str
    output: str | None
    line: int


def blocks() -> list[Block]:
    """Return the blocks of code in the order in which they stand, each with the output that follows it."""
    text = (DOCS / "api.md").read_text()
    found: list[Block] = []
    for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
        language, content = match.groups()
        line = text[: match.start()].count("\n") + 1
        if language == "output":
            found[-1] = found[-1]._replace(output=content)
        else:
            found.append(Block(language, content, None, line))
    return found


def looks_like(shown: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(part) for part in shown.split("…")), re.S)


def compare(printed: str, of: list[Block]) -> None:
    parts = re.split(MARK.format(r"\d+") + "\n", printed)[1:]
    assert len(parts) == len(of)
    for block, part in zip(of, parts, strict=True):
        shown = block.output or ""
        assert looks_like(shown).fullmatch(part), (
            f"docs/api.md, line {block.line}, shows:\n{shown}\nbut it says:\n{part}"
        )


@pytest.fixture
def key(town: Town) -> str:  # noqa: F811
    person = Person.objects.create_user("client@solvik.example", "Kartet", None)
    for role in (Role.SERVICE_CENTRE, Role.ADMINISTRATOR):
        RoleAssignment.objects.create(person=person, role=role)
    made = create_api_key(
        name="Kartet", acts_as=person, scopes=list(Scope.values), today=date(2026, 11, 16), by=None, now=NOW
    )
    return made.secret


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_block_does_what_the_page_shows(live_server: Any, key: str, settings: Any, tmp_path: Path) -> None:
    settings.API_REQUESTS_PER_MINUTE = {"key": 1200, "person": 600, "address": 120}
    shell = [block for block in blocks() if block.language == "sh"]
    python = [block for block in blocks() if block.language == "python"]
    assert len(shell) + len(python) == len(blocks()), "a block of a language that nobody runs"
    assert len(shell) > 5
    assert len(python) > 5
    assert all(block.output for block in [*shell[1:], *python[1:]]), "a block that does not show what it prints"

    def put(code: str) -> str:
        return code.replace(ADDRESS, live_server.url).replace(SHOWN_KEY, key)

    script = "".join(f"echo '{MARK.format(n)}'\n{put(block.code)}" for n, block in enumerate(shell))
    compare(run(["bash", "-euo", "pipefail", "-c", script], tmp_path), shell)
    program = f"INNSPILL, KEY = {live_server.url!r}, {key!r}\n"
    program += "".join(f"print({MARK.format(n)!r})\n{block.code}" for n, block in enumerate(python))
    compare(run([sys.executable, "-W", "error", "-c", program], tmp_path, PYTHONPATH=str(DOCS)), python)


def run(command: list[str], folder: Path, **env: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, env=os.environ | {"LC_ALL": "C.UTF-8"} | env
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout
