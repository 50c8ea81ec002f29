"""What an assessment comes to, without a database: totals, changes, the weakest areas, and the radar's shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organisation.charts import Spoke, radar
from reporting.assessing import changes, total_of, weakest
from reporting.assessment_versions import versions

GRASTORP = dict(zip("abcdefgh", (61, 60, 73, 53, 70, 56, 65, 68), strict=True))
AREAS = list(GRASTORP)


def test_eight_areas_come_to_their_sum() -> None:
    assert total_of(GRASTORP, AREAS, None) == (506, None, True)
    assert not total_of(GRASTORP, AREAS, 506).disagrees
    assert total_of(GRASTORP, AREAS, 504).disagrees


def test_where_an_area_is_not_known_the_published_total_stands() -> None:
    some = {"a": 61, "b": 60}
    assert total_of(some, AREAS, 396) == (396, 396, False)
    assert not total_of(some, AREAS, 396).disagrees
    assert total_of(some, AREAS, None).points is None
    assert total_of({}, [], 650).points == 650


def test_a_change_is_known_where_both_are() -> None:
    found = changes(GRASTORP, {"a": 50, "b": 70, "z": 1}, AREAS)
    assert [(each.area, each.change) for each in found[:3]] == [("a", 11), ("b", -10), ("c", None)]
    assert [each.area for each in found] == AREAS


def test_the_weakest_are_named_in_order() -> None:
    assert weakest(GRASTORP) == ["d", "f", "b"]
    assert weakest({"a": 5, "b": 5, "c": 5, "d": 9}) == ["a", "b"]
    assert weakest({"a": 5}) == []


@given(st.dictionaries(st.sampled_from(AREAS), st.integers(0, 100)), st.integers(0, 800) | st.none())
def test_no_total_is_made_of_some_areas(points: dict[str, int], published: int | None) -> None:
    total = total_of(points, AREAS, published)
    assert total.points == (sum(points.values()) if len(points) == 8 else published)
    assert set(weakest(points)) <= set(points)


def test_each_version_is_whole_in_four_languages() -> None:
    for version in versions().values():
        assert version.highest == version.most * len(version.areas)
        named = [version.names, *(area.titles for area in version.areas)]
        named += [one.texts for area in version.areas for one in area.criteria]
        assert all(set(texts) == {"nb", "nn", "sv", "en"} for texts in named)
        for keys in ([area.key for area in version.areas], [one.key for a in version.areas for one in a.criteria]):
            assert len(set(keys)) == len(keys)
        assert (len(version.areas), version.most, version.highest) == (8, 100, 800)
    assert list(versions()) == ["kommunekompasset-2020", "kommunekompasset-2010"]


def test_a_radar_goes_clockwise_from_the_top() -> None:
    drawn = radar([Spoke(name, (100, 50)) for name in "abcd"], ["now", "before"], top=100)
    assert [(axis.x, axis.y) for axis in drawn.axes] == [(150, 30), (270, 150), (150, 270), (30, 150)]
    assert drawn.shapes[0].path == "M150 30L270 150L150 270L30 150Z"
    assert [(dot.x, dot.y) for dot in drawn.shapes[1].dots] == [(150, 90), (210, 150), (150, 210), (90, 150)]
    assert [value for value, _path in drawn.rings] == [25, 50, 75, 100]


def test_a_radar_draws_no_area_where_a_value_is_missing() -> None:
    drawn = radar([Spoke("a", (1,)), Spoke("b", (None,)), Spoke("c", (0,))], ["now"], top=1)
    assert (drawn.shapes[0].path, len(drawn.shapes[0].dots)) == ("", 2)
    with pytest.raises(ValueError, match="three"):
        radar([Spoke("a", (1,))] * 2, ["now"], top=1)
    with pytest.raises(ValueError, match="one value"):
        radar([Spoke("a", (1,))] * 3, ["now", "before"], top=1)
