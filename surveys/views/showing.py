"""Figures as a page shows them: rows in the reader's language, with their drawings. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from organisation.charts import Measured, Profile, profile
from surveys.comment_queries import public_follow_up
from surveys.models import Publication, PublicationDraft, Survey
from surveys.publishing import Figures, first_large, main_comparisons, name_of, said, saying_in_words
from surveys.questionnaires import text_in


@dataclass(frozen=True)
class Held:
    """One thing that a row is held against."""

    name: str
    mean: float
    words: str
    code: str


@dataclass(frozen=True)
class Shown:
    """A question or an area on the page. `figures` has nothing but the key where it is suppressed."""

    key: str
    label: str
    figures: Mapping[str, Any]
    drawing: Any = None
    held: list[Held] = field(default_factory=list)
    others_by_name: list[float | None] = field(default_factory=list)
    bars: list[tuple[int, float, int, int]] = field(default_factory=list)

    @property
    def n(self) -> int | None:
        return self.figures.get("n_valid", self.figures.get("n"))


@dataclass(frozen=True)
class Theme:
    label: str
    area: Shown | None
    items: list[Shown]


class Chosen(NamedTuple):
    """One choice: the share who chose it, as a bar of 100, its interval, and in a ranking the share who put it first."""

    label: str
    share: float
    width: int
    low: float | None
    high: float | None
    first: float | None


@dataclass(frozen=True)
class Choice:
    label: str
    figures: Mapping[str, Any]
    rows: list[Chosen]
    ranked: bool = False


@dataclass(frozen=True)
class ByGroup:
    """One variable: its groups, and for each area (or question) each group's mean and n, None where it is not shown."""

    label: str
    groups: list[str]
    rows: list[tuple[str, list[Mapping[str, Any]]]]


@dataclass(frozen=True)
class Others:
    """Ours beside what is not drawn, such as other municipalities: a row each for what one of them has a mean of."""

    names: list[str]
    rows: list[tuple[Shown, list[Held | None]]]


class Responded(NamedTuple):
    """A respondent group's response; the numbers are None where they are not shown."""

    label: str
    invited: int | None
    answered: int | None
    share: float | None


@dataclass(frozen=True)
class Page:
    """Everything that the result page shows."""

    names: list[str]
    axis: Profile
    areas: list[Shown]
    themes: list[Theme]
    choices: list[Choice]
    by: list[ByGroup]
    others: Others
    any_hidden: bool
    responded_by: str
    responded: list[Responded]


def shown_page(figures: Figures, language: str) -> Page:
    """Return what the page shows of `figures`, those of `described` or those that were published."""
    main = main_comparisons(figures)
    names = [first_large(name_of(against)) for against in main]
    held = {
        level: {
            (name, one["key"]): Held(name, one["mean"], saying_in_words(one["saying"]), one["saying"])
            for name, against in zip(names, main, strict=True)
            for one in against[level]
        }
        for level in ("areas", "items")
    }

    def shown(level: str, ones: list[Mapping[str, Any]]) -> list[Shown]:
        labels = [said(one["texts"], language, one["key"]) for one in ones]
        drawn = profile(
            [
                Measured(
                    label,
                    one.get("mean"),
                    one.get("ci_low"),
                    one.get("ci_high"),
                    tuple(found.mean if (found := held[level].get((name, one["key"]))) else None for name in names),
                )
                for label, one in zip(labels, ones, strict=True)
            ],
            names,
        )
        return [
            Shown(
                key=one["key"],
                label=label,
                figures=one,
                drawing=row if one.get("kind") != "three_points" else None,
                held=[found for name in names if (found := held[level].get((name, one["key"])))],
                others_by_name=[
                    found.mean if (found := held[level].get((name, one["key"]))) else None for name in names
                ],
                bars=_bars(one),
            )
            for label, one, row in zip(labels, ones, drawn.rows, strict=True)
        ]

    areas = shown("areas", figures["areas"])
    by_key = {area.key: area for area in areas}
    items = shown("items", figures["items"])
    area_of = dict.fromkeys(one["area"] for one in figures["items"])
    themes = [
        Theme(
            by_key[key].label if key in by_key else key,
            by_key.get(key),
            [item for item, one in zip(items, figures["items"], strict=True) if one["area"] == key],
        )
        for key in area_of
    ]
    return Page(
        names=names,
        axis=profile([], names),
        areas=areas,
        themes=themes,
        choices=[_choice(one, language) for one in figures["choices"]],
        by=_by_groups(figures, language),
        others=_others(figures, main, areas or items),
        any_hidden=any(
            one["suppressed"] for part in [figures, *figures["groups"]] for one in [*part["areas"], *part["items"]]
        ),
        **_responded(figures, language),
    )


def _responded(figures: Figures, language: str) -> dict[str, Any]:
    """Who answered by respondent group. Versions published before it was kept have none."""
    found = figures.get("responded")
    rows = [
        Responded(
            said(one["texts"], language, one["value"]),
            *(one.get(name) for name in ("invited", "answered", "response_rate")),
        )
        for one in (found["groups"] if found else [])
    ]
    return {"responded_by": said(found["texts"], language, found["variable"]) if found else "", "responded": rows}


def _others(figures: Figures, main: Sequence[Mapping[str, Any]], shown: list[Shown]) -> Others:
    """Everything that is compared with and not among `main`."""
    others = [one for one in figures["comparisons"] if one not in main]
    names = [first_large(name_of(one)) for one in others]
    found = {
        (name, one["key"]): Held(name, one["mean"], saying_in_words(one["saying"]), one["saying"])
        for name, against in zip(names, others, strict=True)
        for one in [*against["areas"], *against["items"]]
    }
    rows = [(row, [found.get((name, row.key)) for name in names]) for row in shown]
    return Others(names, [(row, held) for row, held in rows if any(held)])


def _bars(one: Mapping[str, Any]) -> list[tuple[int, float, int, int]]:
    """Each point with its share, and where its part of a bar of 300 begins and how wide it is."""
    shares = one.get("shares") or {}
    bars, start = [], 0.0
    for point, share in sorted((int(point), share) for point, share in shares.items()):
        left, right = round(300 * start), round(300 * (start + share))
        bars.append((point, share, left, right - left))
        start += share
    return bars


def _choice(one: Mapping[str, Any], language: str) -> Choice:
    rows = []
    first = one.get("shares_first") or {}
    if not one["suppressed"] and one["shares"]:
        for option in one["options"]:
            key, share = option["key"], one["shares"][option["key"]]
            low, high = one.get("shares_ci", {}).get(key, (None, None))
            rows.append(
                Chosen(said(option["texts"], language, key), share, round(100 * share), low, high, first.get(key))
            )
        rows.sort(key=lambda row: -row.share)
    return Choice(said(one["texts"], language, one["key"]), one, rows, bool(first))


def _by_groups(figures: Figures, language: str) -> list[ByGroup]:
    labels = {
        level: [said(one["texts"], language, one["key"]) for one in figures[level]] for level in ("areas", "items")
    }
    level = "areas" if figures["areas"] else "items"
    found = []
    for variable in figures["variables"]:
        groups = [group for group in figures["groups"] if group["variable"] == variable["key"]]
        words = {value["key"]: said(value["texts"], language, value["key"]) for value in variable["values"]}
        found.append(
            ByGroup(
                label=said(variable["texts"], language, variable["key"]),
                groups=[words.get(group["value"], group["value"]) or _("Not stated") for group in groups],
                rows=[(label, [group[level][place] for group in groups]) for place, label in enumerate(labels[level])],
            )
        )
    return found


def public_context(
    survey: Survey, figures: Figures, made: Publication | PublicationDraft, language: str
) -> dict[str, Any]:
    """Return what the public page shows of figures that are published, or are to be."""
    return {
        "survey": survey,
        "figures": figures,
        "title": said(figures["titles"], language, survey.code),
        "words": text_in(made.words, language),
        "publish_on": made.publish_on,
        "made": made,
        "page": shown_page(figures, language),
        "comments": public_follow_up(survey),
    }
