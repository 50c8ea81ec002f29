"""Cards in nynorsk, Swedish and English: a few of each, as in a coastal town with neighbours and newcomers."""

from __future__ import annotations

from dataclasses import dataclass

from config.demo.wording import ALL_YEAR, BARE, WINTER


@dataclass(frozen=True, slots=True)
class ForeignText:
    language: str
    category: str
    kind: str
    text: str
    months: frozenset[int] = ALL_YEAR


FOREIGN = (
    ForeignText(
        "nn",
        "road",
        "request",
        "Kan de seie noko om når {street} får ny asfalt? Vi har venta lenge, og no er det verre enn nokon gong.",
    ),
    ForeignText(
        "nn",
        "school",
        "suggestion",
        "Eg ynskjer at nynorskelevane på {school} får bøkene sine samstundes med dei andre. Det burde ikkje vere for mykje å be om.",
    ),
    ForeignText(
        "nn",
        "library",
        "praise",
        "Takk for ei triveleg diktstund på biblioteket. Eg kjem att, og eg tek med meg syster mi.",
    ),
    ForeignText(
        "nn",
        "trail",
        "fault_report",
        "Brua over bekken på elvestien er glatt og manglar to plankar. Ein av oss steig igjennom.",
    ),
    ForeignText(
        "nn",
        "service",
        "criticism",
        "Eg skriv nynorsk til kommunen og får svar på bokmål. Eg trudde de hadde lov om slikt.",
    ),
    ForeignText(
        "nn",
        "snow",
        "complaint",
        "Vegen opp til {street} vart ikkje brøytt før klokka elleve. Mjølkebilen stod fast.",
        WINTER,
    ),
    ForeignText(
        "nn",
        "street_light",
        "request",
        "Kan det setjast opp gatelys i svingen ved {street}? Det er svartare enn i ein sekk der.",
    ),
    ForeignText("nn", "park", "praise", "Så fint de har stelt i {park} i år! Eg sit der med kaffien kvar dag.", BARE),
    ForeignText(
        "nn",
        "traffic_safety",
        "complaint",
        "Dei køyrer altfor fort gjennom {street}. Eg har tre born og skjelv kvar gong dei skal over vegen.",
    ),
    ForeignText(
        "nn", "waste", "request", "Kvar kan eg levere gamle vindauge? Har leita på nettsidene, men fann det ikkje."
    ),
    ForeignText(
        "sv",
        "parking",
        "complaint",
        "Vi var på besök med husbilen och fick en avgift i {street}, trots att vi hade betalat i appen. Skylten går inte att förstå för oss svenskar.",
    ),
    ForeignText(
        "sv", "culture", "praise", "Tack för en underbar kväll i kulturhuset! Vi kommer gärna tillbaka över gränsen."
    ),
    ForeignText(
        "sv",
        "kindergarten",
        "request",
        "Vi flyttar från Sverige till {area} och undrar hur man söker plats i {kindergarten} utan norskt personnummer.",
    ),
    ForeignText(
        "sv",
        "trail",
        "suggestion",
        "Kuststigen är fantastisk. Sätt gärna upp några bänkar till, och en skylt om hur långt det är kvar.",
    ),
    ForeignText(
        "sv",
        "road",
        "fault_report",
        "Det är ett stort hål i vägen vid {street} {no}. Jag cyklade omkull i går, men det gick bra.",
    ),
    ForeignText(
        "sv", "home_care", "praise", "Jag vill tacka hemtjänsten som hjälper min moster i {area}. Ni är guld värda."
    ),
    ForeignText(
        "en",
        "waste",
        "request",
        "Hello, we are new in {area} and do not understand the bins. Is there a guide in English?",
    ),
    ForeignText(
        "en",
        "school",
        "request",
        "Our daughter will start at {school}. Who can tell us about Norwegian lessons for the first months?",
    ),
    ForeignText(
        "en",
        "snow",
        "complaint",
        "The pavement in {street} has been pure ice for a week. I walk with a stick and cannot get to the shop.",
        WINTER,
    ),
    ForeignText(
        "en", "library", "praise", "The language café at the library is the best part of my week. Thank you all."
    ),
    ForeignText(
        "en",
        "public_transport",
        "request",
        "Why is there no bus from {stop} on Sundays? I work at the hotel and have to walk home.",
    ),
    ForeignText(
        "en",
        "health",
        "request",
        "I have been trying to register with a family doctor since I moved here. Which office do I call?",
    ),
    ForeignText(
        "en",
        "road",
        "complaint",
        "You have dug up {street} three times since we moved in. Could the pipes and the cables please talk to each other?",
    ),
    ForeignText(
        "en",
        "playground",
        "suggestion",
        "Please put a fence between {playground} and the road. My son is two and fast.",
    ),
)
