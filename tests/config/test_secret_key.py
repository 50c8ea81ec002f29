"""The secret that is made where none is given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from pathlib import Path
from config.secret_key import kept_secret_key
sys.stdin.readline()
print(kept_secret_key(Path(sys.argv[1])))
"""


def test_ten_processes_at_once_get_one_secret_that_only_the_owner_reads(tmp_path: Path) -> None:
    var = tmp_path / "var"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(var)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(10)
    ]
    for process in processes:  # all have started and wait: now they go together
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=30)[0].strip() for process in processes}

    assert [process.returncode for process in processes] == [0] * 10
    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in var.iterdir()] == ["secret_key"]
