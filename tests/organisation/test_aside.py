"""Work in a process of its own: what it returns and raises, how it ends, and that nothing of it stays with who asked."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from organisation.aside import NotDone, aside, one_process
from surveys.statistics.errors import CannotCompute
from surveys.statistics.estimates import Estimate
from surveys.statistics.students_t import two_sided_quantile

ROOT = Path(__file__).resolve().parents[2]


def own_number() -> int:
    return os.getpid()


def alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_each_call_has_a_process_that_ends_with_it() -> None:
    numbers = [aside(own_number, seconds=30)() for _ in range(2)]
    assert len({*numbers, os.getpid()}) == 3
    assert not any(map(alive, numbers))


def test_calls_within_a_block_share_one() -> None:
    with one_process(), one_process():
        numbers = {aside(own_number, seconds=30)() for _ in range(3)}
        assert len(numbers) == 1
        assert alive(*numbers)
    assert not alive(*numbers)


def test_what_it_raises_is_raised_with_all_it_tells_and_the_process_goes_on() -> None:
    with one_process():
        before = aside(own_number, seconds=30)()
        with pytest.raises(CannotCompute, match="no_such_number: name='confidence', value=2") as raised:
            aside(two_sided_quantile, seconds=30)(2, 5)
        assert (raised.value.code, raised.value.about) == ("no_such_number", {"name": "confidence", "value": 2})
        assert aside(own_number, seconds=30)() == before


def printing() -> str:
    os.write(1, b"into nobody's way")
    print("nor this")
    return "æøå"


def test_what_it_prints_is_no_answer() -> None:
    assert aside(printing, seconds=30)() == "æøå"


def test_figures_come_back_as_they_are() -> None:
    made = Estimate.around(3.5, n=20, sd=1.0, se=0.2, df=19)
    assert aside(Estimate.around, seconds=30)(3.5, n=20, sd=1.0, se=0.2, df=19) == made
    assert math.isinf(aside(float, seconds=30)("inf"))


def test_what_takes_too_long_is_given_up_and_the_next_call_has_a_new_process() -> None:
    with one_process():
        with pytest.raises(NotDone, match=r"0\.3 seconds"):
            aside(time.sleep, seconds=0.3)(60)
        assert alive(aside(own_number, seconds=30)())


def test_a_process_that_dies_is_told_of() -> None:
    with pytest.raises(NotDone, match=r"Ended with 3\."):
        aside(os._exit, seconds=30)(3)


def test_what_cannot_be_sent_back_is_told_of() -> None:
    with pytest.raises(TypeError, match="pickle"):
        aside(open, seconds=30)(os.devnull)


def test_nothing_heavy_is_loaded_by_who_asks() -> None:
    """It would stay in a web worker for as long as that lives: numpy and scipy are 60 MB, Typst's memory hundreds."""
    asking = (
        "import sys, django; django.setup()\n"
        "from datetime import UTC, datetime\n"
        "from organisation.pdf import render_pdf\n"
        "from surveys.results.heavy import suppress, weighted_means\n"
        "from surveys.statistics.tables import EVERYBODY, Table, Variable\n"
        "from surveys.statistics.weighting import Design, Weights\n"
        "head = {'municipality': {'name': 'x'}}\n"
        "made = render_pdf('letterhead_alone', head, language='nb', title='x', made_at=datetime(2026, 1, 1, tzinfo=UTC))\n"
        "assert made.startswith(b'%PDF-')\n"
        "weights = Weights(Design.simple(3), (1.0, 1.0, 1.0))\n"
        "assert weighted_means([[1.0, 2.0, 3.0]], weights)[0].mean == 2\n"
        "groups = ['a'] * 3 + ['b'] * 9 + ['c'] * 30\n"
        "table = Table.of_answers([3] * 42, [Variable.flat('g', ['a', 'b', 'c'])], {'g': groups})\n"
        "a, b = (('g', 'a'),), (('g', 'b'),)\n"
        "assert suppress(table, shown=[EVERYBODY], at_most={a: 4, b: 20}).hidden == {a, b}\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('numpy', 'scipy', 'typst')])"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
