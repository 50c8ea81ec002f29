"""When a side is weak or falling: each rule at its edge, and that too few and nothing make nobody weak."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reporting.judging import Change, Status, Turn
from reporting.scales import Scale
from reporting.weakness import (
    FEWEST,
    CardCounts,
    Judgement,
    Reason,
    Year,
    judge_cards,
    judge_indicator,
    judge_points,
    judge_survey,
    place_in_order,
    standing_of,
)

D = Decimal


@pytest.mark.parametrize(
    ("mean", "n", "country", "before", "reasons"),
    [
        ("3.5", 232, "", "", []),
        ("3.4", 232, "", "", ["below_middle"]),
        ("4.5", 232, "clearly_lower", "", ["below_country"]),
        ("4.5", 232, "no_certain_difference", "no_certain_difference", []),
        ("4.5", 232, "not_tested", "not_tested", []),
        ("4.5", 232, "clearly_higher", "slightly_lower", ["lower_than_before"]),
        ("2.0", FEWEST - 1, "clearly_lower", "clearly_lower", None),
        (None, None, "clearly_lower", "clearly_lower", None),
    ],
)
def test_a_survey(mean: str | None, n: int | None, country: str, before: str, reasons: list[str] | None) -> None:
    found = judge_survey(None if mean is None else D(mean), n, country=country, before=before)
    assert found.too_few == (reasons is None)
    assert list(found.reasons) == (reasons or [])


@pytest.mark.parametrize(
    ("points", "before", "reasons"),
    [
        (50, None, []),
        (49, None, ["few_points"]),
        (60, "0.64", []),
        (60, "0.65", ["points_lost"]),
        (40, "0.6", ["few_points", "points_lost"]),
    ],
)
def test_an_assessment(points: int, before: str | None, reasons: list[str]) -> None:
    assert list(judge_points(points, 100, before=D(before) if before else None).reasons) == reasons


@pytest.mark.parametrize(
    ("statuses", "amount", "turn", "n", "scale", "latest", "reasons"),
    [
        ([Status.DESIRED], "0", Turn.UNCHANGED, 100, Scale.PER_CENT, "90", []),
        ([Status.ACCEPTABLE], "-2", Turn.WORSE, 100, Scale.PER_CENT, "85", ["worse"]),
        ([Status.ACCEPTABLE], "-1", Turn.WORSE, 100, Scale.PER_CENT, "85", []),
        ([Status.ACCEPTABLE], "-0.09", Turn.WORSE, 100, Scale.ONE_TO_SIX, "4.2", []),
        ([Status.DESIRED, Status.OUTSIDE], "1", Turn.BETTER, None, Scale.PER_CENT, "85", ["outside_limits"]),
        ([], "1", Turn.WORSE, 100, Scale.DAYS, "21", ["worse"]),
        ([], "1", Turn.WORSE, 100, Scale.DAYS, "22", []),
        ([Status.UNACCEPTABLE], "-9", Turn.WORSE, FEWEST - 1, Scale.PER_CENT, "40", None),
    ],
)  # fmt: skip
def test_an_indicator(
    statuses: list[Status], amount: str, turn: Turn, n: int | None, scale: str, latest: str, reasons: Any
) -> None:
    found = judge_indicator(statuses, Change(D(amount), 2024, 2025, turn), n, latest=D(latest), scale=scale)
    assert found.too_few == (reasons is None)
    assert list(found.reasons) == (reasons or [])


OTHERS = Year(CardCounts(1000, 1000, 200, 100, 500, 50), CardCounts(1000, 1000, 200, 100, 500, 50))


@pytest.mark.parametrize(
    ("now", "before", "reasons"),
    [
        (CardCounts(100, 100, 23, 0), CardCounts(100), []),
        (CardCounts(100, 100, 24, 0), CardCounts(100), ["negative"]),
        (CardCounts(100, 19, 19, 0), CardCounts(100), []),  # the kind is known of too few
        (CardCounts(100, 0, 0, 0, 20, 4), CardCounts(100), ["late"]),
        (CardCounts(100, 0, 0, 0, 20, 3), CardCounts(100), []),
        (CardCounts(100, 0, 0, 0, 19, 19), CardCounts(100), []),
        (CardCounts(125), CardCounts(100), ["more_cards"]),
        (CardCounts(124), CardCounts(100), []),
        (CardCounts(225, 0, 0, 101), CardCounts(100), []),  # praise is no weakness
        (CardCounts(100), CardCounts(19), []),
        (CardCounts(100), None, []),
        (CardCounts(19, 19, 19, 0, 19, 19), CardCounts(5), None),
    ],
)
def test_cards(now: CardCounts, before: CardCounts | None, reasons: list[str] | None) -> None:
    found = judge_cards(Year(now, before), OTHERS)
    assert found.too_few == (reasons is None)
    assert list(found.reasons) == (reasons or [])


def test_cards_that_grow_with_the_others_are_no_weakness() -> None:
    doubled = Year(OTHERS.now.plus(OTHERS.now), OTHERS.before)
    assert judge_cards(Year(CardCounts(240), CardCounts(100)), doubled) == Judgement()
    assert judge_cards(Year(CardCounts(250), CardCounts(100)), doubled).falling
    assert not judge_cards(Year(CardCounts(250), CardCounts(100)), Year(OTHERS.now, None)).falling
    # Nobody complains anywhere: no share of nothing is larger than nothing.
    silent = Year(CardCounts(1000, 1000), None)
    assert judge_cards(Year(CardCounts(100, 100), None), silent) == Judgement()


def test_themes_stand_by_sides_then_by_size() -> None:
    weak, falling, both = (
        Judgement((Reason.FEW_POINTS,)),
        Judgement((Reason.WORSE,)),
        Judgement((Reason.LATE, Reason.MORE_CARDS)),
    )
    fine, few = Judgement(), Judgement(too_few=True)
    themes = {
        "three": ([weak], [falling, fine], [both], []),
        "two, one of them both ways": ([weak], [both], [], []),
        "two weak": ([weak, weak], [weak], [fine], [few]),
        "weak and falling from one": ([both], [fine], [], []),
        "one weak": ([weak], [few], [], []),
        "none": ([fine], [few], [], []),
    }
    standings = {name: standing_of(sides) for name, sides in themes.items()}
    assert [name for name, standing in standings.items() if standing.several] == list(themes)[:3]
    assert sorted(themes, key=lambda name: place_in_order(standings[name], 0)) == list(themes)
    assert standings["three"] == (2, 2, 3)
    assert standings["two weak"] == (2, 0, 2)  # two things from one side are one side
    assert place_in_order(standings["none"], 10) < place_in_order(standings["none"], 9)
