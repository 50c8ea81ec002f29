"""Geometry of charts: whole units, inside the drawing, readable scales."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from organisation.charts import HEIGHT, WIDTH, Mark, Point, Row, bars, trend


@pytest.mark.parametrize(
    ("values", "heights"),
    [
        ([0, 0], [0, 1]),
        ([1, 3], [0, 1, 2, 3]),
        ([7, 12], [0, 5, 10, 15]),
        ([40, 99], [0, 20, 40, 60, 80, 100]),
        ([1000, 1200], [0, 500, 1000, 1500]),
        ([4.2, 4.7], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_scale_has_round_steps(values: list[float], heights: list[float]) -> None:
    chart = trend([Point(str(place), value) for place, value in enumerate(values)])
    assert [tick.text for tick in chart.grid] == heights


def test_scale_may_be_given() -> None:
    chart = trend([Point("2025", 4.5), Point("2026", 4.7)], bottom=1, top=6)
    assert [tick.text for tick in chart.grid] == [1, 2, 3, 4, 5, 6]


def test_a_value_that_is_missing_breaks_the_line() -> None:
    chart = trend([Point("1", 1), Point("2", None), Point("3", 2), Point("4", 2)])
    assert re.sub(r"[\d ]+", "", chart.lines[0].path) == "MML"
    assert chart.table[1] == ("2", (None,))


def test_what_is_measured_seldom_is_joined_over_the_years_between() -> None:
    points = [Point("1", 1), Point("2", None), Point("3", 2)]
    assert trend(points, joined=True).lines[0].path.count("L") == 1
    assert trend(points).lines[0].path.count("L") == 0


def test_twelve_labels_are_thinned_and_the_last_is_shown() -> None:
    chart = trend([Point(str(week), week) for week in range(36, 48)])
    assert [tick.text for tick in chart.labels] == ["39", "43", "47"]


def test_series_over_other_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="same labels"):
        trend([Point("1", 1)], ("other", [Point("2", 1)]))


def test_nothing_to_show_is_an_empty_drawing() -> None:
    assert trend([]).lines[0].path == ""
    assert bars([]).bars == ()


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), max_size=30))
def test_all_dots_lie_in_the_drawing(values: list[int | None]) -> None:
    chart = trend([Point(str(place), value) for place, value in enumerate(values)])
    for dot in chart.lines[0].dots:
        assert 0 <= dot.x <= WIDTH
        assert 0 <= dot.y <= HEIGHT


def test_the_longest_bar_fills_the_room() -> None:
    chart = bars([Row("Vei", 20), Row("Skole", 5, "25 %"), Row("Park", 0)])
    assert [bar.width for bar in chart.bars] == [100, 25, 0]


def test_drawing_has_a_title_no_style_and_no_comma_in_its_numbers() -> None:
    """A decimal comma in a coordinate breaks the drawing in Norwegian only."""
    chart = trend(
        [Point("uke 46", 2.5), Point("uke 47", 3.25)], ("alle", [Point("uke 46", 4), Point("uke 47", 4)]), name="igjen"
    )
    with override("nb"):
        drawn = render_to_string("charts/trend.html", {"chart": chart, "title": "Tolv uker", "head": "Uke"})
    assert "<title>Tolv uker</title>" in drawn
    assert 'role="img"' in drawn
    assert "style=" not in drawn
    assert not re.findall(r' (?:x|y|x1|x2|y1|y2|cx|cy|d)="[^"]*,[^"]*"', drawn)
    assert '<td class="number">2,5</td>' in drawn


def test_marks_are_numbered_flags_at_their_labels() -> None:
    points = [Point(label, value) for label, value in (("aug.", 3), ("sep.", 40), ("okt.", 12))]
    chart = trend(
        points, marks=[Mark(1, "3. sep.: 12 000 kort"), Mark(1, "20. sep.: 40 kort"), Mark(2, "1. okt.: 1 kort")]
    )
    assert [flag.text for flag in chart.flags] == ["1, 2", "3"]
    assert [flag.x for flag in chart.flags] == [dot.x for dot in chart.lines[0].dots[1:]]
    drawn = render_to_string("charts/trend.html", {"chart": chart, "title": "T", "head": "H", "unit": "%"})
    assert re.findall(r"<li>(.*?)</li>", drawn) == ["3. sep.: 12 000 kort", "20. sep.: 40 kort", "1. okt.: 1 kort"]
    assert '<td class="number">40%</td>' in drawn
    assert trend(points).flags == ()
