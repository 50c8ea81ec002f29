"""Drawing who is asked from a register.

**Method `sha256-rank/1`.** Each person's ticket is SHA-256 of the bytes of `seed|id` in UTF-8; tickets are sorted,
and the n lowest are drawn. The order of the file does not matter, the draw is the same on every machine and in every
version of Python, and anybody can check one ticket:

    printf '%s' '2026-innbygger|10042' | sha256sum

Under the usual assumption that SHA-256 cannot be told from chance, every group of n people is equally likely over
seeds chosen by chance. The seed must therefore be chosen before anybody looks at what it draws, and is printed with
N, n and the method. A smaller draw with the same seed is contained in a larger one, so that a sample can be topped
up.

Source of the allocation: Cochran, Sampling Techniques, 3rd ed., section 5.3 (proportional); the rounding is
Hamilton's largest remainder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256

from surveys.statistics.errors import CannotCompute

METHOD = "sha256-rank/1"


@dataclass(frozen=True, slots=True)
class Draw:
    """Who was drawn, in the order of their tickets, with all that is needed to do it again.

    `kind` is `simple`, `stratified` or `full`. `populations` and `drawn` hold N_h and n_h of each stratum, empty
    where there are none.
    """

    ids: tuple[str, ...]
    population: int
    kind: str
    seed: str
    method: str = METHOD
    populations: Mapping[str, int] = field(default_factory=dict)
    drawn: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.ids)


def ticket(seed: str, person: str) -> str:
    """Return the hexadecimal SHA-256 of `seed|id`."""
    return sha256(f"{seed}|{person}".encode()).hexdigest()


def draw_simple(register: Iterable[str], n: int, *, seed: str) -> Draw:
    """Draw n of the register at random, each as likely as any other.

    Raises CannotCompute `same_id_twice`, `more_than_there_are`, `no_such_number`.
    """
    people = _checked(register)
    return Draw(_lowest(people, n, seed, ""), len(people), "simple", seed)


def draw_full(register: Iterable[str], *, seed: str = "") -> Draw:
    """Draw everybody; the seed only settles the order. Raises CannotCompute `same_id_twice`."""
    people = _checked(register)
    return Draw(_lowest(people, len(people), seed, ""), len(people), "full", seed)


def draw_stratified(strata: Mapping[str, Sequence[str]], sizes: Mapping[str, int], *, seed: str) -> Draw:
    """Draw `sizes[stratum]` of each stratum at random; see `allocate` for sizes in proportion.

    Raises CannotCompute `same_id_twice`, `unknown_group` (a size for no stratum, or a stratum without a size),
    `more_than_there_are`, `no_such_number`.
    """
    _checked(person for people in strata.values() for person in people)
    for stratum in strata.keys() ^ sizes.keys():
        raise CannotCompute("unknown_group", group=stratum)
    ids = [person for stratum in sorted(strata) for person in _lowest(strata[stratum], sizes[stratum], seed, stratum)]
    return Draw(
        tuple(ids),
        sum(map(len, strata.values())),
        "stratified",
        seed,
        populations={stratum: len(strata[stratum]) for stratum in sorted(strata)},
        drawn={stratum: sizes[stratum] for stratum in sorted(strata)},
    )


def allocate(populations: Mapping[str, int], n: int, *, least: int = 0) -> dict[str, int]:
    """Share n out over the strata in proportion to their people, by largest remainder, ties to the first by name.

    `least` is given to each stratum first (or all its people where it has fewer) and the proportions are kept among
    the rest: two is what it takes to measure a stratum's spread. Raises CannotCompute `more_than_there_are`,
    `no_such_number` (n under what `least` takes).
    """
    there_are = sum(populations.values())
    if n > there_are:
        raise CannotCompute("more_than_there_are", wanted=n, there_are=there_are, group="")
    sizes: dict[str, int] = {}
    open_strata = dict(populations)
    left = n
    while True:
        people = sum(open_strata.values())
        floor = {stratum: min(least, size) for stratum, size in open_strata.items()}
        low = [
            stratum
            for stratum, size in open_strata.items()
            if people and Fraction(left * size, people) < floor[stratum]
        ]
        if not low:
            break
        for stratum in low:
            sizes[stratum] = floor[stratum]
            left -= floor[stratum]
            del open_strata[stratum]
    if left < 0 or n < 0 or least < 0:
        raise CannotCompute("no_such_number", name="n", value=n)
    people = sum(open_strata.values())
    quotas = {
        stratum: Fraction(left * size, people) if people else Fraction(0) for stratum, size in open_strata.items()
    }
    for stratum, quota in quotas.items():
        sizes[stratum] = int(quota)
    spare = left - sum(int(quota) for quota in quotas.values())
    for stratum in sorted(quotas, key=lambda name: (int(quotas[name]) - quotas[name], name))[:spare]:
        sizes[stratum] += 1
    return {stratum: sizes[stratum] for stratum in sorted(sizes)}


def _checked(register: Iterable[str]) -> list[str]:
    people = list(register)
    seen: set[str] = set()
    for person in people:
        if person in seen:
            raise CannotCompute("same_id_twice", id=person)
        seen.add(person)
    return people


def _lowest(people: Sequence[str], n: int, seed: str, stratum: str) -> tuple[str, ...]:
    if n < 0:
        raise CannotCompute("no_such_number", name="n", value=n)
    if n > len(people):
        raise CannotCompute("more_than_there_are", wanted=n, there_are=len(people), group=stratum)
    return tuple(sorted(people, key=lambda person: (ticket(seed, person), person))[:n])
