"""When cards come in and by which way: a boom after the launch, everyday life, a second boom after the cards went out anew."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import date, datetime

from config.demo.days import DAY, add_months, at, is_working, previous_working, working_on_or_after
from config.demo.municipality import SERVICE_CENTRE_STAFF

PEAK = 60  # Larvik had up to sixty cards a day
PEAK_INDEX = 3  # the fourth working day
MONTHS = 14
MONTHS_TO_SECOND_SENDING = 13

# How the cards came, of 1,891; the rest is paper handed in.
POST, EMAIL, WEB, PHONE, FAX, MEETING = 470, 121, 102, 18, 9, 11
WEB_LAST_FORTNIGHT, WEB_LAST_QUARTER = 31, 38
PAPER_A_DAY_LATE = 66

_WEB_HOURS = (0, 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
_WEB_WEIGHTS = (1, 1, 1, 3, 6, 6, 4, 4, 4, 5, 3, 3, 4, 5, 5, 6, 7, 9, 9, 7, 3)
_MONTH_FACTOR = {7: 0.5, 8: 0.9, 12: 0.75}


@dataclass(frozen=True, slots=True)
class Arrival:
    channel: str
    received_on: date
    registered_at: datetime
    registered_by: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """The time of the story, all dates local: `days` from the launch to yesterday, `working` the working days of them."""

    launch: date
    relaunch: date
    today: date
    days: tuple[date, ...]
    working: tuple[date, ...]

    @property
    def peak(self) -> date:
        return self.working[PEAK_INDEX]


def span_of(today: date) -> Span:
    start = add_months(today, -MONTHS)
    launch = working_on_or_after(start + DAY * (-start.weekday() % 7))
    days = tuple(launch + DAY * i for i in range((today - launch).days))
    relaunch = working_on_or_after(add_months(launch, MONTHS_TO_SECOND_SENDING))
    return Span(launch, relaunch, today, days, tuple(d for d in days if is_working(d)))


def _boom(ramp: tuple[float, ...], peak: float, decay: float, index: int) -> float:
    if index < 0:
        return 0.0
    if index < len(ramp):
        return peak * ramp[index]
    return peak * 0.93 * math.exp(-(index - len(ramp) + 1) / decay)


def staffed_counts(rng: random.Random, span: Span, total: int, web_on: dict[date, int]) -> dict[date, int]:
    """How many cards the service centre registers each working day; exactly `total`, the peak day exactly `PEAK`."""
    working = span.working
    second = next(i for i, d in enumerate(working) if d >= span.relaunch)
    counts: dict[date, int] = {}
    for i, day in enumerate(working):
        noise = rng.uniform(0.85, 1.12)
        first_boom = _boom((0.42, 0.68, 0.88, 1.0), PEAK, 11.0, i) * noise
        second_boom = _boom((0.3, 0.72, 1.0), 27.0, 6.0, i - second) * noise
        counts[day] = min(round(first_boom + second_boom), PEAK - 8 - web_on.get(day, 0))
    counts[span.peak] = PEAK
    everyday = [d for d in working if d != span.peak and counts[d] < PEAK - 12]
    weights = [_MONTH_FACTOR.get(d.month, 1.0) for d in everyday]
    for day in rng.choices(everyday, weights, k=total - sum(counts.values())):
        counts[day] += 1
    return counts


def _minutes(rng: random.Random, day: date, first: tuple[int, int], last: tuple[int, int]) -> datetime:
    low, high = first[0] * 60 + first[1], last[0] * 60 + last[1]
    minute = rng.randint(low, high)
    return at(day, minute // 60, minute % 60, rng.randint(0, 59))


def _web_days(rng: random.Random, span: Span, today_count: int) -> list[date]:
    """Web cards: few at first, lively in the last months; at least two each of the last twelve days."""
    fortnight = [span.today - DAY * i for i in range(1, 15)]
    # Three on the days that are due today and tomorrow, so that there is something to do also after a holiday; one on the
    # last days that nobody worked, as all of those are still open.
    least = [1 if i <= 4 and not is_working(d) else 3 if i in (9, 10) else 2 for i, d in enumerate(fortnight, start=1)]
    days = [d for d, number in zip(fortnight[:12], least, strict=False) for _ in range(number)]
    days += rng.choices(fortnight[4:], k=WEB_LAST_FORTNIGHT - len(days))
    quarter = [span.today - DAY * i for i in range(15, 92)]
    days += rng.choices(quarter, k=WEB_LAST_QUARTER)
    earlier = [d for d in span.days if d != span.peak and (span.today - d).days >= 92]
    days += rng.choices(earlier, k=WEB - today_count - len(days))
    return days


def _web(rng: random.Random, day: date, *, before_work: bool = False) -> Arrival:
    # Nothing between 02:00 and 05:00: the hour that daylight saving takes or doubles stays empty.
    hour = rng.choice((0, 5, 6, 7)) if before_work else rng.choices(_WEB_HOURS, _WEB_WEIGHTS)[0]
    registered = at(day, hour, rng.randint(0, 54), rng.randint(0, 59))
    return Arrival("web", day, registered, None)


def _received_on(rng: random.Random, channel: str, day: date, span: Span, *, late: bool) -> date:
    """The day a card came in; before `day`, where it waited over night, over the weekend, or in a full letterbox."""
    before = day
    if channel == "email":
        gap = (day - previous_working(day)).days
        if gap > 1 and rng.random() < 0.5:
            before = day - DAY * rng.randint(1, gap - 1)
        elif rng.random() < 0.06:
            before = day - DAY
    elif late or (channel == "meeting" and rng.random() < 0.5):
        before = previous_working(day)
    # The peak day stays exactly as high as it is, by both dates.
    return day if before < span.launch or span.peak in (before, day) else before


def make_arrivals(
    rng: random.Random, span: Span, *, total: int, paper_children: int, phone_children: int
) -> list[Arrival]:
    """All cards but those that grow out of others, in the order of registration.

    `paper_children` and `phone_children` are made elsewhere and come off the number of handed-in and phone cards, so that the
    shares of the whole stay as they are.
    """
    today_works = is_working(span.today)
    web_today, staffed_today = (3, 4) if today_works else (4, 0)
    web_days = _web_days(rng, span, web_today)
    web_on = {d: web_days.count(d) for d in set(web_days)}
    staffed = total - WEB - paper_children - phone_children - staffed_today
    counts = staffed_counts(rng, span, staffed, web_on)

    special = (
        ["post"] * POST
        + ["email"] * EMAIL
        + ["phone"] * (PHONE - phone_children)
        + ["fax"] * FAX
        + ["meeting"] * MEETING
    )
    channels = special + ["paper"] * (staffed - len(special))
    rng.shuffle(channels)

    slots = [d for d in span.working for _ in range(counts[d])]
    # On busy days some of the pile waits until the next morning.
    paper_slots = [
        i for i, d in enumerate(slots) if channels[i] == "paper" and span.peak not in (d, previous_working(d))
    ]
    weights = [
        counts[previous_working(slots[i])] if previous_working(slots[i]) >= span.launch else 0 for i in paper_slots
    ]
    late: set[int] = set()
    carried = dict(counts)
    while len(late) < PAPER_A_DAY_LATE:
        slot = rng.choices(paper_slots, weights)[0]
        before = previous_working(slots[slot])
        if slot not in late and carried[before] < PEAK - 6:
            late.add(slot)
            carried[before] += 1

    arrivals = [_web(rng, d) for d in web_days]
    for i, (day, channel) in enumerate(zip(slots, channels, strict=True)):
        received = _received_on(rng, channel, day, span, late=i in late)
        first, last = ((10, 40), (15, 20)) if channel == "post" else ((8, 5), (15, 25))
        if received < day:
            first, last = (8, 5), (10, 30)
        arrivals.append(Arrival(channel, received, _minutes(rng, day, first, last), rng.choice(SERVICE_CENTRE_STAFF)))
    arrivals += [_web(rng, span.today, before_work=True) for _ in range(web_today)]
    # The letterbox of the town hall is emptied before the doors open.
    arrivals += [
        Arrival("paper", span.today, _minutes(rng, span.today, (7, 15), (7, 54)), SERVICE_CENTRE_STAFF[1])
        for _ in range(staffed_today)
    ]
    return sorted(arrivals, key=lambda a: (a.registered_at, a.channel, a.registered_by or ""))
