"""«You said – we did»: written from a card without copying it, read over, published, taken down, thrown away."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from feedback.actions.seen import latest_event
from feedback.actions.stories import (
    NamesSomebody,
    NotLookedOver,
    PartMissing,
    PartTooLong,
    StoryChangedMeanwhile,
    StoryIsNotPublished,
    StoryIsPublished,
    Words,
    correct_story,
    delete_story,
    publish_story,
    withdraw_story,
    write_story,
)
from feedback.errors import NotAllowed
from feedback.models import Card, Story
from feedback.queries import published_stories
from organisation.history_door import erasing
from tests.factories import MONDAY, CategoryFactory, Solvik, a_card, events, oslo
from tests.refusals import refuses

LATER = oslo(2026, 11, 9, 10)
WORDS = Words("Lyset er tilbake", "Det var mørkt langs skoleveien.", "Vi skiftet kabelen.", "nb")


@pytest.fixture
def card(solvik: Solvik) -> Card:
    return a_card(text="Hullet utenfor hos meg i Storgata 1 er stort.", unit=solvik.roads)


def written(card: Card, solvik: Solvik, words: Words = WORDS) -> Story:
    return write_story(card, words, by=solvik.clerk, now=MONDAY)


def published(card: Card, solvik: Solvik) -> Story:
    story = written(card, solvik)
    return publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=LATER)


def happened(card: Card) -> list[str]:
    return [what for what, _from, _to in events(card) if what.startswith("story")]


# --- What the actions do ---------------------------------------------------------------------------------------------


def test_a_story_goes_from_draft_to_published_to_taken_down_and_back(card: Card, solvik: Solvik) -> None:
    story = written(card, solvik)
    assert (story.state, story.published_at, story.written_by) == ("draft", None, solvik.clerk)
    assert list(published_stories()) == []
    story = publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=LATER)
    assert (story.state, story.published_at) == ("published", LATER)
    assert list(published_stories()) == [story]
    story = withdraw_story(story, by=solvik.clerk, now=LATER)
    assert (story.state, story.withdrawn_at) == ("withdrawn", LATER)
    assert list(published_stories()) == []
    story = publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=LATER)
    assert (story.state, story.withdrawn_at) == ("published", None)
    assert happened(card) == ["story_written", "story_published", "story_withdrawn", "story_published"]


def test_history_holds_no_words_of_the_story(card: Card, solvik: Solvik) -> None:
    story = published(card, solvik)
    of_story = card.events.filter(what__startswith="story")
    assert [event.details for event in of_story] == [{"story": story.pk}] * 2
    assert not hasattr(of_story[0], "note")


def test_a_story_disturbs_nobody_who_is_working_on_the_card(card: Card, solvik: Solvik) -> None:
    before = latest_event(Card.objects.get(pk=card.pk))
    published(card, solvik)
    assert latest_event(Card.objects.get(pk=card.pk)) == before


@pytest.mark.parametrize("field", ["title", "said", "did"])
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kari sa fra.", "«Kari»"),
        ("Ved STORGATA 1 var det mørkt.", "«STORGATA 1»"),
        ("Ring 33 18 10 00.", "«33 18 10 00»"),
        ("Skriv til x@example.org, 21055512345.", "«x@example.org», «21055512345»"),
    ],
)
def test_what_leads_to_a_person_is_refused_and_shown(
    card: Card, solvik: Solvik, field: str, text: str, found: str
) -> None:
    naming = Words(**(vars(WORDS) | {field: text}))
    with refuses(NamesSomebody, f"This may lead to a person: {found}.", field=field):
        written(card, solvik, naming)
    story = written(card, solvik)
    with refuses(NamesSomebody, found, field=field):
        correct_story(story, naming, seen=story.fingerprint, by=solvik.clerk)


def test_the_submitter_is_looked_for_again_when_it_is_published(card: Card, solvik: Solvik) -> None:
    story = written(card, solvik, Words("T", "Mange, også Petra, skrev.", "Vi gjorde det.", "nb"))
    card.submitter.name = "Petra Holm"
    card.submitter.save()
    with refuses(NamesSomebody, "«Petra»", field="said"):
        publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=LATER)


def test_nothing_is_published_that_nobody_read_over(card: Card, solvik: Solvik) -> None:
    story = written(card, solvik)
    with refuses(NotLookedOver, field="names_nobody"):
        publish_story(story, seen=story.fingerprint, names_nobody=False, by=solvik.clerk, now=LATER)
    seen = story.fingerprint
    correct_story(story, Words("Annet", "a", "b", "nb"), seen=seen, by=solvik.clerk)
    with refuses(StoryChangedMeanwhile):
        publish_story(story, seen=seen, names_nobody=True, by=solvik.clerk, now=LATER)
    with refuses(StoryChangedMeanwhile):
        correct_story(story, WORDS, seen=seen, by=solvik.clerk)


@pytest.mark.parametrize(
    ("change", "error"),
    [({"title": " "}, PartMissing), ({"said": "\n"}, PartMissing), ({"did": "\x00"}, PartMissing),
     ({"title": "x" * 101}, PartTooLong), ({"did": "x" * 2001}, PartTooLong)],
)  # fmt: skip
def test_each_part_has_words_and_not_too_many(card: Card, solvik: Solvik, change: dict[str, str], error: Any) -> None:
    with refuses(error, field=next(iter(change))):
        written(card, solvik, Words(**(vars(WORDS) | change)))


def test_what_is_published_is_taken_down_before_it_is_changed_or_thrown_away(card: Card, solvik: Solvik) -> None:
    story = published(card, solvik)
    with refuses(StoryIsPublished):
        correct_story(story, WORDS, seen=story.fingerprint, by=solvik.clerk)
    with refuses(StoryIsPublished):
        delete_story(story, by=solvik.clerk, now=LATER)
    with refuses(StoryIsPublished):
        publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=LATER)
    withdraw_story(story, by=solvik.clerk, now=LATER)
    with refuses(StoryIsNotPublished):
        withdraw_story(story, by=solvik.clerk, now=LATER)
    delete_story(story, by=solvik.clerk, now=LATER)
    assert not Story.objects.exists()
    assert happened(card)[-1] == "story_deleted"
    with refuses(StoryChangedMeanwhile):
        delete_story(story, by=solvik.clerk, now=LATER)


def test_a_leader_proposes_from_the_units_own_cards_and_the_service_centre_publishes(
    card: Card, solvik: Solvik
) -> None:
    story = write_story(card, WORDS, by=solvik.roads_leader, now=MONDAY)
    story = correct_story(story, WORDS, seen=story.fingerprint, by=solvik.roads_deputy)
    for person in (solvik.roads_leader, solvik.handler, solvik.water_leader, solvik.reader, solvik.chief):
        with refuses(NotAllowed):
            publish_story(story, seen=story.fingerprint, names_nobody=True, by=person, now=LATER)
    for person in (solvik.handler, solvik.water_leader, solvik.reader, solvik.chief, solvik.administrator):
        with refuses(NotAllowed):
            write_story(card, WORDS, by=person, now=MONDAY)
        with refuses(NotAllowed):
            correct_story(story, WORDS, seen=story.fingerprint, by=person)
        with refuses(NotAllowed):
            delete_story(story, by=person, now=LATER)
    story = publish_story(story, seen=story.fingerprint, names_nobody=True, by=solvik.clerk, now=LATER)
    with refuses(NotAllowed):
        withdraw_story(story, by=solvik.roads_leader, now=LATER)


def test_a_story_outlives_its_card(card: Card, solvik: Solvik) -> None:
    story = published(card, solvik)
    with erasing():
        card.delete()
    assert list(published_stories()) == [story]
    withdraw_story(story, by=solvik.clerk, now=LATER)
    delete_story(story, by=solvik.clerk, now=LATER)


@pytest.mark.parametrize(
    "change",
    [{"state": "published"}, {"state": "withdrawn"}, {"published_at": MONDAY}, {"title": ""}, {"did": ""}],
)
def test_the_database_refuses_what_cannot_be(card: Card, solvik: Solvik, change: dict[str, Any]) -> None:
    written(card, solvik)
    with pytest.raises(IntegrityError), transaction.atomic():
        Story.objects.update(**change)


# --- The pages ------------------------------------------------------------------------------------------------------

FORM = {
    "title": "Lyset er tilbake",
    "said": "Det var mørkt.",
    "did": "Vi skiftet kabelen.",
    "category": "",
    "language": "nb",
}


@pytest.fixture
def clerk(solvik: Solvik, client: Client) -> Client:
    client.force_login(solvik.clerk)
    return client


def test_from_the_card_to_the_public_page(clerk: Client, card: Card, solvik: Solvik) -> None:
    category = CategoryFactory(code="lights", name="Gatelys")
    path = f"/staff/cards/{card.reference}/story/"
    assert path in clerk.get(f"/staff/cards/{card.reference}/").content.decode()
    form = clerk.get(path).context["form"]
    assert [form[name].value() for name in ("title", "said", "did")] == [None, None, None]
    answer = clerk.post(path, FORM | {"category": "lights"})
    story = Story.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/staff/stories/{story.pk}/")
    assert (story.card, story.category, story.state) == (card, category, "draft")
    page = clerk.get(answer.headers["Location"])
    assert "Lyset er tilbake" not in Client().get("/what-we-hear/").content.decode()
    seen = page.context["publishing"]["seen"].value()
    clerk.post(f"/staff/stories/{story.pk}/publish/", {"names_nobody": "on", "seen": seen})
    html = Client().get("/what-we-hear/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Lyset er tilbake" in html
    assert "Gatelys" in html
    assert card.reference not in html
    assert card.text not in html
    history = clerk.get(f"/staff/cards/{card.reference}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Story published" in history
    assert "Story" not in client_page(card)


def client_page(card: Card) -> str:
    return Client().get(f"/card/{card.secret}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()


def test_what_is_refused_comes_back_with_all_that_was_typed(clerk: Client, card: Card, solvik: Solvik) -> None:
    path = f"/staff/cards/{card.reference}/story/"
    answer = clerk.post(path, FORM | {"did": "Vi ringte Kari Nordmann."}, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 422
    assert answer.context["form"].errors["did"] == ["This may lead to a person: «Kari», «Nordmann». Write it without."]
    assert "Vi ringte Kari Nordmann." in answer.content.decode()
    answer = clerk.post(path, FORM | {"title": "", "category": "finnes-ikke", "language": "tlh"})
    assert set(answer.context["form"].errors) == {"title", "category", "language"}
    assert not Story.objects.exists()

    story = written(card, solvik)
    path = f"/staff/stories/{story.pk}/"
    answer = clerk.post(path, FORM | {"seen": "0" * 16, "said": "Noe nytt"}, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 422
    assert "Somebody changed the story meanwhile" in answer.content.decode()
    assert "Noe nytt" in answer.content.decode()
    assert answer.context["form"]["seen"].value() == story.fingerprint
    answer = clerk.post(f"{path}publish/", {"seen": story.fingerprint}, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 422
    assert "tick here when it names nobody" in answer.content.decode()
    assert clerk.post(f"{path}publish/", {}).status_code == 422


def test_corrected_taken_down_and_thrown_away(clerk: Client, card: Card, solvik: Solvik) -> None:
    story = published(card, solvik)
    path = f"/staff/stories/{story.pk}/"
    answer = clerk.post(f"{path}delete/", follow=True, HTTP_ACCEPT_LANGUAGE="en")
    assert "The story is published. Take it down first." in answer.content.decode()
    clerk.post(f"{path}withdraw/")
    answer = clerk.post(f"{path}withdraw/", follow=True, HTTP_ACCEPT_LANGUAGE="en")
    assert "The story is not published." in answer.content.decode()
    assert clerk.post(path, FORM | {"seen": story.fingerprint, "title": "Nytt"}).status_code == 302
    assert Story.objects.get().title == "Nytt"
    assert clerk.post(f"{path}delete/").headers["Location"] == "/staff/stories/"
    assert clerk.get(path).status_code == 404
    for step in ("publish", "withdraw", "delete"):
        assert [clerk.get(f"{path}{step}/").status_code, clerk.post(f"{path}{step}/").status_code] == [405, 404]


@pytest.mark.parametrize(
    ("name", "writes", "sees", "lists"),
    [
        ("clerk", 200, 200, 200),
        ("roads_leader", 200, 200, 200),
        ("sector_leader", 200, 200, 200),
        ("water_leader", 404, 404, 200),
        ("mayors_secretary", 404, 404, 200),
        ("handler", 403, 403, 403),
        ("reader", 403, 403, 403),
        ("chief", 404, 403, 403),
        ("administrator", 403, 403, 403),
    ],
)
def test_who_may_open_what(
    card: Card, solvik: Solvik, client: Client, name: str, writes: int, sees: int, lists: int
) -> None:
    story = written(card, solvik)
    client.force_login(getattr(solvik, name))
    assert client.get(f"/staff/cards/{card.reference}/story/").status_code == writes
    assert client.get(f"/staff/stories/{story.pk}/").status_code == sees
    assert client.get("/staff/stories/").status_code == lists
    answer = client.post(f"/staff/stories/{story.pk}/publish/", {"names_nobody": "on", "seen": story.fingerprint})
    assert answer.status_code == (302 if name == "clerk" else sees if sees != 200 else 403)
    assert published_stories().exists() == (name == "clerk")
    for step in ("withdraw", "delete") if sees != 200 else ():
        assert client.post(f"/staff/stories/{story.pk}/{step}/").status_code == sees


def test_a_leaders_list_holds_the_units_stories_alone(card: Card, solvik: Solvik, client: Client) -> None:
    written(card, solvik)
    written(a_card(unit=solvik.water), solvik, Words("Vannet er rent", "a", "b", "nb"))
    client.force_login(solvik.roads_leader)
    assert [story.title for story in client.get("/staff/stories/").context["page"]] == ["Lyset er tilbake"]
    client.force_login(solvik.clerk)
    assert len(client.get("/staff/stories/").context["page"]) == 2


def test_a_leader_is_not_led_to_the_card_page_of_a_card_that_left(card: Card, solvik: Solvik, client: Client) -> None:
    story = written(card, solvik)
    Card.objects.filter(pk=card.pk).update(unit=solvik.water)
    client.force_login(solvik.roads_leader)
    assert client.get(f"/staff/stories/{story.pk}/").status_code == 404


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    card: Card, clerk: Client, solvik: Solvik, django_assert_num_queries: Any, how_many: int
) -> None:
    for _each in range(how_many):
        written(card, solvik)
    with django_assert_num_queries(5):
        clerk.get("/staff/stories/")
