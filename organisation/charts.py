"""The shapes of charts drawn on the server: numbers to whole units of a drawing. Pure: no words, no colours, no clock.

`templates/charts/trend.html`, `bars.html`, `ranked_bar.html` and `radar.html` draw them, each with its figures in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, floor, log10, pi, sin
from typing import NamedTuple

WIDTH, HEIGHT = 400, 180
"""Of a trend's drawing, in its own units; it is as wide on the page as there is room."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 386, 14, 150
_LABELS = 4


class Point(NamedTuple):
    """One moment of a trend. `value` is None where nothing was measured: the line has a gap there."""

    label: str
    value: float | None


class Row(NamedTuple):
    """One bar. `note` is said beside the figure, such as a share or a link's words."""

    label: str
    value: float
    note: str = ""


class Tick(NamedTuple):
    """A line across at height `y`, or a label below at `x`."""

    text: str | float
    x: int
    y: int


class Dot(NamedTuple):
    label: str
    value: float
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    """One series: `path` is the SVG path through the dots, broken where a value is missing."""

    name: str
    dots: list[Dot]
    path: str


class Mark(NamedTuple):
    """Something that happened at a label of a trend, counted by its place from 0. `words` tell what it was."""

    place: int
    words: str


class Flag(NamedTuple):
    """Marks of one label in the drawing: their numbers, such as «1, 2», at the top of a line down at `x`."""

    text: str
    x: int
    y: int
    bottom: int


@dataclass(frozen=True)
class Bar:
    """`width` is 0–100, the longest bar 100."""

    label: str
    value: float
    note: str
    width: int


@dataclass(frozen=True)
class Chart:
    """What a template draws: lines with their grid (`trend`), or bars (`bars`). `table` has a row for each label."""

    width: int = WIDTH
    height: int = HEIGHT
    grid: tuple[Tick, ...] = ()
    labels: tuple[Tick, ...] = ()
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    table: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    flags: tuple[Flag, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def names(self) -> list[str]:
        return [line.name for line in self.lines]

    @property
    def right(self) -> int:
        return _RIGHT


def trend(
    points: Sequence[Point],
    *others: tuple[str, Sequence[Point]],
    name: str = "",
    bottom: float = 0,
    top: float | None = None,
    marks: Sequence[Mark] = (),
    joined: bool = False,
) -> Chart:
    """Return lines over time, the first named `name`; `others` are named series over the same labels.

    A line is broken where a value is missing, or with `joined` goes on to the next there is: for what is measured seldom.

    `marks` are numbered in their order and drawn as flags. The scale begins at `bottom` and ends at `top`, or at the
    next round number above the highest value. Raises ValueError where a series has other labels than the first.
    """
    series = [(name, points), *others]
    labels = [point.label for point in points]
    if any([point.label for point in each] != labels for _name, each in series):
        raise ValueError("All series of a trend have the same labels.")
    values = [point.value for _name, each in series for point in each if point.value is not None]
    step, ceiling = _scale(
        bottom, max([*values, bottom]) if top is None else top, whole=all(v == int(v) for v in values)
    )

    def x(place: int) -> int:
        return round(_LEFT + (_RIGHT - _LEFT) * (place / (len(labels) - 1) if len(labels) > 1 else 0.5))

    def y(value: float) -> int:
        return round(_BOTTOM - (_BOTTOM - _TOP) * (min(max(value, bottom), ceiling) - bottom) / (ceiling - bottom))

    heights = [bottom + step * number for number in range(round((ceiling - bottom) / step) + 1)]
    every = max(1, ceil((len(labels) - 1) / (_LABELS - 1)))
    shown = [place for place in range(len(labels)) if (len(labels) - 1 - place) % every == 0]
    return Chart(
        grid=tuple(
            Tick(int(height) if height == int(height) else round(height, 2), _LEFT, y(height)) for height in heights
        ),
        labels=tuple(Tick(labels[place], x(place), _BOTTOM) for place in shown),
        lines=tuple(_line(called, each, x, y, joined=joined) for called, each in series),
        table=tuple((label, tuple(each[place].value for _name, each in series)) for place, label in enumerate(labels)),
        flags=tuple(
            Flag(
                ", ".join(str(number) for number, mark in enumerate(marks, start=1) if mark.place == place),
                x(place),
                _TOP - 2,
                _BOTTOM,
            )
            for place in sorted({mark.place for mark in marks})
        ),
        marks=tuple(marks),
    )


def _line(
    name: str, points: Sequence[Point], x: Callable[[int], int], y: Callable[[float], int], *, joined: bool
) -> Line:
    dots = [
        (place, Dot(p.label, p.value, x(place), y(p.value))) for place, p in enumerate(points) if p.value is not None
    ]
    path = [f"M{dots[0][1].x} {dots[0][1].y}"] if dots else []
    for (before, _dot), (place, dot) in pairwise(dots):
        path.append(f"{'L' if joined or place == before + 1 else 'M'}{dot.x} {dot.y}")
    return Line(name, [dot for _place, dot in dots], "".join(path))


def _scale(bottom: float, highest: float, *, whole: bool) -> tuple[float, float]:
    """Return a round step and the top of at most five steps that holds `highest`."""
    span = max(highest - bottom, 1 if whole else 0.1)
    size = 10.0 ** floor(log10(span / 5))
    step = next(size * by for by in (1, 2, 5, 10) if size * by * 5 >= span - 1e-9)
    if whole:
        step = max(1, step)
    return step, bottom + step * max(1, ceil((span - 1e-9) / step))


class Measured(NamedTuple):
    """A mean with its interval, and what it is held against, in the order of the profile's names. None is not known."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    others: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A row of a profile in units of its drawing. The interval is cut at the ends of the axis, `low` and `high` are not."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    x: int | None
    left: int | None
    width: int
    others: tuple[tuple[float, int, str], ...]


@dataclass(frozen=True)
class Profile:
    """Means on one axis: `templates/charts/profile_row.html` draws each row in a box of `width` by `height`, the mean with
    its interval above, what it is held against below, so that neither hides the other."""

    rows: tuple[Placed, ...]
    ticks: tuple[tuple[int, int], ...]
    names: tuple[str, ...]
    width: int = 440
    height: int = 34


_EDGE = 10


def profile(rows: Sequence[Measured], names: Sequence[str] = (), *, low: int = 1, high: int = 6) -> Profile:
    """Return a profile of means on an axis from `low` to `high`. `names` are what each row is held against."""
    width = Profile.width - 2 * _EDGE

    def x(value: float) -> int:
        return round(_EDGE + width * (min(max(value, low), high) - low) / (high - low))

    placed = []
    for row in rows:
        known = row.low is not None and row.high is not None
        left = x(row.low) if known and row.low is not None else None
        right = x(row.high) if known and row.high is not None else None
        placed.append(
            Placed(
                label=row.label,
                value=row.value,
                low=row.low,
                high=row.high,
                x=None if row.value is None else x(row.value),
                left=left,
                width=0 if left is None or right is None else right - left,
                others=tuple(
                    (other, x(other), name) for other, name in zip(row.others, names, strict=False) if other is not None
                ),
            )
        )
    return Profile(tuple(placed), tuple((point, x(point)) for point in range(low, high + 1)), tuple(names))


def bars(rows: Sequence[Row]) -> Chart:
    """Return a bar for each row, in the order given, the longest as wide as there is room. Values are 0 or more."""
    longest = max((row.value for row in rows), default=0)
    return Chart(
        bars=tuple(
            Bar(row.label, row.value, row.note, round(100 * row.value / longest) if longest else 0) for row in rows
        ),
        table=tuple((row.label, (row.value,)) for row in rows),
    )


class Entry(NamedTuple):
    """One of those that are ranked: `ours` is marked. `value` is None where there is none, and `words` say why."""

    label: str
    value: float | None
    words: str
    ours: bool = False


@dataclass(frozen=True)
class RankedBar:
    """`width` is 0–100 along the axis, None without a value."""

    entry: Entry
    width: int | None


@dataclass(frozen=True)
class Ranking:
    """Bars on one axis of 0–100, with the mean as a line across all of them and the middle half (`left` to `right`) as a
    band behind them; each None where it is not known."""

    bars: tuple[RankedBar, ...]
    mean: int | None
    left: int | None
    right: int | None

    @property
    def band(self) -> int:
        """The width of the middle half."""
        return (self.right or 0) - (self.left or 0)


def ranking(
    entries: Sequence[Entry],
    *,
    mean: float | None = None,
    middle: tuple[float, float] | None = None,
    bottom: float = 0,
    top: float | None = None,
) -> Ranking:
    """Return a bar for each entry, in the order given, from `bottom` (where the scale begins) to `top`, or to the highest.

    `middle` are the quartiles between which the middle half lies.
    """
    values = [entry.value for entry in entries if entry.value is not None]
    ends = [*values, *([mean] if mean is not None else []), *(middle or ())]
    highest = max([*ends, bottom]) if top is None else top

    def x(value: float) -> int:
        return round(100 * (min(max(value, bottom), highest) - bottom) / (highest - bottom)) if highest > bottom else 0

    return Ranking(
        bars=tuple(RankedBar(entry, None if entry.value is None else x(entry.value)) for entry in entries),
        mean=None if mean is None else x(mean),
        left=None if middle is None else x(middle[0]),
        right=None if middle is None else x(middle[1]),
    )


class Spoke(NamedTuple):
    """One axis of a radar: its name, and the value of each series on it. None is not known."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Axis:
    """A spoke in the drawing: from the middle to (`x`, `y`), its number at (`text_x`, `text_y`)."""

    number: int
    label: str
    x: int
    y: int
    text_x: int
    text_y: int
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Shape:
    """One series: a closed path if each value is known, and the dots of those that are."""

    name: str
    path: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Radar:
    """Series on axes round a middle. Spokes are numbered clockwise from the top; a list beside the drawing names them."""

    axes: tuple[Axis, ...]
    rings: tuple[tuple[int, str], ...]
    shapes: tuple[Shape, ...]
    size: int = 300


_RADIUS, _NUMBER = 120, 138
_RINGS = 4


def radar(spokes: Sequence[Spoke], names: Sequence[str], *, top: float) -> Radar:
    """Return the series `names` on the spokes, all from 0 in the middle to `top`.

    Raises ValueError for fewer than three spokes, which make no area, or where a spoke has another number of values.
    """
    if len(spokes) < 3:
        raise ValueError("A radar has three spokes or more.")
    if any(len(spoke.values) != len(names) for spoke in spokes):
        raise ValueError("Each spoke has one value of each series.")
    middle = Radar.size // 2

    def at(place: int, radius: float) -> tuple[int, int]:
        angle = 2 * pi * place / len(spokes)
        return round(middle + radius * sin(angle)), round(middle - radius * cos(angle))

    def closed(points: Sequence[tuple[int, int]]) -> str:
        return "M" + "L".join(f"{x} {y}" for x, y in points) + "Z"

    places = range(len(spokes))
    shapes = []
    for series, name in enumerate(names):
        found = [
            (spokes[place].label, value, *at(place, _RADIUS * min(max(value, 0), top) / top))
            for place in places
            if (value := spokes[place].values[series]) is not None
        ]
        whole = len(found) == len(spokes)
        shapes.append(
            Shape(
                name,
                closed([(x, y) for _label, _value, x, y in found]) if whole else "",
                tuple(Dot(*dot) for dot in found),
            )
        )
    return Radar(
        axes=tuple(
            Axis(place + 1, spoke.label, *at(place, _RADIUS), *at(place, _NUMBER), spoke.values)
            for place, spoke in enumerate(spokes)
        ),
        rings=tuple(
            (round(top * ring / _RINGS), closed([at(place, _RADIUS * ring / _RINGS) for place in places]))
            for ring in range(1, _RINGS + 1)
        ),
        shapes=tuple(shapes),
    )
