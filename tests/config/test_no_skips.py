"""In CI nothing may pass by not running."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SKIPPING = {
    "in the test": "import pytest\ndef test_it():\n    pytest.skip('no camera')\n",
    "by a mark": "import pytest\n@pytest.mark.skipif(True, reason='no camera')\ndef test_it():\n    pass\n",
    "the whole file": "import pytest\npytest.skip('no camera', allow_module_level=True)\n",
}


@pytest.mark.parametrize("way", SKIPPING)
@pytest.mark.parametrize(("no_skips", "fails"), [("1", True), ("", False)])
def test_a_skipped_test_fails_where_nothing_may_be_skipped(
    tmp_path: Path, way: str, no_skips: str, fails: bool
) -> None:
    (tmp_path / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.conftest import pytest_runtest_makereport, pytest_make_collect_report\n"
    )
    (tmp_path / "test_it.py").write_text(SKIPPING[way])
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    env = os.environ | {"INNSPILL_NO_SKIPS": no_skips}
    env = {key: value for key, value in env.items() if not key.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:randomly", "-p", "no:cacheprovider", "-q", "."],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if fails:
        assert done.returncode in (1, 2), done.stdout
        assert "Skipped, where nothing may be skipped (INNSPILL_NO_SKIPS=1): Skipped: no camera" in done.stdout
    else:
        assert done.returncode in (0, 5), done.stdout
