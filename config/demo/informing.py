"""What Solvik told its citizens: when cards went out, and stories of what the messages led to. Written by the actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.demo.days import DAY, at, previous_working
from config.demo.furnish import Furnished
from config.demo.plans import Story as Told
from feedback.actions.mailings import SentOut, record_mailing
from feedback.actions.stories import NamesSomebody, Words, publish_story, write_story
from feedback.models import Card, Mailing, Story
from feedback.workflow import CloseResult

CLERK = "lene.myhre@solvik.example"
HOUSEHOLDS = 12_400


@dataclass(frozen=True)
class Draft:
    """A story and from which category's card it comes. `days_ago`: when it was published, None for a draft of today."""

    category: str
    title: str
    said: str
    did: str
    days_ago: int | None
    language: str = "nb"


STORIES = (
    Draft(
        "street_light",
        "Lyset er tilbake på gangveien",
        "Flere skrev at lyktene langs gangveien til skolen hadde vært mørke i ukevis, og at barna gikk der i mørket om morgenen.",
        "Det var en kabel som var gravd over. Vi skiftet 80 meter kabel, og alle lyktene lyser igjen. Nå sjekker vi lysene langs "
        "skoleveiene hver september.",
        9,
    ),
    Draft(
        "library",
        "Biblioteket åpner tidligere på lørdager",
        "Mange ville ha åpent på biblioteket før klokka elleve på lørdager, så de rekker det før barna skal på aktiviteter.",
        "Vi prøvde åpent fra ti i to måneder, og det kom så mange at vi fortsetter.",
        31,
    ),
    Draft(
        "traffic_safety",
        "Ny fartshump ved barnehagen",
        "Bilene kjører for fort forbi barnehagen når foreldre henter og bringer.",
        "Vi målte farten i to uker. Snittet var 41 i en 30-sone. Nå er det lagt en fartshump, og vi måler igjen til våren.",
        58,
    ),
    Draft(
        "snow",
        "Vi strør trappene først",
        "På glatte dager var trappene ved sentrum de siste som ble strødd, enda det er der folk faller.",
        "Trappene ligger nå først på ruta. Der det er brattest, har vi satt ut kasser med strøsand som alle kan ta av.",
        104,
    ),
    Draft(
        "park",
        "Fleire benkar langs turvegen",
        "Det er langt mellom benkane på turvegen, og fleire eldre skreiv at dei difor går korte turar.",
        "Vi har sett ut seks nye benkar, slik at det no aldri er meir enn 250 meter mellom dei.",
        150,
        "nn",
    ),
    Draft(
        "waste",
        "Flere hentinger av papir før jul",
        "I desember er papirdunken full lenge før den blir tømt.",
        "Vi tømmer papir en gang ekstra mellom jul og nyttår. Det står i kalenderen fra i år.",
        None,
    ),
)


def inform(told: Told, furnished: Furnished) -> None:
    """Write down the mailings that made the booms, and the stories. After the cards and what became of them."""
    _mailings(told, furnished)
    for draft in STORIES:
        _story(draft, told, furnished)


def _mailings(told: Told, furnished: Furnished) -> None:
    laid_out = previous_working((told.now - timedelta(days=75)).date())
    for sent, on in (
        (SentOut(previous_working(told.launch), HOUSEHOLDS, Mailing.How.POSTED, ["nb", "nn"]), told.launch),
        (SentOut(previous_working(told.relaunch), HOUSEHOLDS + 180, Mailing.How.POSTED, ["nb", "nn", "en"],
                 note="Engelsk kort etter ønske fra flyktningtjenesten."), told.relaunch),
        (SentOut(laid_out, 600, Mailing.How.LAID_OUT, ["nb", "en"], area="biblioteket og rådhuset"), laid_out),
    ):  # fmt: skip
        record_mailing(sent, by=furnished.people[CLERK], now=at(on, 7, 30))


def _story(draft: Draft, told: Told, furnished: Furnished) -> None:
    """From the latest answered card of the category whose sender's name is not by chance a word of the story."""
    clerk, category = furnished.people[CLERK], furnished.categories[draft.category]
    published = told.now - DAY * draft.days_ago if draft.days_ago is not None else None
    written = published - timedelta(hours=3) if published else told.now - DAY
    words = Words(draft.title, draft.said, draft.did, draft.language, category)
    for card in _answered(category.code, before=written):
        try:
            story = write_story(card, words, by=clerk, now=written)
        except NamesSomebody:
            continue
        if published:
            publish_story(story, seen=story.fingerprint, names_nobody=True, by=clerk, now=published)
        return


def _answered(category: str, *, before: datetime) -> list[Card]:
    told = Story.objects.filter(card__isnull=False).values("card")
    answered = (CloseResult.ANSWERED, CloseResult.FOLLOWED_UP)
    cards = Card.objects.filter(category__code=category, close_result__in=answered, closed_at__lt=before)
    return list(cards.exclude(pk__in=told).order_by("-closed_at")[:5])
