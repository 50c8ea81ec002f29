"""The secret that signs cookies, where none is given: made once and kept in var/, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from config.embedded import make_var
from config.embedded.locks import open_private


def kept_secret_key(var_dir: Path) -> str:
    """Return the key in `var_dir/secret_key`, made first if it is not there.

    Two processes may come here at once: the file is made complete under another name and linked into place, so that
    whoever loses the race reads the winner's key and nobody reads half a key.
    """
    path = var_dir / "secret_key"
    if not path.exists():
        make_var(var_dir)
        draft = var_dir / f".secret_key.{os.getpid()}"
        with open(open_private(draft, os.O_WRONLY), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
