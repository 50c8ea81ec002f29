"""The letters as they are printed: one page each, in the reader's language, with a code that opens."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import translation

from surveys.actions.reminding import send_reminders
from surveys.actions.sampling import Wanted
from surveys.letters import letters_data, letters_pdf
from surveys.links import answer_url
from surveys.models import Invitation, Resident, Survey
from surveys.sample_queries import to_post
from tests.factories import MONDAY, Solvik
from tests.organisation.pdf_codes import codes_on_pages
from tests.organisation.pdf_reading import read
from tests.surveys.samples import WHILE_OPEN, a_fielded_survey

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NO_BREAK = "\u2011"
"""The hyphen of a code that stays on one line."""


def flat(text: str) -> str:
    return " ".join(text.split())


def letters(survey: Survey, *, reminder: bool = False):
    return read(letters_pdf(survey, list(to_post(survey, reminder=reminder)), now=MONDAY, reminder=reminder).content)


def test_one_page_each_for_archives_and_screen_readers(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    pdf = letters(survey)
    assert len(pdf.pages) == to_post(survey, reminder=False).count() == 40
    assert set(pdf.sizes) == {(210, 297)}
    assert (pdf.part, pdf.conformance, pdf.ua_part) == ("2", "A", "1")
    assert pdf.all_embedded
    assert pdf.tags.count("H1") == 40
    assert pdf.tags.count("Figure") == 40
    assert {"nb", "nn", "sv", "en"} <= pdf.tag_languages | {pdf.language}


def test_each_letter_has_its_own_code_and_address(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    pdf = letters(survey)
    for page, one in zip(pdf.pages, to_post(survey, reminder=False), strict=True):
        assert one.code in page.replace(NO_BREAK, "-")
        assert one.resident is not None
        assert one.resident.name in page
        assert "6480 Sandøy" in page
    everything = "".join(pdf.pages).replace(NO_BREAK, "-")
    assert all(everything.count(code) == 1 for code in Invitation.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "nb",
            ["Ingen kan se hvem som svarte hva", "ikke for å slette dem", "trukket tilfeldig blant 100", "33 00 00 00"],
        ),
        ("nn", ["Ingen kan sjå kven som svara kva", "ikkje for å slette dei", "trekte tilfeldig blant 100"]),
        ("sv", ["Ingen kan se vem som svarade vad", "inte för att radera dem", "slumpmässigt bland 100"]),
        ("en", ["Nobody can see who answered what", "not to delete them", "drawn by lot from 100"]),
    ],
)
def test_each_is_written_in_its_language(solvik: Solvik, language: str, words: list[str]) -> None:
    survey = a_fielded_survey()
    pdf = letters(survey)
    pages = [
        page
        for page, one in zip(pdf.pages, to_post(survey, reminder=False), strict=True)
        if one.resident and one.resident.language == language
    ]
    assert pages
    for page in pages:
        for said in words:
            assert said in flat(page), flat(page)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted("simple", 20), "Nothing that we know of you is copied"),
        (Wanted("proportional", 20, "gender"), "only your gender is copied"),
        (Wanted("proportional", 20, "district"), "only the district you live in is copied"),
        (Wanted("fixed", 6, "age"), "only your age group is copied"),
    ],
)
def test_what_is_copied_to_the_answer_is_said(solvik: Solvik, wanted: Wanted, said: str) -> None:
    survey = a_fielded_survey(wanted=wanted)
    Resident.objects.update(language="en")
    assert all(said in flat(page) for page in letters(survey).pages)


def test_a_long_introduction_still_takes_one_page(solvik: Solvik) -> None:
    survey = a_fielded_survey(introductions={"nb": "Vi vil gjerne høre hvordan du har det. " * 25})
    assert len(letters(survey).pages) == 40


def test_what_somebody_is_called_is_never_markup(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    Resident.objects.update(name="#pagebreak() *Åse* $x$ <b>", address='"Gate" 1\\, 6480 #Sandøy')
    pdf = letters(survey)
    assert len(pdf.pages) == 40
    assert "#pagebreak() *Åse* $x$ <b>" in pdf.pages[0]


def test_reminders_go_to_those_without_an_e_mail_and_say_so(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    assert not to_post(survey, reminder=True).exists()
    done = send_reminders(survey, by=None, now=WHILE_OPEN)
    pdf = letters(survey, reminder=True)
    assert len(pdf.pages) == done.letters
    with translation.override("nb"):
        assert "Vi har skrevet til deg før." in "".join(flat(page) for page in pdf.pages)


def test_a_phone_reads_each_letters_own_code(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    invited = list(to_post(survey, reminder=False)[:3])
    data = letters_data(survey, invited, solvik.municipality, now=MONDAY)
    assert codes_on_pages("survey_letters", data) == [[answer_url(one.code)] for one in invited]


def test_the_letter_in_easy_words_promises_the_same(solvik: Solvik) -> None:
    survey = a_fielded_survey(introductions={"nb": "Hva mener du?", "nb-easy": "Vi vil vite hva du synes."})
    invited = list(to_post(survey, reminder=False))
    plain, easy = (
        [flat(page) for page in read(letters_pdf(survey, invited, now=MONDAY, easy=easy).content).pages]
        for easy in (False, True)
    )
    assert len(easy) == len(plain) == 40
    nb = next(at for at, one in enumerate(invited) if one.resident and one.resident.language == "nb")
    assert "Hva mener du?" in plain[nb]
    assert "Vi vil vite hva du synes." in easy[nb]
    assert "Vi lagrer svarene dine uten navnet ditt og uten koden." in easy[nb]
    assert len(easy[nb]) < len(plain[nb])


def test_the_letters_take_as_many_queries_for_ten_as_for_forty(solvik: Solvik, django_assert_max_num_queries) -> None:
    survey = a_fielded_survey()
    with django_assert_max_num_queries(3):
        letters(survey)


def test_the_address_that_is_printed_is_ours(solvik: Solvik) -> None:
    survey = a_fielded_survey()
    printed = settings.SITE_URL.partition("://")[2] + "/answer"
    assert all(printed in flat(page) for page in letters(survey).pages)
