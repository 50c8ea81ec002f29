"""Results as files: CSV and Excel, CSV with a syntax for SPSS, open data with a data dictionary.

All are rows of the same figures at full precision; a suppressed figure is an empty cell. There is no file of single
answers: each row of one would be a group of one person, and whoever knows two or three of somebody's answers would
find the rest.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from organisation.cells import safe_text
from organisation.workbooks import workbook
from surveys.publishing import Figures, said

Row = list[Any]
POINTS = range(1, 7)
NOT_SHOWN = -9
"""What stands for a suppressed figure in the file for SPSS. No figure of a survey can be it."""

FIGURES = (
    ("level", "item: a question; area: the mean of each respondent's mean over an area's questions"),
    ("key", "the question's or the area's key, the same in every round"),
    ("label", "its words"),
    ("area", "the area that a question belongs to"),
    ("variable", "what the row is grouped by; empty for everybody"),
    ("group", "the group; empty with a variable: not stated"),
    ("group_label", "its words"),
    ("suppressed", "1: fewer answers than may be shown, or something they would follow from; 0: shown"),
    ("n_valid", "valid answers"),
    ("n_dont_know", "«don't know / not relevant»"),
    ("n_missing", "not answered or not asked"),
    ("share_dont_know", "«don't know» as a share (0–1) of those who answered the survey"),
    ("mean", "mean"),
    ("sd", "standard deviation (n - 1)"),
    ("se", "standard error of the mean"),
    ("df", "degrees of freedom"),
    ("ci_low", "95 % interval, lower end"),
    ("ci_high", "95 % interval, upper end"),
    ("share_top2", "share (0–1) of valid answers that are 5 or 6"),
    ("share_bottom2", "share (0–1) of valid answers that are 1 or 2"),
    ("alpha", "Cronbach's alpha of an area"),
    *((f"count_{point}", f"answers {point}") for point in POINTS),
    *((f"share_{point}", f"share (0–1) of valid answers that are {point}") for point in POINTS),
)
COMPARISONS = (
    ("level", "item or area"),
    ("key", "the question's or the area's key"),
    ("label", "its words"),
    ("kind", "nation, municipality or earlier (round)"),
    ("name", "what it is compared with"),
    ("year", "its year"),
    ("source", "where its mean is from"),
    ("weighs", "people: each person counts alike; municipalities: each municipality does"),
    ("mean", "its mean"),
    ("difference", "ours less theirs"),
    ("se", "standard error of the difference"),
    ("df", "degrees of freedom"),
    ("p", "two-sided p"),
    ("p_holm", "p with Holm's correction over what is shown together"),
    ("saying", "what may be said of it"),
)
CHOICES = (
    ("key", "the question's key"),
    ("label", "its words"),
    ("option", "the choice"),
    ("option_label", "its words"),
    ("suppressed", "1: fewer answers than may be shown; 0: shown"),
    ("n_valid", "respondents who answered"),
    ("count", "respondents who chose it"),
    ("share", "share (0–1) of those who answered"),
    ("se", "standard error of the share"),
    ("ci_low", "95 % interval, lower end"),
    ("ci_high", "95 % interval, upper end"),
    ("share_first", "in a ranking: share (0–1) of those who answered that put it first"),
)
RESPONSE = (
    ("variable", "the background question that tells the respondent group"),
    ("group", "the group"),
    ("group_label", "its words"),
    ("suppressed", "1: fewer asked or answered than may be shown, or something they would follow from; 0: shown"),
    ("invited", "how many of the group were asked"),
    ("answered", "how many of them answered"),
    ("response_rate", "answered as a share (0–1) of those who were asked"),
)
COMMENTS = (
    ("what", "written; sent: to the unit they are about; considered: the unit has written down what came of them"),
    ("number", "comments, to the nearest five; empty where that is none or too few to show"),
    ("as_of", "the day on which they were counted"),
)
_ONLY_STAFF = {"n_dont_know", "n_missing", "count", *(f"count_{point}" for point in POINTS)}
_TEXTS = {
    "level", "key", "label", "area", "variable", "group", "group_label", "kind", "name", "source", "weighs", "saying",
    "option", "option_label",
}  # fmt: skip


def columns(which: Sequence[tuple[str, str]], *, public: bool) -> list[str]:
    return [name for name, _meaning in which if not (public and name in _ONLY_STAFF)]


def figure_rows(figures: Figures, language: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each question and area, of everybody first, then by group."""
    areas = {one["key"]: said(one["texts"], language, one["key"]) for one in figures["areas"]}
    labels = {one["key"]: said(one["texts"], language, one["key"]) for one in figures["items"]}
    area_of = {one["key"]: one["area"] for one in figures["items"]}
    values = {
        (variable["key"], value["key"]): said(value["texts"], language, value["key"])
        for variable in figures["variables"]
        for value in variable["values"]
    }

    def row(level: str, one: Mapping[str, Any], group: Mapping[str, Any] | None) -> dict[str, Any]:
        found = {name: one[name] for name in ("key", *_FROM_JSON) if name in one}
        if "n" in one:
            found["n_valid"] = one["n"]
        for name in ("count", "share"):
            found |= {f"{name}_{point}": number for point, number in (one.get(f"{name}s") or {}).items()}
        variable, value = (group["variable"], group["value"]) if group else ("", "")
        return found | {
            "level": level,
            "label": (labels if level == "item" else areas).get(one["key"], one["key"]),
            "area": area_of.get(one["key"], "") if level == "item" else one["key"],
            "variable": variable,
            "group": value,
            "group_label": values.get((variable, value), value),
            "suppressed": int(one["suppressed"]),
        }

    for group in [None, *figures["groups"]]:
        part = figures if group is None else group
        for level, ones in (("area", part["areas"]), ("item", part["items"])):
            for one in ones:
                yield row(level, one, group)


_FROM_JSON = (
    "n_valid", "n_dont_know", "n_missing", "share_dont_know", "mean", "sd", "se", "df", "ci_low", "ci_high", "share_top2",
    "share_bottom2", "alpha",
)  # fmt: skip


def comparison_rows(figures: Figures, language: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each comparison."""
    labels = {
        level: {one["key"]: said(one["texts"], language, one["key"]) for one in figures[f"{level}s"]}
        for level in ("area", "item")
    }
    for against in figures["comparisons"]:
        about = {name: against[name] for name in ("kind", "name", "year", "source", "weighs")}
        for level in ("area", "item"):
            for one in against[f"{level}s"]:
                yield about | one | {"level": level, "label": labels[level].get(one["key"], one["key"])}


def choice_rows(figures: Figures, language: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each choice of each question with choices."""
    for one in figures["choices"]:
        for option in one["options"]:
            found = {
                "key": one["key"],
                "label": said(one["texts"], language, one["key"]),
                "option": option["key"],
                "option_label": said(option["texts"], language, option["key"]),
                "suppressed": int(one["suppressed"]),
            }
            if not one["suppressed"]:
                key = option["key"]
                # Versions published before shares had an interval have none.
                low, high = one.get("shares_ci", {}).get(key, (None, None))
                found |= {
                    "n_valid": one["n_valid"],
                    "share": one["shares"].get(key),
                    "se": one.get("shares_se", {}).get(key),
                    "ci_low": low,
                    "ci_high": high,
                    "share_first": one.get("shares_first", {}).get(key),
                }
                if "counts" in one:
                    found["count"] = one["counts"].get(option["key"])
            yield found


def response_rows(figures: Figures, language: str) -> Iterator[dict[str, Any]]:
    """Yield a row for each respondent group that was asked. Versions published before groups were kept have none."""
    found: Mapping[str, Any] = figures.get("responded") or {"groups": []}
    for one in found["groups"]:
        label = said(one["texts"], language, one["value"])
        yield (
            one
            | {"variable": found["variable"], "group": one["value"], "group_label": label}
            | {"suppressed": int(one["suppressed"])}
        )


def comment_rows(comments: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Yield a row for each number that may be told of the comments (`surveys.comment_queries.PublicNumbers.told`)."""
    if comments is not None:
        for what, number in comments["numbers"].items():
            yield {"what": what, "number": number, "as_of": comments["as_of"]}


def response_csv(figures: Figures, language: str) -> str:
    return csv_text(response_rows(figures, language), columns(RESPONSE, public=True))


def comments_csv(comments: Mapping[str, Any] | None) -> str:
    return csv_text(comment_rows(comments), columns(COMMENTS, public=True))


def _cell(value: Any) -> str:
    """A number with a point and all its digits, whatever the language: programs read these files."""
    if value is None:
        return ""
    return safe_text(value) if isinstance(value, str) else repr(value)


def csv_text(rows: Iterable[Mapping[str, Any]], names: Sequence[str]) -> str:
    """Return a CSV file: comma, point, CRLF, empty for what is not shown."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue()


def figures_csv(figures: Figures, language: str, *, public: bool) -> str:
    return csv_text(figure_rows(figures, language), columns(FIGURES, public=public))


def spss_csv(figures: Figures, language: str) -> str:
    """Return the figures as SPSS reads them: NOT_SHOWN where a figure is suppressed, empty where there is none."""
    names = columns(FIGURES, public=False)
    rows = [
        row | (dict.fromkeys(_numbers(names), NOT_SHOWN) if row["suppressed"] else {})
        for row in figure_rows(figures, language)
    ]
    return csv_text(rows, names)


def _numbers(names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in _TEXTS and name != "suppressed"]


def comparisons_csv(figures: Figures, language: str) -> str:
    return csv_text(comparison_rows(figures, language), columns(COMPARISONS, public=True))


def choices_csv(figures: Figures, language: str, *, public: bool) -> str:
    return csv_text(choice_rows(figures, language), columns(CHOICES, public=public))


_FILES = (
    ("figures.csv", FIGURES),
    ("comparisons.csv", COMPARISONS),
    ("choices.csv", CHOICES),
    ("response.csv", RESPONSE),
    ("comments.csv", COMMENTS),
)


def dictionary_csv() -> str:
    """Return the data dictionary: each column of each file and what it means."""
    rows = [
        {"file": file, "column": name, "meaning": meaning}
        for file, which in _FILES
        for name, meaning in which
        if name in columns(which, public=True)
    ]
    return csv_text(rows, ["file", "column", "meaning"])


def open_figures(figures: Figures, comments: Mapping[str, Any] | None = None) -> Figures:
    """Return the published figures, and what may be told of the comments as of now, with the meaning of each name."""
    dictionary = {
        name: meaning for which in (COMMENTS, RESPONSE, CHOICES, COMPARISONS, FIGURES) for name, meaning in which
    }
    return figures | {"comments": comments, "dictionary": dictionary}


def open_json(figures: Figures, comments: Mapping[str, Any] | None = None) -> str:
    """Return `open_figures` as a file."""
    return json.dumps(open_figures(figures, comments), ensure_ascii=False, allow_nan=False, indent=1)


def write_xlsx(figures: Figures, to: IO[bytes], language: str, *, headings: Mapping[str, str]) -> None:
    """Write an Excel file: figures, comparisons and choices on a sheet each. `headings` names the sheets."""
    with workbook(to) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        for name, which, rows in (
            ("figures", FIGURES, figure_rows(figures, language)),
            ("comparisons", COMPARISONS, comparison_rows(figures, language)),
            ("choices", CHOICES, choice_rows(figures, language)),
            ("response", RESPONSE, response_rows(figures, language)),
        ):
            sheet = book.add_worksheet(headings[name][:31])
            names = columns(which, public=False)
            for place, column in enumerate(names):
                sheet.write_string(0, place, column, heading)
                sheet.set_column(place, place, 40 if column == "label" else 14)
            sheet.freeze_panes(1, 3)
            last = 0
            for last, row in enumerate(rows, start=1):
                for place, column in enumerate(names):
                    value = row.get(column)
                    if isinstance(value, str):
                        sheet.write_string(last, place, value)
                    elif value is not None:
                        sheet.write_number(last, place, value)
            sheet.autofilter(0, 0, max(last, 1), len(names) - 1)


def spss_syntax(figures: Figures, language: str, *, data_file: str) -> str:
    """Return the syntax that reads `data_file` (`spss_csv`) into SPSS, with labels and what stands for nothing."""
    rows = list(figure_rows(figures, language))
    names = columns(FIGURES, public=False)
    lines = [
        "* Encoding: UTF-8.",
        "SET DECIMAL=DOT.",
        "GET DATA /TYPE=TXT",
        f"  /FILE={_quoted(data_file)}",
        '  /ENCODING="UTF8"',
    ]
    lines += ['  /DELIMITERS=","', "  /QUALIFIER='\"'", "  /ARRANGEMENT=DELIMITED", "  /FIRSTCASE=2", "  /VARIABLES="]
    lines += [f"    {name} {'A250' if name in _TEXTS else 'F24.16'}" for name in names]
    meanings, numbers = dict(FIGURES), _numbers(names)
    lines += ["  .", "DATASET NAME survey_results.", "VARIABLE LABELS"]
    lines += [f"  {name} {_quoted(meanings[name])}" for name in names]
    lines += ["  .", "VALUE LABELS", "  level 'item' 'Question' 'area' 'Area'"]
    for column, label in (("key", "label"), ("group", "group_label")):
        found = {str(row[column]): str(row[label]) for row in rows if row[column]}
        if found:
            lines += [f"  /{column}", *(f"    {_quoted(key)} {_quoted(words)}" for key, words in found.items())]
    lines += ["  /suppressed 0 'Shown' 1 'Not shown: too few answers'"]
    lines += [f"  /{' '.join(numbers)} {NOT_SHOWN} 'Not shown: too few answers'", "  ."]
    lines += [f"MISSING VALUES {' '.join(numbers)} ({NOT_SHOWN}).", "EXECUTE."]
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def _quoted(text: str) -> str:
    """A text as SPSS writes it: quotes doubled, one line, as short as a label may be."""
    return "'" + " ".join(text.split())[:120].replace("'", "''") + "'"
