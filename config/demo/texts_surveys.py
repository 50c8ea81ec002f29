"""What people in Solvik wrote in the surveys' text question, what the municipality says of the results, and who was asked to compare.

All of it is made up. Telephone numbers lie in the municipality's own narrow series, people are nobody.
"""

from __future__ import annotations

MADE_UP = "Oppdiktede tall, laget til demonstrasjonen"
NATION = "Landet"
MUNICIPALITIES = ("Elvheim", "Fjellvik", "Nordvik")

TITLES = {
    "nb": "Innbyggerundersøkelsen {year}", "nn": "Innbyggjarundersøkinga {year}", "sv": "Medborgarundersökningen {year}",
    "en": "Citizen survey {year}",
}  # fmt: skip
INTRODUCTIONS = {
    "nb": "Hva synes du om Solvik som sted å bo, og om tjenestene du får? Svarene viser oss hva vi skal gjøre bedre. Ingen kan se hva du har svart.",
    "nb-easy": "Vi vil vite hva du synes om Solvik. Svarene hjelper oss å bli bedre. Ingen kan se hva du svarer.",
    "nn": "Kva synest du om Solvik som stad å bu, og om tenestene du får? Svara viser oss kva vi skal gjere betre. Ingen kan sjå kva du har svart.",
    "sv": "Vad tycker du om Solvik som plats att bo på, och om den service du får? Svaren visar oss vad vi ska göra bättre. Ingen kan se vad du har svarat.",
    "en": "What do you think of Solvik as a place to live, and of the services you get? The answers show us what to do better. Nobody can see what you answered.",
}
THANKS = {
    "nb": "Takk for at du svarte! Resultatene blir lagt ut på kommunens nettsider.",
    "nn": "Takk for at du svarte! Resultata blir lagde ut på nettsidene til kommunen.",
    "sv": "Tack för att du svarade! Resultaten läggs ut på kommunens webbplats.",
    "en": "Thank you for answering! The results will be published on the municipality's website.",
}
USER_TITLES = {
    "nb": "Brukerne av hjemmetjenesten {year}", "nn": "Brukarane av heimetenesta {year}",
    "sv": "Hemtjänstens brukare {year}", "en": "Users of home care {year}",
}  # fmt: skip
USER_INTRODUCTIONS = {
    "nb": "Du får hjelp av hjemmetjenesten, eller er pårørende til en som gjør det. Hvordan går det? Ingen kan se hva du har svart.",
    "nb-easy": "Du får hjelp hjemme. Er hjelpen god? Ingen kan se hva du svarer.",
    "nn": "Du får hjelp av heimetenesta, eller er pårørande til ein som gjer det. Korleis går det? Ingen kan sjå kva du har svart.",
    "sv": "Du får hjälp av hemtjänsten, eller är närstående till någon som får det. Hur går det? Ingen kan se vad du har svarat.",
    "en": "You get help from home care, or are a relative of somebody who does. How is it going? Nobody can see what you answered.",
}

FIRST_WORDS = {
    "nb": "Takk til alle som svarte. Dere trives i Solvik og er fornøyde med skole, bibliotek og turstier. Men mange fikk ikke svar da de tok kontakt med oss. Det skal vi gjøre noe med.",
    "nn": "Takk til alle som svara. De trivst i Solvik og er nøgde med skule, bibliotek og turstiar. Men mange fekk ikkje svar då dei tok kontakt med oss. Det skal vi gjere noko med.",
    "sv": "Tack till alla som svarade. Ni trivs i Solvik och är nöjda med skola, bibliotek och vandringsleder. Men många fick inget svar när de kontaktade oss. Det ska vi göra något åt.",
    "en": "Thank you to all who answered. You like living in Solvik and are content with the schools, the library and the paths. But many got no answer when they contacted us. We shall do something about that.",
}
SECOND_WORDS = {
    "nb": "Takk til alle som svarte. For fire år siden sa mange at de ikke fikk svar fra oss. Siden har vi lovet å ringe tilbake innen ti dager, og nå er dere mer fornøyde med møtet med kommunen. Med veiene er dere mindre fornøyde enn før, og mindre enn landet ellers. Hva vi gjør med det, står i tiltaksplanen, som kommunestyret behandler til våren.",
    "nn": "Takk til alle som svara. For fire år sidan sa mange at dei ikkje fekk svar frå oss. Sidan har vi lova å ringje tilbake innan ti dagar, og no er de meir nøgde med møtet med kommunen. Med vegane er de mindre nøgde enn før, og mindre enn landet elles. Kva vi gjer med det, står i tiltaksplanen, som kommunestyret handsamar til våren.",
    "sv": "Tack till alla som svarade. För fyra år sedan sa många att de inte fick svar från oss. Sedan dess har vi lovat att ringa upp inom tio dagar, och nu är ni mer nöjda med mötet med kommunen. Med vägarna är ni mindre nöjda än förut, och mindre än i landet i övrigt. Vad vi gör åt det står i handlingsplanen, som kommunfullmäktige behandlar i vår.",
    "en": "Thank you to all who answered. Four years ago many said that they got no answer from us. Since then we have promised to call back within ten days, and now you are more content with meeting the municipality. With the roads you are less content than before, and less than the country as a whole. What we do about it stands in the action plan, which the council will consider in the spring.",
}

FIRST_COMMENTS = (
    ("nb", "Svar når folk skriver til dere. Jeg ventet i to måneder og ga opp."),
    ("nb", "Flere åpningsdager på biblioteket, gjerne en kveld til i uka."),
    ("nb", "Lys i gangveien mellom Lia og skolen."),
    ("nb", "Dere er flinke, men det er umulig å finne riktig person på telefonen."),
    ("nn", "Fleire leilegheiter som unge har råd til."),
    ("nb", "Brøyt fortauene like tidlig som veiene."),
    ("nb", "Hold parkene åpne for hunder i bånd."),
    ("nb", "Bussen fra Fagerdal går for sjelden på kveldstid."),
    ("en", "More information in English for us who have just moved here."),
    ("nb", "Byggesaken min tok et år. Ingen kunne si meg hvorfor."),
    ("nb", "Fortsett med gratis svømming for barna."),
    ("nb", "Det burde være lettere å få fastlege."),
    ("nb", "Rydd opp i søppelet ved returpunktet på Holmen."),
    ("nb", "Eldre trenger steder å møtes på dagtid."),
    ("nb", "Skoleveien fra Øvre Solvik er farlig der fortauet slutter."),
    ("nb", "Jeg vet ikke hva som blir bestemt før det står i avisa."),
)
SECOND_COMMENTS = (
    ("nb", "Asfalter Nesveien. Det er flere hull enn vei igjen."),
    ("nb", "Veiene i Fagerdal er en skam. Lapping på lapping hjelper ikke."),
    ("nb", "Jeg ble oppringt etter en uke om et gatelys. Det hadde jeg aldri trodd! Fortsett med det."),
    ("nb", "Bedre belysning på gangveien langs elva."),
    ("nb", "Brøytingen begynner for sent på morgenen. Vi som går på jobb klokka seks, vasser."),
    ("nn", "Det er fint at de ringjer tilbake, men saka mi står likevel på same staden."),
    ("nb", "Ungdommen har ingen steder å være etter klokka sju."),
    ("nb", "Hør på folk før dere legger ned, ikke etterpå."),
    ("nb", "Fastlegen min slutter for tredje gang. Gjør noe med det."),
    ("nb", "Sykkelvei hele veien fra Lia til sentrum, ikke bare stykkevis."),
    ("nb", "Mer penger til hjemmetjenesten. De som kommer, er flinke, men har dårlig tid."),
    ("nb", "Alt fungerer fint for oss. Takk for jobben dere gjør."),
    ("nb", "Fartsdempere i Storgata. Det kjøres altfor fort forbi skolen."),
    ("nb", "Boligprisene gjør at barna våre ikke kan flytte hjem igjen."),
    ("nb", "Toalettet på torget er stengt halve året. Hvor skal vi gå?"),
    ("nb", "Flere benker langs turveien, vi gamle må hvile litt."),
    ("nn", "Drikkevatnet smakar klor heile hausten."),
    ("nb", "Det er umulig å forstå brevene fra byggesak."),
    ("nb", "La oss søke barnehage på mobilen uten å laste ned noe."),
    ("nb", "Jeg savner en kulturskole som også er for voksne."),
    ("nb", "Bussen og skoleslutt passer ikke sammen i Vika."),
    ("nb", "Sett opp søppelkasser på stranda på Neset."),
    ("nb", "Politikerne bryr seg bare om sentrum."),
    ("nb", "Skolen på Strand trenger ny ventilasjon. Ungene er trøtte og har vondt i hodet."),
    ("en", "The library staff are wonderful. Please keep the language café."),
    ("en", "I cannot find out how to get a plot in the allotment garden."),
    ("sv", "Mer kollektivtrafik på helgerna, tack."),
    ("nb", "Husk at ikke alle er på nett. Jeg vil ha brev."),
    ("nb", "Rekkverket i trappa ved rådhuset er løst."),
    ("nb", "Kommunen bør fortelle hva som ble gjort etter forrige undersøkelse."),
    ("nb", "Strøing av gangfeltene. Jeg falt to ganger i vinter."),
    ("nb", "Mindre plastgress, mer trær."),
    ("nb", "Gi oss et bofellesskap for eldre midt i byen."),
    ("nb", "Flomsikring av bekken i Strandbyen før neste høst."),
    ("nb", "Det er for få ladeplasser ved idrettshallen."),
    ("nb", "Bra at dere spør. Enda bedre hvis dere svarer."),
    ("nb", "SFO er blitt for dyrt for oss med tre barn."),
    ("nn", "Turstiane er det beste med heile kommunen. Ta vare på dei."),
    ("nb", "Hjemmehjelpen til min mor, Gunvor Tjore, kommer aldri til avtalt tid."),
    ("nb", "Ring meg gjerne på 33 00 00 96, jeg har flere forslag om Byparken."),
    ("nb", "Han som behandlet saken vår i fjor, Stein Ulseth, var både treg og uhøflig."),
    ("nb", "Dere kan skrive til familien@solvik.example om dere vil vite mer om skoleveien."),
)
CODED = {
    "Asfalter Nesveien.": ("transport", "VEI"),
    "Veiene i Fagerdal": ("transport", "VEI"),
    "Jeg ble oppringt": ("meeting", "VEI"),
    "Bedre belysning": ("safety", "VEI"),
    "Brøytingen begynner": ("transport", "VEI"),
    "Ungdommen har ingen": ("culture", ""),
    "Hør på folk": ("democracy", ""),
    "Fastlegen min": ("services", ""),
    "Sykkelvei hele veien": ("transport", "VEI"),
    "Mer penger til": ("services", "HJEM"),
    "Fartsdempere i": ("safety", "VEI"),
    "Boligprisene gjør": ("housing", ""),
    "Drikkevatnet smakar": ("services", ""),
    "Det er umulig": ("meeting", ""),
    "Bussen og": ("transport", ""),
    "Politikerne bryr": ("democracy", ""),
    "The library staff": ("culture", ""),
    "Mer kollektivtrafik": ("transport", ""),
    "Strøing av": ("transport", "VEI"),
    "Flomsikring av": ("environment", ""),
    "Turstiane er": ("culture", ""),
}
"""What the quality adviser has coded so far, by how a comment begins: area and unit (empty where none was chosen)."""

NAMED = ("Gunvor Tjore", "Stein Ulseth")
"""Made-up residents who are named in the comments: the register would find them."""
USER_COMMENTS = (
    ("nb", "De som kommer, er snille og flinke. Men det er mange forskjellige."),
    ("nb", "Ring når dere blir forsinket."),
    ("nb", "Jeg skulle gjerne ha bestemt selv når jeg dusjer."),
    ("nb", "Mamma er trygg hjemme fordi dere kommer. Tusen takk."),
)
