"""What the staff of Solvik write down: calls, measures, reactions, reasons, notes.

A summary must fit whatever a card of its kind was about; who speaks, who goes out and where it is decided comes from the
category (`VOICES`), so that a headmaster does not promise asphalt.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """Who answers, who does the work, where it is decided; in small letters as in the middle of a sentence."""

    who: str
    crew: str
    forum: str
    outdoors: bool = False

    def slots(self) -> dict[str, str]:
        named = {"who": self.who, "crew": self.crew, "forum": self.forum}
        return named | {key.capitalize(): value[:1].upper() + value[1:] for key, value in named.items()}


_ROADS = Voice("veiformannen", "veilaget", "veiplanen", outdoors=True)
VOICES = {
    "road": _ROADS,
    "snow": Voice("vintervakta", "brøytelaget", "evalueringen av vinteren", outdoors=True),
    "street_light": Voice("veiingeniøren", "lysentreprenøren", "veiplanen", outdoors=True),
    "traffic_safety": Voice("trafikkplanleggeren", "skiltlaget", "trafikksikkerhetsutvalget", outdoors=True),
    "parking": Voice("parkeringsansvarlig", "skiltlaget", "evalueringen av parkeringen", outdoors=True),
    "public_transport": Voice("servicesenteret", "kollektivselskapet", "samarbeidsmøtet med fylket"),
    "water": Voice("driftsingeniøren", "driftsvakta", "saneringsplanen", outdoors=True),
    "waste": Voice("driftskonsulenten", "renovatøren", "renovasjonsmøtet", outdoors=True),
    "park": Voice("parkformannen", "parklaget", "parkplanen", outdoors=True),
    "playground": Voice("parkformannen", "parklaget", "planen for lekeplasser", outdoors=True),
    "sports": Voice("parksjefen", "vaktmesteren", "idrettsrådet"),
    "trail": Voice("parkformannen", "parklaget", "friluftsplanen", outdoors=True),
    "planning": Voice("byggesaksbehandleren", "byggesakskontoret", "planutvalget"),
    "building": Voice("eiendomssjefen", "vaktmesteren", "vedlikeholdsplanen"),
    "school": Voice("rektor", "vaktmesteren", "samarbeidsutvalget"),
    "kindergarten": Voice("styreren", "vaktmesteren", "samarbeidsutvalget"),
    "home_care": Voice("avdelingslederen", "teamet", "brukerrådet"),
    "nursing_home": Voice("avdelingslederen", "avdelingen", "brukerrådet"),
    "health": Voice("enhetslederen", "skranken", "ledermøtet på helsehuset"),
    "library": Voice("biblioteksjefen", "vakta i skranken", "personalmøtet"),
    "culture": Voice("ungdomskonsulenten", "teknikeren i huset", "ungdomsrådet"),
    "service": Voice("servicesenteret", "nettredaktøren", "ledermøtet"),
    "political": Voice("ordføreren", "sekretariatet", "formannskapet"),
}
OTHER_VOICE = Voice("saksbehandleren", "vaktmesteren", "ledermøtet")

SUMMARIES: dict[str, tuple[str, ...]] = {
    "request": (
        "Svarte på spørsmålet og forklarte hvem som bestemmer. Innmelder fikk direktenummeret.",
        "{Who} svarte på det meste på stående fot. Resten sendes i posten i morgen.",
        "Gikk gjennom spørsmålet. Det avgjøres i {forum}, og innmelder får vite når.",
        "Svaret er ja, med det forbehold at {forum} kommer først.",
        "Svaret ble dessverre nei i år. Forklarte hvorfor, og når det kan tas opp igjen.",
        "Misforståelse fra vår side om hva som var meningen. Oppklart, og {crew} har fått beskjed.",
        "Forklarte hva kommunen har ansvar for her, og hva som er andres. Innmelder visste ikke det.",
        "[Hyggelig|Grundig|Lang og god] samtale. {Who} lovte å holde innmelder orientert.",
    ),
    "suggestion": (
        "Takket for forslaget. Det tas opp i {forum}, og innmelder får vite hva det blir til.",
        "Godt forslag. {Who} regner på hva det koster før {forum} får det.",
        "Forklarte hvorfor dette er vanskelig i år. Forslaget er skrevet opp til neste runde.",
        "Lignende forslag er prøvd før uten hell. Fortalte hva vi lærte, innmelder hadde flere ideer.",
        "Forslaget er bedre enn det vi hadde selv, og prøves i liten skala.",
        "Takket. {Crew} mener det lar seg gjøre uten at det koster noe særlig.",
        "Innmelder fortalte mer enn det sto på kortet. Notert, og sendt videre til {forum}.",
    ),
    "fault_report": (
        "{Crew} har sett på det og sikret det. Varig løsning kommer i uke {week}.",
        "Innmelder beskrev nøyaktig hvor feilen er. Beskjed gitt til {crew} mens vi snakket.",
        "Feilen var allerede rettet da vi ringte. Innmelder hadde sett det og takket.",
        "{Crew} fant ikke feilen første gang. Innmelder forklarte, og nå er den funnet.",
        "Fortalte hva som må gjøres, og at det er bestilt. [Regner med uke {week}.|Kan ta et par uker.]",
        "Takket for at innmelder sa fra. {Crew} tar det først i køen.",
    ),
    "complaint": (
        "Beklaget. Forklarte hva som gikk galt, og hva {crew} gjør annerledes heretter.",
        "Lyttet til hele historien. Vi er enige om at dette ikke var godt nok.",
        "Forklarte reglene og hvorfor det er blitt slik. Innmelder er uenig, men tok imot forklaringen.",
        "Ga innmelder rett. {Who} følger det opp selv.",
        "Beklaget at det har tatt tid. Forklarte hva som gjenstår, og at det skjer i uke {week}.",
        "Innmelder var sint da vi begynte og roligere da vi sluttet. Saken er lagt fram for {who}.",
        "Forklarte hvordan det klages formelt, og tilbød hjelp med det.",
    ),
    "criticism": (
        "En god samtale om hva vi kan gjøre bedre. Innspillet legges fram i {forum}.",
        "Forklarte bakgrunnen og tallene. Innmelder sto på sitt, men satte pris på telefonen.",
        "Ga innmelder rett i at informasjonen har vært for dårlig. {Who} skriver om teksten på nettsida.",
        "Uenige om det meste, enige om at det må sies. Notert til {forum}.",
        "Innmelder overrasket over at noen ringte. Lang prat om hvordan det prioriteres.",
    ),
    "praise": (
        "Takket for rosen og fortalte at den er lest opp på [morgenmøtet|personalmøtet].",
        "Hyggelig samtale. De det gjelder, har fått hilsenen.",
        "Takket. Innmelder hadde et lite forslag attåt, som er notert.",
        "{Who} ringte selv og takket. Rosen er hengt opp på tavla.",
    ),
}
ROAD_SUMMARIES: dict[str, tuple[str, ...]] = {
    "request": (
        "Forklarte hvordan veiene prioriteres, og at {street} [er med på lista for neste år|er med i årets befaring|vurderes på nytt til høsten].",
        "Avtalte befaring i {street} [torsdag|neste uke] sammen med innmelder.",
    ),
    "suggestion": ("Takket for forslaget. Grunnen ved {street} er delvis privat, så eierne må være med. Vi spør dem.",),
    "fault_report": ("Fortalte at formannen har vært i {street} og sikret stedet. Utbedres når det er tørt nok.",),
    "complaint": ("Beklaget at det har tatt tid. Forklarte rekkefølgen på arbeidene og hva som gjenstår i {street}.",),
    "criticism": ("Snakket om hvordan midlene fordeles mellom sentrum og bydelene. Innmelder fikk tallene etterpå.",),
}

WHOM_TO_TURN_TO = "Ta kontakt med {body}. Det er de som bestemmer, og de svarer deg."

MEASURES: dict[str, tuple[str, ...]] = {
    "request": (
        "Opplysningene på nettsida er oppdatert.",
        "Skriftlig orientering sendt.",
        "Tatt opp i {forum}.",
        "Lagt i planen for uke {week}.",
    ),
    "suggestion": ("Skrevet opp til {forum}.", "Kostnaden regnes ut.", "Prøves fra uke {week}.", "Sendt til {forum}."),
    "fault_report": (
        "Rettet.",
        "Rettet samme dag.",
        "Bestilt hos {crew}, uke {week}.",
        "Sikret, utbedres i uke {week}.",
    ),
    "complaint": ("Rutinen er endret.", "Tatt opp med {crew}.", "Rettes i uke {week}.", "Gjennomgått i avdelingen."),
    "criticism": ("Tatt opp i {forum}.", "Teksten på nettsida er skrevet om.", "Gjennomgått i avdelingen."),
}
NO_MEASURE = ("Ingen tiltak ut over samtalen.", "")

NEGATIVE_REASONS = (
    "Synes det tar for lang tid.",
    "Har hørt det samme i flere år og tror ikke på det før det er gjort.",
    "Mener kommunen skyver ansvaret fra seg.",
    "Synes ikke pengene brukes riktig.",
    "Forventet at det skulle ordnes med en gang.",
    "Er uenig i prioriteringen mellom sentrum og bydelene.",
    "Fikk ikke svar på det egentlige spørsmålet.",
    "Misfornøyd med at midlertidige løsninger blir stående.",
    "Synes svaret var et «nei» pakket inn i mange ord.",
    "Vil ha det skriftlig, stoler ikke på muntlige løfter.",
    "Reagerer på at det var tilfeldig hvem som ringte.",
    "Har selv lagt fram en billigere løsning som ikke er vurdert.",
    "Mener reglene er urimelige.",
    "Ønsket å snakke med lederen.",
)
ROAD_REASONS = (
    "Mener at barnas sikkerhet må gå foran alt annet.",
    "Skuffet over at nabogata fikk ja på samme spørsmål.",
    "Mener at eldre uten bil alltid kommer sist.",
)

ALTERNATIVES = (
    "Foreslår midlertidig løsning til den varige er på plass.",
    "Vil ha en fast kontaktperson for bydelen.",
    "Foreslår å bruke ungdommer i sommerjobb.",
    "Foreslår prøve i tre måneder og evaluering etterpå.",
    "Foreslår at kommunen ringer FØR noe endres.",
    "Foreslår at saken legges fram for bydelsmøtet.",
    "Foreslår at brukerne får være med når det bestemmes.",
    "Foreslår å se til nabokommunen, som har løst det.",
    "Foreslår å flytte pengene fra blomsterkasser i sentrum.",
    "Vil ha det skriftlig, med dato.",
)
ROAD_ALTERNATIVES = (
    "Foreslår at naboene gjør jobben mot at kommunen holder materialer.",
    "Foreslår enveiskjøring på prøve i tre måneder.",
    "Vil heller ha én skikkelig utbedring hvert femte år enn lapping hvert år.",
    "Foreslår felles befaring med velforeninga hver vår.",
    "Foreslår at ruta snus annenhver uke, så ikke de samme alltid er sist.",
    "Foreslår grus i stedet for asfalt, da blir det i hvert fall gjort.",
)
ROAD_CATEGORIES = frozenset({"road", "snow", "street_light", "traffic_safety"})

# Alternatives good enough to become a suggestion card of their own, by the category of the first card.
GROWN_SUGGESTIONS = {
    "road": "Velforeninga får materialer av kommunen og fyller hullene i {street} på dugnad.",
    "traffic_safety": "Enveiskjøring i {street} på prøve i tre måneder, med måling før og etter.",
    "street_light": "La naboene i {street} velge mellom to styrker på lyset, og prøv begge en måned.",
    "waste": "Fast kveldsåpent på gjenvinningsstasjonen en gang i måneden, mot kortere dag på mandager.",
}

PRELIMINARY_REASONS = (
    "Saken krever svar fra to enheter.",
    "Saksbehandler er syk, vikar er på plass fra neste uke.",
    "Spørsmålet skal opp i {forum} først.",
    "Venter på svar fra {crew}.",
    "Venter på tall fra økonomiavdelingen.",
    "{Who} er i ferie og kjenner saken best.",
)
OUTDOOR_PRELIMINARY_REASONS = (
    "Vi må på befaring før vi kan svare.",
    "Entreprenøren er bedt om en redegjørelse.",
    "Tegningene ligger i arkivet og må hentes fram.",
)

DELAY_REASONS = (
    "Vi venter på befaring sammen med {crew}. Den er satt opp til neste uke.",
    "Saksbehandleren har vært syk. Jeg tar den selv denne uken.",
    "Vi må snakke med naboene først. Møtet er avtalt til onsdag.",
    "Svaret må gjennom {forum} først. Der står den på sakslista.",
    "Den ble liggende da vi byttet vakt. Min feil, den blir ringt i dag.",
    "Entreprenøren har ikke svart oss. Purret i går, og vi ringer innmelder uansett.",
)

MISROUTED_REASONS = (
    "Ikke vårt ansvarsområde. Tror dette er privat vei.",
    "Vi drifter ikke dette bygget.",
    "Feilsendt: gjelder en annen skole.",
    "Hører ikke til hos oss, men vi vet ikke helt hvor.",
    "Stedet ligger i nabobydelen, og anlegget er ikke vårt.",
)

INTERNAL_NOTES = (
    "Ring helst i dag.",
    "Du kjenner stedet, ta en titt på vei hjem.",
    "Ta befaring først.",
    "Innmelder har ringt meg også.",
    "Samme sak som i fjor, se mappa.",
    "Obs: står på asfaltlista allerede.",
    "Sjekk med entreprenøren før du ringer.",
    "Jeg har møte med velforeninga torsdag og tar det opp der.",
)

NO_ANSWER_NOTES = (
    "Ikke svar.",
    "Ikke svar.",
    "Telefonsvarer.",
    "Opptatt.",
    "Ingen svarte, prøver igjen.",
    "Telefonen var slått av.",
    "Ektefellen svarte, ber oss ringe senere.",
    "Svarte, men satt i møte. Ringer igjen.",
    "Ringte lenge, ikke svar.",
)

FOLLOW_UPS: dict[str, tuple[str, ...]] = {
    "request": (
        "Spørsmålet er besvart på nettsida, da vi mangler telefonnummer.",
        "Tatt med i neste gjennomgang.",
        "{Who} har sett på spørsmålet. Svar er lagt ut på nettsida.",
        "Tatt opp i {forum}.",
    ),
    "suggestion": (
        "Forslaget er lagt i idébanken for budsjettet.",
        "Forslaget er sendt til {forum}.",
        "Notert. Tas opp på avdelingsmøtet.",
    ),
    "fault_report": (
        "Feilen er rettet.",
        "Meldt til {crew} og utbedret.",
        "Kontrollert på stedet, satt på arbeidslista.",
        "Var allerede meldt. Rettes.",
    ),
    "complaint": (
        "Klagen er gjennomgått på avdelingsmøtet. Rutinen strammes inn.",
        "Undersøkt og fulgt opp med {crew}.",
        "{Who} har gått gjennom saken. Forholdet er rettet.",
    ),
    "criticism": (
        "Lest og drøftet i ledergruppa.",
        "Tatt til etterretning. Informasjonen på nettsida er gjort tydeligere.",
    ),
    "praise": (
        "Rosen er hengt opp på tavla.",
        "Lest høyt på morgenmøtet.",
        "Hilsenen er gitt videre til den det gjelder.",
    ),
}

OUTSIDE_NOTES = (
    "Ringte innmelder og forklarte hvem som har ansvaret. Ga telefonnummer.",
    "Tok kontakt med innmelder og sendte meldingen videre etter avtale.",
    "Innmelder fikk lenke til meldeskjemaet hos rette instans.",
)
OUTSIDE_ANONYMOUS_NOTE = "Innmelder er ukjent. Vi har selv varslet rette instans."

AGREED_WAYS = (
    "Innmelder er tunghørt og vil ha svaret på e-post.",
    "Innmelder er på sjøen og ba om skriftlig svar.",
    "Innmelder ønsker svar på engelsk, på e-post.",
)
WRITTEN_SUMMARIES = (
    "Svar sendt på e-post etter avtale, med forklaring og navn på saksbehandler.",
    "Skriftlig svar sendt som avtalt. Innmelder takket på e-post.",
)

CLOSE_NOTES = ("", "", "Avsluttet.", "Følges opp i driften.", "Ingen videre oppfølging avtalt.")
WITHDRAWN_NOTES = (
    "Innmelder ringte og sa at det har ordnet seg.",
    "Trukket av innmelder, var sendt til feil kommune.",
    "Innmelder ba om at meldingen strykes.",
    "Innmelder fant svaret selv på nettsida.",
)
DUPLICATE_NOTES = (
    "Samme innmelder og samme sak, sendt både på kort og nett.",
    "To like kort fra samme husstand.",
    "Gjentar forrige melding ord for ord.",
)
REOPEN_REASONS = (
    "Innmelder ringte: hullet er der igjen.",
    "Arbeidet ble ikke gjort som avtalt.",
    "Innmelder fikk kontaktkortet etter ferien og har nå ringt.",
    "Feilen er kommet tilbake.",
    "Lovet befaring er ikke holdt.",
)

# What citizens write themselves on their own pages.
ADDED_WORDS = (
    "Hei igjen. Det er blitt verre etter regnet i går.",
    "Jeg glemte å si at det er på nordsiden, rett ved busskuret.",
    "Dere kan ringe etter klokka 16, da er jeg hjemme fra jobb.",
    "Naboen har meldt fra om det samme, så vi er flere.",
    "Det gjelder særlig om morgenen, når ungene går til skolen.",
    "Nå er det delvis ordnet, men ikke helt.",
)
OWN_REASONS = (
    "Jeg fikk høre at det er notert, men ingen har vært her.",
    "Svaret kom fort, men det hjalp ikke.",
    "Jeg ble ringt opp mens jeg var på jobb og rakk ikke å spørre.",
    "Det ble lovet før jul i fjor også.",
    "Hyggelig samtale, men det er ikke gjort noe.",
)
OWN_ALTERNATIVES = (
    "Kom og se på det sammen med oss som bor her.",
    "Sett opp et skilt til det er ordnet.",
    "Gi beskjed på forhånd når det skal gjøres.",
)
REQUEST_REASONS = (
    "Det dere sa skulle gjøres, er ikke gjort.",
    "Det samme har skjedd igjen denne uka.",
    "Jeg ble lovet en befaring, og den er ikke blitt noe av.",
)
DECLINE_REASON = "Arbeidet er bestilt og gjøres i neste uke. Er det ikke gjort da, åpner vi saken igjen."
