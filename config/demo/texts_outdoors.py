"""What people in Solvik write about water, waste, parks, playgrounds, sports, trails, building cases and the town's houses."""

from __future__ import annotations

from config.demo.places import COUNTY, FOOD_SAFETY, GRID_COMPANY, POLICE, PORT
from config.demo.wording import Raw, Template, autumn, bare, belongs_to, spring, summer, winter

OUTDOORS: Raw = {
    "water": {
        "request": (
            "Hvorfor lukter vannet [klor|jord] i {area} denne uka? [Er det trygt å drikke?|Babyen min får det i flaska.]",
            "Når blir vannet stengt i {street}? [Jeg hørte det fra naboen, ikke fra dere.|Vi driver frisørsalong og må vite det.]",
            "Må jeg betale for vannmåler når jeg bor alene i {street} {no}? Hvordan søker jeg?",
            "Trenger kart over rørene i {street}. Vi skal grave for [carport|fiber|drenering].",
            "Hvor hardt er vannet i Solvik? [Oppvaskmaskinen spør.|Skal stille inn kaffetrakteren.]",
        ),
        "suggestion": (
            "Sett opp en drikkevannskran ved [lekeplassen|brygga|busstoppet] i {area}. [Da slipper vi plastflasker.|Turgåere og hunder takker.]",
            "Send SMS til alle når vannet skal stenges. Lapp på oppslagstavla i butikken leser ingen.",
        ),
        "fault_report": (
            "Det renner vann ut av veien ved {street} {no}. [Ser ut som en vannlekkasje.|Har rent i to dager.]",
            "Kumlokket i {street} [ligger skjevt|mangler]! [Vi har satt en stol over.|Livsfarlig for unger og sykler.]",
            "Kloakklukt i {street}, verst [om morgenen|når det regner].",
            "Brunt vann i springen i {street} i dag. Hvitvasken er ikke lenger hvit.",
            "Bekken i {street} har farge som [kakao|maling]. Noen slipper ut noe.",
            "Ikke vann! {street} {no}.",
        ),
        "complaint": (
            "Kjelleren i {street} {no} har fått overvann inn for {nth} gang på to år. [Forsikringa sier det er kommunens rør.|Jeg orker ikke mer.]",
            "Dere stengte vannet uten varsel mens jeg sto med såpe i håret. [Et lite varsel, er det for mye å be om?|{old} år og gråt nesten.]",
            "Vann- og avløpsgebyret har steget tre år på rad. Hva får vi igjen? Vannet smaker som før.",
        ),
        "criticism": (
            "Det graves etter rør i {street} for {nth} gang. Kunne dere ikke skifte alt på en gang?",
            "Septiktømminga kom [før seks på morgenen|midt i konfirmasjonsselskapet]. Takk for den lukta.",
        ),
        "praise": (
            "Vannlekkasjen i {street} ble fikset midt på natta, i sludd. [Stå på!|Vi kokte kaffe, men de hadde ikke tid til å drikke den.]",
            "Fikk veldig god hjelp av vakta da avløpet vårt gikk tett. Rolig og hyggelig mann.",
        ),
    },
    "waste": {
        "request": (
            "Når tømmes papirdunken i {street}? [Kalenderen sier noe annet enn bilen.|Den er overfull.]",
            "Kan jeg få større søppeldunk? Vi er blitt {n} i familien.",
            "Hvor leverer jeg [maling og batterier|gamle bildekk|en madrass] når jeg ikke har bil?",
            "Kan vi i {street} få flytte hentestedet for søppel? Bakken er for bratt for oss over {old}.",
            "Har ikke fått nye [poser|sekker] til matavfall. {street} {no}.",
        ),
        "suggestion": (
            "Åpne gjenvinningsstasjonen én kveld i uka til. [Vi som jobber skift rekker aldri dit.|Køen på lørdag går helt til {street}.]",
            "Lag en byttehylle på gjenvinningsstasjonen! Det som kastes der er bedre enn det jeg har hjemme.",
            "Sett ut flere søppelkasser langs {street}, og gjerne noen med lokk. Måkene har lært seg de andre.",
            "Forslag: ryddedag i {area} hver vår med gratis container og pølser til ungene.",
            "Hundeposer i dispenser ved {stop}. Jeg lover å bruke dem.",
        ),
        "fault_report": (
            "Søpla i {street} er ikke hentet [denne uka|på fjorten dager].",
            "Glasscontaineren ved {stop} er full. [Det står flasker rundt hele.|Skår overalt.]",
            "Lokket på dunken vår i {street} {no} knakk da bilen tømte den.",
            "Noen har dumpet [en sofa|hageavfall|malingsspann] i skogen bak {street}.",
            "Søppelkassa ved {stop} er veltet og innholdet har tatt bussen uten.",
        ),
        "complaint": (
            "Søppelbilen kommer kl. 5.30 i {street}. [Småbarn våkner, foreldre gråter.|Er det lov?]",
            "Dere lot dunken stå fordi den sto feil vei. Kunne dere ikke ha snudd den?",
            "Renovasjonsgebyret øker, mens tømminga halveres. Forklar meg regnestykket.",
            "Rottene i {area} er blitt store som katter på grunn av de åpne containerne ved {stop}.",
        ),
        "criticism": (
            "Fire dunker på ti kvadratmeter hage. Hvem fant på det? [Det er knapt plass til meg.|]",
            "Det er mer søppel i grøftene i {area} enn i dunkene. Hva gjør dere egentlig på ryddedagen?",
        ),
        "praise": (
            "Mennene på søppelbilen i {street} er byens blideste. [De lot ungen trykke på knappen!|Hils dem.]",
            "Kjempegod hjelp på gjenvinningsstasjonen i dag. Han bar ovnen for meg.",
        ),
    },
    "park": {
        "request": (
            bare("Kan gresset i {park} klippes [oftere|før 17. mai|før barnehagedagen]? Det er høyere enn hunden."),
            "Kommer benken i {park} tilbake? [Jeg satt der hver dag.|Den har vært borte {since}.]",
            "Kan treet ved {street} {no} beskjæres? [Det tar all sola.|Grenene slår mot ruta.]",
            "Hvem eier friområdet mellom {street} og {street2}? Vi vil plante epletrær der.",
        ),
        "suggestion": (
            "Plant frukttrær i {park}! [Så kan alle spise.|Moreller, ikke bare prydbusker.]",
            "Lag en hundepark i {area}. Det er nok av plass ved {street}.",
            "Sett opp bord og benker i {park}, så kan vi spise lunsj ute.",
            summer("Vi vil ha petanquebane i {park}. {n} pensjonister stiller med arbeidskraft."),
            "La {playground} og parken ved siden av henge sammen med en sti. Nå er det et gjerde midt imellom uten grunn.",
            "Bruk sauer i stedet for kantklipper i {area}. Billig, stille og populært.",
        ),
        "fault_report": (
            "Et stort tre i {park} har [knekt|råtten stamme og kan falle].",
            "Benken ved {stop} er [tagget ned|brukket i to].",
            bare("Vannspeilet i {park} er fullt av søppel og grønske."),
            autumn("Løvet i {park} er blitt en glatt grøt. Jeg gled i dag, heldigvis på baken."),
        ),
        "complaint": (
            "Dere felte trærne i {park} uten å spørre noen. [Jeg har sett på dem i {old} år.|Skamfullt.]",
            summer("Griller og ølbokser i {park} hver eneste morgen. Når ryddes det?"),
            summer("Løse hunder i {park} tross båndtvang. Ingen kontroll."),
        ),
        "criticism": (
            "Rosebedet ved rådhuset vannes daglig mens {park} får seile sin egen sjø.",
            "Skulpturen i {park} ligner mest på et varmeapparat. Hva kostet den?",
        ),
        "praise": (
            summer(
                "Blomsterbedene i {street} er et syn! [Hilsen en som tar omveien hver dag.|Gartnerne bør få medalje.]"
            ),
            "Takk for den nye benken i {park}. Mor på {old} og jeg satt der i går.",
            summer("Sommerjobbungdommene som rydder i {park} er så høflige og flinke!"),
        ),
    },
    "playground": {
        "request": (
            "Kan {playground} få ny sand? [Kattene har overtatt den gamle.|]",
            "Når kommer det nytt lekeapparat på {playground}? Det gamle har vært borte {since}.",
            "Er det noen som sjekker sikkerheten på {playground}? Skruene stikker ut.",
        ),
        "suggestion": (
            "Hei jeg heter {child} og er {age} år. Jeg ønsker en [klatrevegg|taubane|trampoline] på {playground}.",
            "Klasse {grade} på {school} har stemt: vi vil ha [basketkurv|ballbinge|fotballmål med nett] i {area}.",
            "Gjerde rundt {playground}, takk. Det er bare fem meter til veien.",
            "Noe for de store også! {age}-åringer klatrer på babyhuskene på {playground} fordi de ikke har noe annet.",
            "En huske det går an å bruke for barn i rullestol. Gjerne på {playground}.",
        ),
        "fault_report": (
            "Husken på {playground} har røket. [Ett kjede henger ned.|Setet er borte.]",
            "Knust glass i sandkassa på {playground}.",
            "Sklia på {playground} har fått en skarp kant. {child} rev opp buksa.",
            "Det er vepsebol under klatrestativet på {playground}.",
        ),
        "complaint": (
            "{playground} er stengt med sperrebånd {since}. Når skal den åpnes, når barna er blitt voksne?",
            "Ungdom kjører moped over {playground} om kvelden. [Vi tør ikke slippe ut de små.|]",
        ),
        "criticism": ("Det er bygd {no} boliger i {area}, men ikke ett nytt lekeapparat. Det heter visst fortetting.",),
        "praise": (
            "Ny taubane på {playground}!!! Hilsen {child}, {age} år",
            "Så fint det er blitt på {playground}. [Tre generasjoner husket i går.|Barnebarna vil ikke hjem.]",
        ),
    },
    "sports": {
        "request": (
            "Når kan vanlige folk bruke svømmehallen i {area}? Det er bare klubber på lista.",
            winter("Kan dere legge is på skøytebanen snart? [Det er minus ti!|Skøytene er slipt.]"),
            "Er det mulig å leie gymsalen på {school} til [innebandy|linedance|barnebursdag]?",
        ),
        "suggestion": (
            "Egen time for damer i svømmehallen. [Mange av oss går aldri ellers.|]",
            "Lag frisbeegolf i skogen ved {street}. Billigste anlegget som finnes.",
            "Treningsapparater ute ved {park}, for oss som er for gamle for treningssenter.",
        ),
        "fault_report": (
            "Dusjene i garderoben på Lia idrettspark er [iskalde|kokende]. Det finnes ingen mellomting.",
            "Flomlyset på kunstgressbanen går ikke av. Det er midnatt.",
            "Målet på ballbingen i {area} er løst og kan velte.",
        ),
        "complaint": (
            "Garderobene i Solvikhallen er så skitne at ungene [dusjer hjemme|skifter i bilen].",
            "Hvorfor fikk håndballen alle timene våre i hallen? Vi er {n} lag som står uten.",
            "Billetten i svømmehallen er blitt for dyr for en familie på {n}.",
        ),
        "criticism": (
            "Kunstgresset har kostet skjorta, og granulatet ligger i hele {area}. Særlig i vaskemaskinen min.",
        ),
        "praise": (
            "Damene i kassa i svømmehallen er noen engler. De fant tanna til {child} i silen.",
            winter("Nydelige skispor i lysløypa i dag! [Takk til løypekjøreren.|Han må ha stått opp kl. 3.]"),
        ),
    },
    "trail": {
        "request": (
            "Kan kyststien ved {street} merkes bedre? [Vi endte i en hage.|Skiltet peker rett til sjøs.]",
            "Hvem har ansvaret for brua over bekken ved {street}? Rekkverket er råttent.",
        ),
        "suggestion": (
            "Legg klopper over myra på turstien rundt Myrtjern, så blir det tur for folk med joggesko også.",
            "En gapahuk på toppen av Varden hadde vært noe! Vi i turlaget bærer opp plankene.",
            "Gratis kikkert på brygga, som de har på feriesteder. {child} på {age} ville stått der hele dagen.",
        ),
        "fault_report": (
            "Tre over lysløypa {n} hundre meter fra {street}.",
            "Trappa på kyststien er tatt av stormen. Nederste trinn mangler.",
            belongs_to(PORT, "Lykta på molohodet er mørk. Vi i båtforeningen har meldt fra før."),
        ),
        "complaint": (
            "Hyttefolket på {street} har satt opp «Privat»-skilt midt på kyststien. Tåler kommunen det?",
            bare("Sykler i full fart på turstien. Hunden og jeg havnet i lyngen."),
            winter("Det er kjørt firehjuling i skisporene. For {nth} helg på rad."),
        ),
        "criticism": ("Dere reklamerer for kyststien på nettet, men parkeringsplassen rommer {n} biler.",),
        "praise": (
            "Stien opp til Varden er blitt så bra! [Jeg er {old} og nådde toppen.|Utsikten er gratis, og nå er veien dit trygg.]",
            "Takk til dem som har ryddet elvestien. Så isfuglen!",
        ),
    },
    "planning": {
        "request": (
            "Hva skal bygges på tomta ved {street} {no}? [Det er satt ned pinner.|Ingen av naboene har fått brev.]",
            "Trenger jeg å søke for å bygge [terrasse|bod på 15 kvm|gjerde mot naboen]?",
            "Når kommer reguleringsplanen for {area} på høring? Jeg vil lese den i god tid, på papir.",
            "Har ventet i {n} uker på svar på byggesøknaden. Kan noen si hvor den ligger?",
        ),
        "suggestion": (
            "Bevar de gamle naustene i {area}. Når de er borte, er de borte.",
            "Lag et rom på biblioteket der vi kan se byggeplanene som modell. Tegninger forstår ikke jeg.",
            "Krev at nye blokker i {area} har plass til barnevogner og sykler. Det har ikke de siste.",
        ),
        "fault_report": ("Byggegjerdet ved {street} {no} har blåst ned over fortauet.",),
        "complaint": (
            "Naboen i {street} bygger {n} meter for høyt, og kommunen ser en annen vei.",
            "Fikk nabovarsel med svarfrist to dager etter at det kom i posten.",
            "Saken min har ligget i {n} måneder. Hver gang jeg ringer er det en ny saksbehandler.",
            "Byggeplassen i {street} begynner med pigging kl. 6. Reglene sier kl. 7.",
        ),
        "criticism": (
            "Blokkene dere tillater på Holmen ligner skoesker. Det var utsikt der en gang.",
            "Nok en dispensasjon i strandsona. Det er lov for noen.",
        ),
        "praise": (
            "Strålende veiledning i byggesaken min! Hun forklarte så selv jeg forsto.",
            "Takk for at dere sa nei til brygga i {street}.",
        ),
    },
    "building": {
        "request": (
            "Kan heisen i kulturhuset få stemme som sier etasjen? [Synshemmede bør slippe å gjette.|]",
            "Er det mulig å låne Fagerdal samfunnshus til [loppemarked|dugnad|minnestund]?",
        ),
        "suggestion": (
            "Solceller på taket av Solvikhallen. Der er det sol, det ligger i navnet.",
            "Stellebord også på herretoalettet i rådhuset, takk.",
        ),
        "fault_report": (
            "Døråpneren i rådhuset virker ikke. [Jeg måtte vente til noen kom.|]",
            "Det renner vann fra takrenna på kulturhuset rett ned på rullestolrampa.",
            "Toalettet på brygga er tett, og døra står oppe.",
        ),
        "complaint": (
            "Offentlig toalett i sentrum stenger kl. 16. Blæra mi stenger ikke kl. 16.",
            "Det gamle brannvernhuset forfaller. Ruter knust, dør åpen, unger inne.",
        ),
        "criticism": ("Rådhuset pusses opp for tredje gang, mens Holmen grendehus lekker.",),
        "praise": ("Vaktmesteren på kulturhuset bar scootertrappa ut av veien og fulgte oss helt til plassen. Takk!",),
    },
}

# Matters that people believe are the municipality's.
OUTSIDE_OUTDOORS: dict[str, dict[str, tuple[str | Template, ...]]] = {
    "water": {"request": (belongs_to(FOOD_SAFETY, "Det er blåskjell på brygga. Kan de spises nå?"),)},
    "park": {
        "fault_report": (
            belongs_to(GRID_COMPANY, "En gren ligger på strømledningen over {street}. Det gnistrer når det blåser."),
        ),
        "complaint": (belongs_to(POLICE, "Det er fest og bråk i {park} hver helg til langt på natt."),),
    },
    "trail": {
        "suggestion": (
            belongs_to(
                COUNTY, "Senk fartsgrensa på sjøen utenfor badeplassen i {area}. Vannscooterne er for nær barna."
            ),
        )
    },
    "playground": {
        "request": (
            spring("Kan dere sjekke {playground} etter vinteren? Ett av stativene ser ut til å ha løftet seg i telen."),
        )
    },
}
