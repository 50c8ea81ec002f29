"""The submitter's own page: what it tells in each state, what can be done there, and what nobody else gets to see."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from feedback.actions.answering import record_callback, record_follow_up, refer_card
from feedback.actions.calling import give_preliminary_answer, record_contact_attempt, undo_contact_attempt
from feedback.actions.closing import close_card, reopen_card
from feedback.actions.correcting import Upload, add_attachments, split_card
from feedback.actions.moving import delegate_card
from feedback.actions.submitter import MOST_ADDITIONS, add_to_card
from feedback.codes import code_of
from feedback.models import Addition, Attachment, Card, OwnReaction, ReopeningRequest
from feedback.queries import taken_badly
from organisation.models import Municipality, OutgoingMail, Unit
from tests.factories import MONDAY, NO_PHONE, OSLO, AbsenceFactory, Solvik, a_card, day, events, mails, oslo
from tests.feedback.status_lives import LIVES
from tests.feedback.steps import called_back, closed
from tests.pictures import PLACE, photo

PNG = photo((60, 40), kind="PNG").getvalue()
OTHER_PNG = photo((40, 60), kind="PNG").getvalue()


@pytest.fixture(autouse=True)
def _monday(settings: Any, tmp_path: Any):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(MONDAY, tick=False):
        yield


def page(response: Any) -> str:
    return response.content.decode()


def look(client: Client, card: Card) -> str:
    return page(client.get(f"/card/{card.secret}/", HTTP_ACCEPT_LANGUAGE="en"))


def words(html: str) -> str:
    """Return what a reader reads in the main part, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1].split("</main", 1)[0]).split())


def do(client: Client, card: Card, step: str, **fields: Any) -> Any:
    data = {f"{step}-{name}": value for name, value in fields.items()}
    return client.post(f"/card/{card.secret}/{step}/", data, HTTP_ACCEPT_LANGUAGE="en")


def add(client: Client, card: Card, text: str = "", **fields: Any) -> Any:
    return do(client, card, "add", text=text, **({"key": str(uuid.uuid4())} | fields))


# --- What it tells ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIVES)
def test_each_state_says_what_is_so_and_nothing_else(solvik: Solvik, client: Client, name: str) -> None:
    life, first, never = LIVES[name]
    Municipality.objects.update(phone="33 00 00 00")
    html = look(client, life(solvik, MONDAY))
    told = words(html).split("What has happened")[0]
    assert first in told
    for sentence in never:
        assert sentence not in told
    for person in (solvik.clerk, solvik.handler, solvik.roads_leader):
        assert person.name not in html


def test_calls_in_vain_say_how_to_reach_us(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    record_contact_attempt(card, by=solvik.handler, now=MONDAY)
    assert "We have tried to ring you once, and did not reach you. We try again. Write below when" in words(
        look(client, card)
    )
    Municipality.objects.update(phone="33 00 00 00")
    record_contact_attempt(card, by=solvik.handler, now=MONDAY)
    told = words(look(client, card))
    assert "We have tried to ring you 2 times, and did not reach you. We try again." in told
    assert f"Ring us on 33 00 00 00 and say the number {card.reference}" in told


def test_the_private_page_tells_what_happened_without_names_of_staff(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    wrong = record_contact_attempt(card, by=solvik.handler, now=oslo(2026, 11, 3), note="opptatt")
    undo_contact_attempt(card, attempt=wrong, by=solvik.handler, now=oslo(2026, 11, 3, 13))
    give_preliminary_answer(
        card, reason="Vi venter på deler.", expected_on=day("2026-11-20"), by=solvik.handler, now=oslo(2026, 11, 4)
    )
    record_callback(
        card, held_at=oslo(2026, 11, 5), summary="Intern oppsummering", reaction=5, by=solvik.handler, now=oslo(2026, 11, 5)
    )  # fmt: skip
    html = look(client, card).split('id="happened"')[1]
    order = [
        "We talked with you, and gave you an answer.",
        "The answer takes longer than we thought. We expect to have it by Friday 20 November.",
        "Vi venter på deler.",
        "We sent it to",
        "We received your message.",
    ]
    assert [html.index(words) for words in order] == sorted(html.index(words) for words in order)
    assert "did not reach you" not in html
    for hidden in ("Handler", "opptatt", "Intern oppsummering"):
        assert hidden not in html


def test_who_is_not_rung_reads_what_was_done(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads, contact=NO_PHONE)
    record_follow_up(
        card, done_at=MONDAY, summary="Ola fylte det", told="Hullet er fylt.", by=solvik.handler, now=MONDAY
    )
    html = look(client, card)
    assert "Hullet er fylt." in html
    assert "Ola" not in html


def test_a_split_message_leads_to_its_other_half(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    second = split_card(card, remaining_text="Hull", split_text="Lys", by=solvik.clerk, now=MONDAY)
    assert f'href="/card/{second.secret}/"' in look(client, card)


def test_the_page_costs_the_same_whatever_happened(solvik: Solvik, client: Client, django_assert_num_queries) -> None:
    for _ in range(2):
        card = a_card(unit=solvik.roads)
        for n in range(3):
            record_contact_attempt(card, by=solvik.handler, now=MONDAY)
            add(client, card, f"Mer {n}", uploads=[SimpleUploadedFile("a.png", PNG)])
        with django_assert_num_queries(15):
            look(client, card)


# --- Adding ----------------------------------------------------------------------------------------------------------


def test_what_is_added_lands_on_the_card_and_the_handler_is_told(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=MONDAY)
    response = add(client, card, " Hullet er større nå. ", uploads=[SimpleUploadedFile("hull.png", PNG)])
    assert (response.status_code, response.headers["Location"]) == (302, f"/card/{card.secret}/?done=add")
    addition = Addition.objects.get()
    assert (addition.text, addition.cycle, addition.recorded_at) == ("Hullet er større nå.", 1, MONDAY)
    (file,) = addition.attachments.all()
    with file.file.open() as kept:
        assert PLACE not in kept.read()
    assert (file.name, file.by_submitter, file.added_by) == ("hull.jpg", True, None)
    assert events(card)[-2:] == [("submitter_added", "", ""), ("attachment_added", "", str(file.pk))]
    assert mails()[-1] == ("submitter_added", "handler@solvik.test")
    html = page(client.get(response.headers["Location"], HTTP_ACCEPT_LANGUAGE="en"))
    assert "Thank you. What you added is with the message now." in html
    assert "Hullet er større nå." in html
    assert f'src="/card/{card.secret}/files/{file.pk}/"' in html


def test_the_mail_of_an_addition_goes_where_somebody_is(solvik: Solvik, client: Client) -> None:
    at_centre, with_unit, with_absent = a_card(), a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    delegate_card(with_absent, handler=solvik.handler, by=solvik.roads_leader, now=MONDAY)
    AbsenceFactory(person=solvik.handler, first_on=day("2026-11-01"), last_on=day("2026-11-03"))
    for card in (at_centre, with_unit, with_absent):
        add(client, card, "Mer")
    told = [to for kind, to in mails() if kind == "submitter_added"]
    assert told == ["service-centre@solvik.test", "roads@solvik.test", "roads@solvik.test"]


def test_sent_twice_is_added_once(solvik: Solvik, client: Client) -> None:
    card, key = a_card(unit=solvik.roads), str(uuid.uuid4())
    for _ in range(2):
        assert add(client, card, "Mer", key=key, uploads=[SimpleUploadedFile("a.png", PNG)]).status_code == 302
    assert (Addition.objects.count(), Attachment.objects.count()) == (1, 1)
    assert [kind for kind, _to in mails()].count("submitter_added") == 1
    add(client, card, "Mer", key="tull")
    assert Addition.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "  "}, "Write something, or choose a picture."),
        ({"text": "a" * 20_001}, "The text is longer than 20000 characters."),
        ({"text": "Mer", "uploads": [SimpleUploadedFile("virus.png", b"MZ")]}, "«virus.png» is neither a picture"),
        (
            {"text": "Mer", "uploads": [SimpleUploadedFile(f"{n}.png", PNG) for n in range(6)]},
            "At most 5 files go with a card; you chose 6.",
        ),
    ],
    ids=["nothing", "long", "type", "many"],
)
def test_what_cannot_be_added_is_said_at_the_field(solvik: Solvik, client: Client, fields: Any, sentence: str) -> None:
    card = a_card(unit=solvik.roads)
    for file in fields.get("uploads", []):
        file.seek(0)
    response = add(client, card, **fields)
    assert response.status_code == 422
    html = page(response)
    assert html.count(sentence) == 2  # in the summary and at the field
    assert "<title>Error:" in html
    assert fields["text"].strip() in html
    assert (Addition.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_card_takes_ten_additions_and_then_says_ring_us(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    for n in range(MOST_ADDITIONS):
        add_to_card(card, text=f"Mer {n}", uploads=[], key=uuid.uuid4(), now=MONDAY)
    response = add(client, card, "Og mer")
    assert response.status_code == 422
    assert "You have added to this message 10 times. Ring us instead" in page(response)
    assert "Og mer" in page(response)
    assert Addition.objects.count() == MOST_ADDITIONS


def test_nothing_is_added_to_a_closed_card(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    closed(card, by=solvik.clerk, now=MONDAY)
    html = look(client, card)
    assert "Add to the message" not in html
    assert "Ask us to open the matter again" in html
    assert add(client, card, "Mer").status_code == 422
    assert Addition.objects.count() == 0


@pytest.mark.slow
def test_one_address_is_held_up_and_loses_nothing(solvik: Solvik, client: Client) -> None:
    cards = [a_card(unit=solvik.roads) for _ in range(5)]
    answers = [add(client, card, f"Mer {n}").status_code for card in cards for n in range(8)]
    assert answers == [302] * 40
    held = add(client, cards[0], "Ikke mist dette")
    assert (held.status_code, held.headers["Retry-After"]) == (429, "3600")
    assert "That was very often." in page(held)
    assert "Ikke mist dette" in page(held)


# --- Withdrawing -----------------------------------------------------------------------------------------------------


def test_withdrawing_asks_once_more_and_then_closes(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    address = f"/card/{card.secret}/withdraw/"
    asked = page(client.get(address, HTTP_ACCEPT_LANGUAGE="en"))
    assert "Withdraw the message?" in asked
    assert "You get no answer." in asked
    assert Card.objects.get().state == "forwarded"
    response = client.post(address, {"reason": "Det ordnet seg"}, HTTP_ACCEPT_LANGUAGE="en")
    assert response.headers["Location"] == f"/card/{card.secret}/?done=withdraw"
    card.refresh_from_db()
    assert (card.state, card.close_result, card.closed_at) == ("closed", "withdrawn", MONDAY)
    assert events(card)[-2:] == [("withdrawn", "", ""), ("closed", "forwarded", "withdrawn")]
    assert card.notes.get().text == "Det ordnet seg"
    assert mails()[-1] == ("card_withdrawn", "roads@solvik.test")


def test_nobody_is_told_of_what_no_unit_had(solvik: Solvik, client: Client) -> None:
    card = a_card(contact=NO_PHONE)
    client.post(f"/card/{card.secret}/withdraw/")
    card.refresh_from_db()
    assert card.close_result == "withdrawn"
    assert mails() == [("receipt", "per@example.test")]


def test_what_is_answered_cannot_be_withdrawn(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.handler, now=MONDAY)
    for send in (client.get, client.post):
        response = send(f"/card/{card.secret}/withdraw/")
        assert (response.status_code, response.headers["Location"]) == (302, f"/card/{card.secret}/")
    card.refresh_from_db()
    assert card.state == "called_back"


# --- The own reaction ------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(solvik: Solvik) -> Card:
    card = a_card(unit=solvik.roads)
    called_back(card, by=solvik.handler, now=MONDAY)
    return card


def test_the_own_reaction_stands_beside_the_one_written_down(solvik: Solvik, client: Client, answered: Card) -> None:
    response = do(client, answered, "reaction", reaction="2", reason="Hullet er der", alternative="Ny asfalt")
    assert response.headers["Location"] == f"/card/{answered.secret}/?done=reaction"
    own = OwnReaction.objects.get()
    assert (own.reaction, own.reason, own.alternative, own.cycle) == (2, "Hullet er der", "Ny asfalt", 1)
    callback = answered.callbacks.get()
    assert (callback.reaction, callback.reason, callback.alternative) == (5, "", "")
    assert events(answered)[-1] == ("own_reaction", "", "2")


def test_what_was_written_of_whom_to_turn_to_is_read_at_the_top_and_later_where_it_happened(
    solvik: Solvik, client: Client
) -> None:
    card = a_card(now=MONDAY)
    text = "Ring 22 07 30 00.\nSi at det gjelder riksvei 303."
    refer_card(card, body="Statens vegvesen", contacted_at=MONDAY, text=text, by=solvik.clerk, now=MONDAY)
    top, happened = look(client, card).split('id="happened"')
    assert text in top
    assert text not in happened
    reopen_card(card, reason="Veien er vår", by=solvik.clerk, now=MONDAY)
    top, happened = look(client, card).split('id="happened"')
    assert text not in top
    assert text in happened


def negative(card: Card) -> list[tuple[str, str]]:
    """Who heard of it, by which of the two mails."""
    found = OutgoingMail.objects.filter(kind="negative_reaction").order_by("id")
    return [(mail.to, mail.dedupe_key.split(":")[3]) for mail in found]


def test_those_who_answered_hear_of_a_negative_reaction_once_and_of_why_once(
    solvik: Solvik, client: Client, answered: Card
) -> None:
    do(client, answered, "reaction", reaction="4", reason="Tja")
    assert negative(answered) == []
    do(client, answered, "reaction", reaction="3", reason="")
    assert negative(answered) == [("roads@solvik.test", "number")]
    do(client, answered, "reaction", reaction="2", reason="")
    do(client, answered, "reaction", reaction="2", reason="Hullet er der")
    do(client, answered, "reaction", reaction="1", reason="Hullet er der ennå", alternative="Ny asfalt")
    do(client, answered, "reaction", reaction="6", reason="")
    do(client, answered, "reaction", reaction="1", reason="")
    assert negative(answered) == [("roads@solvik.test", "number"), ("roads@solvik.test", "words")]
    mail = OutgoingMail.objects.filter(kind="negative_reaction").latest("id")
    assert "2" in mail.subject
    assert "Hullet er der" in mail.text


def test_the_case_handler_hears_of_a_negative_reaction_beside_the_leader(solvik: Solvik, client: Client) -> None:
    Unit.objects.filter(pk=solvik.roads.pk).update(email="")
    card = a_card(unit=solvik.roads)
    delegate_card(card, handler=solvik.handler, by=solvik.roads_leader, now=MONDAY)
    called_back(card, by=solvik.handler, now=MONDAY)
    do(client, card, "reaction", reaction="1", alternative="Ny asfalt")
    assert sorted(negative(card)) == [("handler@solvik.test", "words"), ("roads_leader@solvik.test", "words")]


def test_the_work_list_finds_answers_that_were_taken_badly(solvik: Solvik, client: Client, answered: Card) -> None:
    content = a_card(unit=solvik.roads)
    called_back(content, by=solvik.handler, now=MONDAY)
    do(client, content, "reaction", reaction="4")
    do(client, answered, "reaction", reaction="3")
    assert list(taken_badly(Card.objects.all())) == [answered]
    client.force_login(solvik.clerk)
    listed = client.get("/staff/?due=taken_badly", HTTP_ACCEPT_LANGUAGE="en")
    assert answered.reference in page(listed)
    assert content.reference not in page(listed)
    reopen_card(answered, reason="Hull", by=solvik.clerk, now=MONDAY)
    assert list(taken_badly(Card.objects.all())) == []


def test_why_is_asked_for_and_not_demanded(solvik: Solvik, client: Client, answered: Card) -> None:
    response = do(client, answered, "reaction", reaction="1")
    html = page(client.get(response.headers["Location"], HTTP_ACCEPT_LANGUAGE="en"))
    assert "Will you tell us why too?" in html
    assert "Tell us why" in html
    do(client, answered, "reaction", reaction="1", reason="Ingen ringte tilbake")
    assert "Tell us why" not in look(client, answered)
    own = OwnReaction.objects.get()
    assert (own.reaction, own.reason, own.changed_at) == (1, "Ingen ringte tilbake", MONDAY)


@pytest.mark.parametrize("reaction", ["", "0", "7", "x"])
def test_a_reaction_is_a_number_from_one_to_six(client: Client, answered: Card, reaction: str) -> None:
    response = do(client, answered, "reaction", reaction=reaction, reason="Fordi")
    assert response.status_code == 422
    assert "Choose a number from 1 to 6." in page(response)
    assert "Fordi" in page(response)
    assert not OwnReaction.objects.exists()


def test_it_may_be_changed_for_thirty_days(solvik: Solvik, client: Client, answered: Card) -> None:
    do(client, answered, "reaction", reaction="5")
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        assert "Change it" in look(client, answered)
        assert do(client, answered, "reaction", reaction="4").status_code == 302
    assert events(answered)[-1] == ("own_reaction", "5", "4")
    with time_machine.travel(MONDAY + timedelta(days=30, seconds=1), tick=False):
        assert "Change it" not in look(client, answered)
        response = do(client, answered, "reaction", reaction="6")
        assert response.status_code == 422
        assert "Your reaction can no longer be changed." in page(response)
    assert OwnReaction.objects.get().reaction == 4


def test_nobody_reacts_to_an_answer_not_given(solvik: Solvik, client: Client, answered: Card) -> None:
    waiting, withdrawn = a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    closed(withdrawn, by=solvik.clerk, now=MONDAY)
    reopen_card(answered, reason="Hull", by=solvik.clerk, now=MONDAY)
    for card in (waiting, withdrawn, answered):
        assert "What do you think of the answer?" not in look(client, card)
        assert do(client, card, "reaction", reaction="2").status_code == 422
    assert not OwnReaction.objects.exists()


# --- Asking to reopen ------------------------------------------------------------------------------------------------


def test_a_request_to_reopen_goes_to_the_service_centre(solvik: Solvik, client: Client, answered: Card) -> None:
    response = do(client, answered, "reopening", reason="Hullet er der igjen")
    assert response.headers["Location"] == f"/card/{answered.secret}/?done=reopening"
    assert mails()[-1] == ("reopening_asked", "service-centre@solvik.test")
    html = look(client, answered)
    assert "You have asked us to open the matter again. We look at it and answer you here and by e-mail." in html
    assert "Ask us to open the matter again" not in html
    again = do(client, answered, "reopening", reason="Hallo?")
    assert (again.status_code, "You have asked already." in page(again)) == (422, True)
    assert ReopeningRequest.objects.count() == 1


def test_a_request_says_why(client: Client, answered: Card) -> None:
    response = do(client, answered, "reopening", reason=" ")
    assert response.status_code == 422
    assert "Write why we should open it again." in page(response)
    assert not ReopeningRequest.objects.exists()


def test_an_open_card_and_one_that_waits_for_the_submitter_are_not_asked_for(solvik: Solvik, client: Client) -> None:
    for name in ("forwarded", "contact card posted"):
        card = LIVES[name][0](solvik, MONDAY)
        assert "Ask us to open the matter again" not in look(client, card)
        assert do(client, card, "reopening", reason="Hull").status_code == 422
    assert not ReopeningRequest.objects.exists()


# --- Files -----------------------------------------------------------------------------------------------------------


def upload(name: str, content: bytes, content_type: str) -> Upload:
    return Upload(name, content_type, SimpleUploadedFile(name, content).file)


def test_the_submitter_sees_the_own_pictures_and_no_scans(solvik: Solvik, client: Client) -> None:
    card, other = a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    (own,) = add_attachments(card, [upload("hull.jpg", PNG, "image/jpeg")], by=None, now=MONDAY)
    (paper,) = add_attachments(card, [upload("brev.pdf", b"%PDF-1.7", "application/pdf")], by=None, now=MONDAY)
    (scan,) = add_attachments(card, [upload("skann.png", OTHER_PNG, "image/png")], by=solvik.clerk, now=MONDAY)
    html = look(client, card)
    assert ("hull.jpg" in html, "brev.pdf" in html, "skann.png" in html) == (True, True, False)
    shown = client.get(f"/card/{card.secret}/files/{own.pk}/")
    assert b"".join(shown.streaming_content) == PNG
    assert shown.headers["Content-Disposition"] == 'inline; filename="hull.jpg"'
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "no-store" in shown.headers["Cache-Control"]
    assert shown.headers["X-Robots-Tag"].startswith("noindex")
    download = client.get(f"/card/{card.secret}/files/{paper.pk}/")
    assert b"".join(download.streaming_content) == b"%PDF-1.7"
    assert download.headers["Content-Disposition"] == 'attachment; filename="brev.pdf"'
    for secret, pk in ((card.secret, scan.pk), (other.secret, own.pk), ("feil", own.pk), (card.secret, 0)):
        assert client.get(f"/card/{secret}/files/{pk}/").status_code == 404


def test_a_scan_is_not_shown_though_the_account_that_added_it_is_gone(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    (scan,) = add_attachments(card, [upload("skann.png", PNG, "image/png")], by=solvik.clerk, now=MONDAY)
    solvik.clerk.delete()
    scan.refresh_from_db()
    assert (scan.added_by, scan.by_submitter) == (None, False)
    assert "skann.png" not in look(client, card)


# --- Secrets ---------------------------------------------------------------------------------------------------------


def whole(response: Any, path: str) -> tuple[int, dict[str, str], str]:
    """Return all that an answer tells, without the path that was asked for and the token that is new each time."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page(response)).replace(path, "")
    return response.status_code, {k: v for k, v in response.headers.items() if k != "Content-Length"}, body


@pytest.mark.parametrize("part", ["", "receipt/", "withdraw/", "files/1/", "add/"])
def test_wrong_malformed_and_expired_links_look_the_same(solvik: Solvik, client: Client, part: str) -> None:
    card, over = a_card(unit=solvik.roads), a_card(unit=solvik.roads)
    closed(over, by=solvik.clerk, now=MONDAY)
    Card.objects.filter(pk=over.pk).update(closed_at=MONDAY - timedelta(days=365, seconds=1))
    changed = card.secret[:-1] + ("a" if card.secret[-1] != "a" else "b")
    secrets = [
        over.secret,
        changed,
        card.reference,
        "feil",
        "x" * 300,
        "æøå",
        "a b",
        "x%00y",
        "..",
        card.secret.swapcase(),
    ]
    answers = {}
    for secret in secrets:
        path = f"/card/{secret}/{part}"
        answer = whole(client.get(path, HTTP_ACCEPT_LANGUAGE="en"), path)
        answers[str(answer)] = secret
        assert answer[0] == 404
    bodies = {re.sub(r'name="next" value="[^"]*"|.X-Request-ID.: .[0-9a-f]*.', "", body) for body in answers}
    assert len(bodies) == 1, list(answers.values())


def test_a_page_ends_some_days_after_the_card_was_closed(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    closed(card, by=solvik.clerk, now=MONDAY)
    pair = {"reference": card.reference, "code": code_of(card.secret)}
    assert "This page can be read until Tuesday 2 November 2027." in look(client, card)
    with time_machine.travel(MONDAY + timedelta(days=365), tick=False):
        assert client.get(f"/card/{card.secret}/").status_code == 200
        assert client.post("/card/", pair).status_code == 302
    with time_machine.travel(MONDAY + timedelta(days=365, seconds=1), tick=False):
        assert client.get(f"/card/{card.secret}/").status_code == 404
        assert client.get(f"/card/{card.secret}/receipt/").status_code == 404
        assert client.post("/card/", pair).status_code == 422
        assert add(client, card, "Mer").status_code == 404
    Municipality.objects.update(private_page_days=30)
    with time_machine.travel(MONDAY + timedelta(days=31), tick=False):
        assert client.get(f"/card/{card.secret}/").status_code == 404


def test_an_open_card_keeps_its_page(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    with time_machine.travel(MONDAY + timedelta(days=2000), tick=False):
        assert client.get(f"/card/{card.secret}/").status_code == 200


@pytest.mark.parametrize("part", ["", "receipt/", "withdraw/"])
def test_private_pages_are_not_kept_by_anybody_on_the_way(solvik: Solvik, client: Client, part: str) -> None:
    response = client.get(f"/card/{a_card().secret}/{part}")
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert not re.search(r'(?:src|href)="https?://(?!testserver)', page(response))


def test_the_page_sets_no_cookie_but_csrf(solvik: Solvik, client: Client, answered: Card) -> None:
    response = do(client, answered, "reaction", reaction="5")
    assert set(response.cookies) == set()
    assert set(client.get(response.headers["Location"]).cookies) == {"csrftoken"}


def test_an_unknown_step_is_not_there_and_a_reload_leads_back(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads)
    assert client.post(f"/card/{card.secret}/close/").status_code == 404
    assert client.get(f"/card/{card.secret}/add/").headers["Location"] == f"/card/{card.secret}/"
    assert client.get(f"/card/{card.secret}/?done=%3Cb%3E").status_code == 200


def test_forms_are_refused_without_their_token(solvik: Solvik, answered: Card) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert do(strict, answered, "reaction", reaction="1").status_code == 403
    assert strict.post(f"/card/{answered.secret}/withdraw/").status_code == 403
    assert not OwnReaction.objects.exists()


def test_reference_and_code_lead_to_the_private_page(solvik: Solvik, client: Client) -> None:
    card = a_card()
    typed = {"reference": card.reference.replace("-", " "), "code": code_of(card.secret).lower().replace("-", " ")}
    response = client.post("/card/", typed)
    assert (response.status_code, response.headers["Location"]) == (302, f"/card/{card.secret}/")


def test_a_wrong_code_and_an_unknown_reference_get_one_answer(solvik: Solvik, client: Client) -> None:
    card, other, over = a_card(), a_card(text="Annet"), a_card()
    close_card(over, result="withdrawn", by=solvik.clerk, now=MONDAY)
    Card.objects.filter(pk=over.pk).update(closed_at=MONDAY - timedelta(days=366))
    answers = {
        re.sub(r"csrf.*?>|value=\"[^\"]*\"", "", page(client.post("/card/", {"reference": reference, "code": code})))
        for reference, code in [
            (card.reference, "AAAA-AAAA"),
            (card.reference, code_of(other.secret)),
            ("26-999999-9", code_of(card.secret)),
            ("26-999999-9", code_of("")),
            (over.reference, code_of(over.secret)),
            ("tull", code_of(card.secret)),
        ]
    }
    assert len(answers) == 1
    assert card.secret not in answers.pop()


def test_moments_are_on_the_municipalitys_clock(solvik: Solvik, client: Client) -> None:
    card = a_card(unit=solvik.roads, now=MONDAY)
    assert f"{MONDAY.astimezone(OSLO):%H:%M}" in look(client, card)
