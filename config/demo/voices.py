"""Who writes, about what, and how it sounds: kind, category, text and submitter of each card."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from config.demo import places
from config.demo.arrivals import Arrival
from config.demo.municipality import POSTCODE, SHORT_NAME
from config.demo.people_names import CHILDREN, FIRST_NAMES, SURNAMES
from config.demo.places import AREAS, Area
from config.demo.plans import NEGATIVE, Submitter
from config.demo.texts_languages import FOREIGN, ForeignText
from config.demo.texts_manners import CLOSINGS, MIDDLES, OPENINGS
from config.demo.texts_outdoors import OUTDOORS, OUTSIDE_OUTDOORS
from config.demo.texts_people import PEOPLE_TEXTS, UNROUTED
from config.demo.texts_roads import ROADS, SUMMER_ROADS
from config.demo.wording import DARK, WINTER, Pools, Template, as_templates, choose, upper_first

# Of a thousand cards, by kind: requests, suggestions and fault reports far over half; 3.2 negative to one of praise.
KIND_SHARES = {
    "request": 242,
    "suggestion": 184,
    "fault_report": 146,
    "complaint": 201,
    "criticism": 124,
    "praise": 103,
}

CATEGORY_WEIGHTS = {
    "road": 25.0, "snow": 6.0, "street_light": 7.0, "traffic_safety": 8.5, "parking": 3.5, "public_transport": 2.0, "water": 4.5,
    "waste": 5.5, "park": 3.8, "playground": 3.0, "sports": 2.0, "trail": 1.8, "planning": 2.6, "building": 1.6, "school": 5.0,
    "kindergarten": 2.6, "home_care": 3.4, "nursing_home": 2.0, "health": 2.0, "library": 2.8, "culture": 2.4, "service": 4.0,
    "political": 2.4, "other": 1.2,
}  # fmt: skip
# The roads have got worse, as the survey and the road register say too: those who complain, complain of them.
_WORSE_ROADS = {"road": 1.4, "snow": 1.4, "traffic_safety": 1.4}
KIND_FACTORS = {
    "complaint": _WORSE_ROADS, "criticism": _WORSE_ROADS, "request": {"road": 0.85},
    "praise": {
        "road": 0.4, "traffic_safety": 0.5, "parking": 0.2, "street_light": 0.5, "library": 2.6, "home_care": 2.2, "nursing_home": 2.0,
        "kindergarten": 2.0, "school": 1.5, "service": 2.0, "culture": 1.8, "park": 1.6, "public_transport": 0.4, "other": 1.5,
    },
    "fault_report": {"road": 1.3, "street_light": 2.2, "water": 2.0, "playground": 1.5, "school": 0.4, "service": 0.4, "parking": 0.6, "home_care": 0.2, "nursing_home": 0.3, "health": 0.3},
    "suggestion": {"snow": 0.6, "water": 0.5, "street_light": 0.6, "playground": 1.5},
}  # fmt: skip

# Full, partial and anonymous, in every hundred.
FULL, PARTIAL = 70, 15
_PARTS = (("name",), ("name", "phone"), ("name", "address"), ("phone",), ("email",), ("name", "email"))

_TO_ASCII = str.maketrans({"å": "a", "ø": "o", "æ": "e", "é": "e", "ø".upper(): "O", "Å": "A"})
_NUMBERS = ("to", "tre", "fire", "fem", "seks")
_ORDINALS = ("andre", "tredje", "fjerde", "femte")
_ON = re.compile(r"\b([Ii]) (Neset|Holmen)\b")
_GRADES = tuple(f"{year}{letter}" for year in range(1, 8) for letter in "AB")
_EVENTS = {
    12: "julemarkedet",
    1: "lysfesten",
    2: "vinterdagen",
    3: "vinterdagen",
    6: "havnefesten",
    7: "havnefesten",
    8: "kulturnatta",
    9: "kulturnatta",
}


@dataclass(frozen=True, slots=True)
class Inhabitant:
    name: str
    area: Area
    street: str
    house: int
    phone: str
    email: str


@dataclass(slots=True)
class Draft:
    """What a card says, before its life begins."""

    arrival: Arrival
    kind: str
    category: str | None
    text: str
    language: str
    place: str
    area: str
    submitter: Submitter
    inhabitant: Inhabitant
    political: bool
    outside: str = ""
    position: tuple[float, float] | None = None


def inhabitants(rng: random.Random, count: int) -> list[Inhabitant]:
    """Made-up people; phones in one narrow series, mail in the reserved `.example`."""
    numbers = rng.sample(range(100, 3000), count)
    areas = rng.choices(AREAS, [a.weight for a in AREAS], k=count)
    people = []
    for number, area in zip(numbers, areas, strict=True):
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(SURNAMES)}"
        local = name.lower().translate(_TO_ASCII).replace(" ", ".")
        phone = f"33 00 {number // 100:02d} {number % 100:02d}"
        people.append(
            Inhabitant(
                name, area, rng.choice(area.streets), rng.randint(1, 48), phone, f"{local}{number % 97}@post.example"
            )
        )
    return people


def all_pools() -> Pools:
    pools: dict[tuple[str, str], list[Template]] = defaultdict(list)
    for source in (ROADS, SUMMER_ROADS, OUTDOORS, OUTSIDE_OUTDOORS, PEOPLE_TEXTS):
        for category, kinds in source.items():
            for kind, texts in kinds.items():
                pools[category, kind] += as_templates(texts)
    return {key: tuple(texts) for key, texts in pools.items()}


def base_template_count() -> int:
    return sum(len(pool) for pool in all_pools().values()) + len(FOREIGN) + len(UNROUTED)


def tidy(text: str) -> str:
    """One space between words, a capital first, and «på Neset», «på Holmen», «i sentrum» as people say."""
    text = _ON.sub(lambda m: ("På" if m[1] == "I" else "på") + f" {m[2]}", " ".join(text.split()))
    return upper_first(text.replace("i Sentrum", "i sentrum"))


class Scribe:
    """Writes the cards one after the other; keeps count of what was used, so that nothing is said too often."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.pools = all_pools()
        self.used: dict[str, int] = defaultdict(int)
        self.written: set[str] = set()
        self.people = inhabitants(rng, 1450)
        self.recent: list[Inhabitant] = []

    # Who

    def pick_inhabitant(self) -> Inhabitant:
        """Now and then somebody who has written before."""
        if self.recent and self.rng.random() < 0.2:
            return self.rng.choice(self.recent)
        person = self.rng.choice(self.people)
        self.recent.append(person)
        return person

    def submitter(self, person: Inhabitant, channel: str, completeness: str) -> Submitter:
        address = f"{person.street} {person.house}, {POSTCODE} {SHORT_NAME}"
        with_mail = (channel in ("email", "web") and self.rng.random() < 0.7) or self.rng.random() < 0.12
        if completeness == "full":
            return Submitter(
                name=person.name, address=address, phone=person.phone, email=person.email if with_mail else ""
            )
        if completeness == "none":
            return Submitter(email=person.email) if channel == "email" else Submitter()
        parts = ("name", "phone") if channel == "phone" else self.rng.choice(_PARTS)
        whole = {"name": person.name, "address": address, "phone": person.phone, "email": person.email}
        given = {part: whole[part] for part in parts}
        if channel == "email":
            given["email"] = person.email
        return Submitter(**given)

    # What

    def pick_category(self, kind: str, month: int) -> str:
        weights = {}
        for category, weight in CATEGORY_WEIGHTS.items():
            pool = self.in_season(category, kind, month)
            if not pool:
                continue
            if category == "snow":
                weight *= 2.2 if month in WINTER else 0.0
            elif category == "street_light":
                weight *= 1.3 if month in DARK else 0.4
            weight *= KIND_FACTORS.get(kind, {}).get(category, 1.0)
            # A category with few things to say is chosen a little less, so that cards do not repeat each other.
            weights[category] = weight * (len(pool) / 6) ** 0.4
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def in_season(self, category: str, kind: str, month: int) -> list[Template]:
        return [t for t in self.pools.get((category, kind), ()) if month in t.months]

    def least_used(self, pool: list[Template]) -> Template:
        fewest = min(self.used[t.text] for t in pool)
        template = self.rng.choice([t for t in pool if self.used[t.text] == fewest])
        self.used[template.text] += 1
        return template

    # How

    def slots(self, person: Inhabitant, day: date) -> dict[str, str]:
        rng, area = self.rng, person.area
        street, street2 = rng.sample(area.streets, 2)
        if rng.random() < 0.5:
            street, street2 = person.street, next(s for s in (street, street2) if s != person.street)
        season = ("før jul", "i vinter", "i vår", "i sommer")[(day.month - 1) // 3]
        return {
            "street": street,
            "street2": street2,
            "no": str(rng.randint(4, 64)),
            "area": area.name,
            "stop": rng.choice(area.stops),
            "school": area.school,
            "kindergarten": area.kindergarten,
            "park": area.park,
            "playground": area.playground,
            "n": rng.choice(_NUMBERS),
            "nth": rng.choice(_ORDINALS),
            "since": rng.choice((f"siden {season}", "siden i fjor", f"helt siden {season}")),
            "age": str(rng.randint(6, 13)),
            "age_teen": str(rng.randint(14, 17)),
            "nth_grade": rng.choice(("åttende", "niende", "tiende")),
            "grade": rng.choice(_GRADES),
            "old": str(rng.randint(68, 91)),
            "child": rng.choice(CHILDREN),
            "seasonal_event": _EVENTS.get(day.month, "kulturdagen"),
            "first": person.name.split()[0],
            "name": person.name,
        }

    def dress(self, body: str, kind: str, slots: dict[str, str], submitter: Submitter) -> str:
        """The text with a greeting, an afterthought, a farewell; each only sometimes, and a few in people's own style."""
        rng = self.rng
        mood = "kind" if kind == "praise" else "angry" if kind in NEGATIVE else "neutral"
        parts = [body]
        if rng.random() < 0.3 and "Hilsen" not in body:
            middles = [m for m in MIDDLES[mood] if submitter.phone or "Ring" not in m]
            parts.append(rng.choice(middles).format_map(slots))
        if rng.random() < 0.34 and "Hilsen" not in body:
            closings = [c for c in CLOSINGS[mood] if submitter.name or ("{first}" not in c and "{name}" not in c)]
            parts.append(rng.choice(closings).format_map(slots))
        if rng.random() < 0.3 and not body.startswith("Hei"):
            parts.insert(0, rng.choice(OPENINGS[mood]))
        text = tidy(" ".join(p if p[-1] in ".!?,:;»)" else f"{p}." for p in parts[:-1]) + f" {parts[-1]}")
        style = rng.random()
        if style < 0.03:  # typed with one thumb
            return text.lower().rstrip(".")
        if style < 0.04 and mood == "angry" and len(text) < 160:
            return text.upper()
        return text

    def write(
        self, template: str, kind: str, person: Inhabitant, day: date, submitter: Submitter
    ) -> tuple[str, dict[str, str]]:
        """A text that nobody has written before, and the slots it was filled with."""
        for _ in range(12):
            slots = self.slots(person, day)
            body = tidy(choose(self.rng, template).format_map(slots))
            text = self.dress(body, kind, slots, submitter)
            if text not in self.written:
                break
        self.written.add(text)
        return text, slots

    def place(self, template: str, category: str | None, slots: dict[str, str]) -> str:
        """What the submitter would write under «where»."""
        fixed = {
            "library": "Solvik bibliotek",
            "nursing_home": "Strandtunet",
            "health": "Solvik helsehus",
            "political": "",
            "service": "",
            "home_care": "",
        }
        if category in fixed:
            return fixed[category]
        for slot in ("playground", "park", "kindergarten", "school", "stop"):
            if f"{{{slot}}}" in template:
                return upper_first(slots[slot]) if slot != "stop" else f"Holdeplassen {slots[slot]}"
        if "{street}/{street2}" in template:
            return f"{slots['street']} x {slots['street2']}"
        if "{street}" in template:
            return (
                f"{slots['street']} {slots['no']}" if "{no}" in template or self.rng.random() < 0.4 else slots["street"]
            )
        return ""

    def draft(self, arrival: Arrival, kind: str, completeness: str, *, unrouted: int | None = None) -> Draft:
        """One card in bokmål. `unrouted`: one of the texts that no rule has a unit for."""
        rng, day = self.rng, arrival.received_on
        person = self.pick_inhabitant()
        submitter = self.submitter(person, arrival.channel, completeness)
        category: str | None = None
        if unrouted is None:
            category = self.pick_category(kind, day.month)
            template = self.least_used(self.in_season(category, kind, day.month))
        else:
            template = Template(UNROUTED[unrouted])
        text, slots = self.write(template.text, kind, person, day, submitter)
        political = category == "political" or (kind == "criticism" and rng.random() < 0.02)
        needs_area = category in ("school", "kindergarten") or unrouted is not None
        return Draft(
            arrival=arrival, kind=kind, category=category, text=text, language="nb",
            place=self.place(template.text, category, slots),
            area=person.area.name if needs_area or rng.random() < 0.88 else "",
            submitter=submitter, inhabitant=person, political=political, outside=template.outside,
            position=self.position(person.area) if arrival.channel == "web" and rng.random() < 0.6 else None,
        )  # fmt: skip

    def position(self, area: Area) -> tuple[float, float]:
        return round(area.latitude + self.rng.gauss(0, 0.0018), 5), round(area.longitude + self.rng.gauss(0, 0.003), 5)

    def foreign(self, draft: Draft, source: ForeignText) -> None:
        """Turn a card into one in nynorsk, Swedish or English, of the same kind."""
        slots = self.slots(draft.inhabitant, draft.arrival.received_on)
        draft.text = source.text.format_map(slots)
        if draft.text in self.written:
            draft.text += {"nn": " Takk på førehand.", "sv": " Tack på förhand.", "en": " Thank you."}[source.language]
        self.written.add(draft.text)
        draft.language, draft.category, draft.outside, draft.political = source.language, source.category, "", False
        draft.place = self.place(source.text, source.category, slots)
        draft.area = draft.inhabitant.area.name
        if source.category == "public_transport":
            draft.outside = places.BUS_COMPANY


def kinds_for(rng: random.Random, count: int, *, taken: dict[str, int]) -> list[str]:
    """`count` kinds in random order, so that with those `taken` by other cards the shares of the whole are exact."""
    total = count + sum(taken.values())
    wanted = {kind: round(total * share / 1000) for kind, share in KIND_SHARES.items()}
    wanted["request"] += total - sum(wanted.values())
    kinds = [kind for kind, number in wanted.items() for _ in range(number - taken.get(kind, 0))]
    rng.shuffle(kinds)
    return kinds


def completeness_for(rng: random.Random, count: int) -> list[str]:
    full, partial = round(count * FULL / 100), round(count * PARTIAL / 100)
    levels = ["full"] * full + ["partial"] * partial + ["none"] * (count - full - partial)
    rng.shuffle(levels)
    return levels
