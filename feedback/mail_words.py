"""What is new in a mail, and what is signature or was written before. Pure: text in."""

from __future__ import annotations

import re
from typing import NamedTuple

_FORWARDED = re.compile(r"^\s*(fwd?|vs|vb|videresendt|vidarebefordrat|wg)\s*:", re.I)
_HEADS_OF_QUOTE = [
    # «On 3 Nov 2026 at 10:00, Kari wrote:», over one line or two.
    re.compile(
        r"^(on|den|på|am|le|kl|fre|lør|lau|søn|man|tir|tys|ons|tor|\d{1,2}\W)\b.{0,300}\b(wrote|skrev|skreiv|schrieb|écrit)\b.{0,120}:\s*$",
        re.I,
    ),
    re.compile(
        r"^-{2,}\s*(original message|opprinnelig melding|opphavleg melding|ursprungligt meddelande"
        r"|forwarded message)\s*-{2,}\s*$",
        re.I,
    ),
    re.compile(r"^_{10,}\s*$"),
]
_SENDERS_LINE = re.compile(r"^\*?(fra|från|from)\*?:\s", re.I)
_OTHER_LINE = re.compile(r"^\*?(sendt|skickat|sent|dato|datum|date|til|till|to)\*?:\s", re.I)
_SIGNATURE = re.compile(
    r"^(-- ?|sendt fra min .{1,40}|sent from my .{1,40}|skickat från min .{1,40}|(få|hent|skaffa) outlook .{1,60})$",
    re.I,
)


class Split(NamedTuple):
    """A mail's words: the sender's own, and the rest, in the order in which they stood."""

    own: str
    rest: str


def split_words(text: str, subject: str = "") -> Split:
    """Part what somebody wrote from the signature and the quoted mail below it, or above and between.

    Nothing is thrown away: the two together hold every line. A forwarded mail is not parted, as what it forwards is the
    matter; neither is one that would have no words of its own.
    """
    text = text.strip()
    if _FORWARDED.match(subject):
        return Split(text, "")
    lines = text.split("\n")
    end = _first_of_rest(lines)
    own = [line for line in lines[:end] if not line.startswith(">")]
    rest = [line for line in lines[:end] if line.startswith(">")] + lines[end:]
    mine = "\n".join(own).strip()
    if not mine:
        return Split(text, "")
    return Split(re.sub(r"\n{3,}", "\n\n", mine), "\n".join(rest).strip())


def _first_of_rest(lines: list[str]) -> int:
    """Return the number of the line with which signature or quoted mail begin and go on to the end."""
    for number, line in enumerate(lines):
        stripped = line.strip()
        if len(stripped) > 400:
            continue
        if _SIGNATURE.match(stripped if stripped != "--" else "-- "):
            return number
        if _SENDERS_LINE.match(stripped) and any(
            _OTHER_LINE.match(next_one.strip()) for next_one in lines[number + 1 : number + 4]
        ):
            return number
        two = f"{stripped} {lines[number + 1].strip()}" if number + 1 < len(lines) else stripped
        heads = any(head.match(stripped) or (len(two) < 400 and head.match(two)) for head in _HEADS_OF_QUOTE)
        if heads and _is_quoted_below(lines, number):
            return number
    return len(lines)


def _is_quoted_below(lines: list[str], number: int) -> bool:
    """Whether all that follows the head of a quotation is quoted: words between and below are the writer's own.

    Programs that mark no line as quoted have the head alone: there all below it is held to be quoted.
    """
    below = [line for line in lines[number + 1 :] if line.strip()]
    marked = [line.startswith(">") for line in below]
    if not any(marked):
        return True
    return all(marked[marked.index(True) :])
