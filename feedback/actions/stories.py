"""Write, publish, take down and throw away the stories «you said – we did»."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.base import write
from feedback.errors import ChangedMeanwhile, NotAllowed, Refused
from feedback.models import Card, CardEvent, Category, Story, Submitter
from feedback.models.stories import LONGEST_PART
from feedback.naming import what_names_somebody
from feedback.rules import may_inform, may_propose_story, may_write_story
from organisation.models import Person
from organisation.queries import municipality

LONGEST_TITLE = 100


class PartMissing(Refused):
    code = "text_missing"
    message = _("Write a few words here.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class PartTooLong(Refused):
    code = "text_too_long"
    message = _("This is longer than %(longest)s characters. Shorten it.")

    def __init__(self, field: str, longest: int) -> None:
        super().__init__(longest=longest)
        self.field = field


class NamesSomebody(Refused):
    """The text holds what leads to a person."""

    code = "names_somebody"
    message = _("This may lead to a person: %(found)s. Write it without.")

    def __init__(self, field: str, found: list[str]) -> None:
        super().__init__(found=", ".join(f"«{piece}»" for piece in found))
        self.field = field


class NotLookedOver(Refused):
    """Nobody has said that the story names nobody."""

    code = "not_looked_over"
    field = "names_nobody"
    message = _("Read it once more, and tick here when it names nobody.")


class StoryChangedMeanwhile(ChangedMeanwhile):
    message = _("Somebody changed the story meanwhile. Read it again before you go on.")


class StoryIsPublished(Refused):
    code = "story_is_published"
    message = _("The story is published. Take it down first.")


class StoryIsNotPublished(Refused):
    code = "story_is_not_published"
    message = _("The story is not published.")


@dataclass(frozen=True)
class Words:
    """What a story says. `category` is what it is listed under, `language` the one it is written in."""

    title: str
    said: str
    did: str
    language: str
    category: Category | None = None

    def stripped(self) -> Words:
        """Return the same without white space around it. Raises PartMissing, PartTooLong."""
        title = " ".join(self.title.replace("\x00", "").split())
        said, did = (text.replace("\x00", "").strip() for text in (self.said, self.did))
        for field, text, longest in (
            ("title", title, LONGEST_TITLE), ("said", said, LONGEST_PART), ("did", did, LONGEST_PART),
        ):  # fmt: skip
            if not text:
                raise PartMissing(field)
            if len(text) > longest:
                raise PartTooLong(field, longest)
        return Words(title, said, did, self.language, self.category)


def write_story(card: Card, words: Words, *, by: Person, now: datetime) -> Story:
    """Write a story from `card`, as a draft. Raises NotAllowed, PartMissing, PartTooLong, NamesSomebody."""
    with transaction.atomic():
        if not may_propose_story(by, card):
            raise NotAllowed
        words = words.stripped()
        _look_for_people(words, card)
        story = Story.objects.create(
            card=card,
            category=words.category,
            language=words.language,
            title=words.title,
            said=words.said,
            did=words.did,
            written_at=now,
            written_by=by,
        )
        write(card, CardEvent.What.STORY_WRITTEN, by=by, now=now, story=story.pk)
        return story


def correct_story(story: Story, words: Words, *, seen: str, by: Person) -> Story:
    """Write a story anew that is not published. `seen` is the fingerprint of the words that the person set out from.

    Raises NotAllowed, StoryChangedMeanwhile, StoryIsPublished, PartMissing, PartTooLong, NamesSomebody.
    """
    with transaction.atomic():
        story = _take(story, seen)
        if not may_write_story(by, story):
            raise NotAllowed
        if story.state == Story.State.PUBLISHED:
            raise StoryIsPublished
        words = words.stripped()
        _look_for_people(words, story.card)
        story.title, story.said, story.did = words.title, words.said, words.did
        story.language, story.category = words.language, words.category
        story.save(update_fields=["title", "said", "did", "language", "category"])
        return story


def publish_story(story: Story, *, seen: str, names_nobody: bool, by: Person, now: datetime) -> Story:
    """Show a story to everybody. `names_nobody`: whoever publishes has read the words of the fingerprint `seen` and says so.

    The card's submitter is looked for once more: what is known of them may have changed since it was written. Raises
    NotAllowed, StoryChangedMeanwhile, StoryIsPublished, NotLookedOver, NamesSomebody.
    """
    with transaction.atomic():
        story = _take(story, seen)
        if not may_inform(by):
            raise NotAllowed
        if story.state == Story.State.PUBLISHED:
            raise StoryIsPublished
        if not names_nobody:
            raise NotLookedOver
        _look_for_people(Words(story.title, story.said, story.did, story.language), story.card)
        story.state, story.published_at, story.withdrawn_at = Story.State.PUBLISHED, now, None
        story.published_by = by
        story.save(update_fields=["state", "published_at", "withdrawn_at", "published_by"])
        if story.card:
            write(story.card, CardEvent.What.STORY_PUBLISHED, by=by, now=now, story=story.pk)
        return story


def withdraw_story(story: Story, *, by: Person, now: datetime) -> Story:
    """Take a published story down. Raises NotAllowed, StoryIsNotPublished."""
    with transaction.atomic():
        story = _take(story)
        if not may_inform(by):
            raise NotAllowed
        if story.state != Story.State.PUBLISHED:
            raise StoryIsNotPublished
        story.state, story.withdrawn_at = Story.State.WITHDRAWN, now
        story.save(update_fields=["state", "withdrawn_at"])
        if story.card:
            write(story.card, CardEvent.What.STORY_WITHDRAWN, by=by, now=now, story=story.pk)
        return story


def delete_story(story: Story, *, by: Person, now: datetime) -> None:
    """Throw a story away that is not published, words and all. Raises NotAllowed, StoryIsPublished."""
    with transaction.atomic():
        story = _take(story)
        if not may_write_story(by, story):
            raise NotAllowed
        if story.state == Story.State.PUBLISHED:
            raise StoryIsPublished
        if story.card:
            write(story.card, CardEvent.What.STORY_DELETED, by=by, now=now, story=story.pk)
        story.delete()


def _take(story: Story, seen: str | None = None) -> Story:
    """Return the story's row as it stands now, locked until the transaction ends.

    Raises StoryChangedMeanwhile where its words are others than those `seen`, or where it was thrown away.
    """
    if not Story.objects.select_for_update().only("pk").filter(pk=story.pk):
        raise StoryChangedMeanwhile
    found = Story.objects.select_related("card__unit", "category").get(pk=story.pk)
    if seen not in (None, found.fingerprint):
        raise StoryChangedMeanwhile
    return found


def _look_for_people(words: Words, card: Card | None) -> None:
    """Raise NamesSomebody for the first part of the story that holds what leads to a person."""
    house = municipality()
    submitter = Submitter.objects.filter(card=card).first() if card else None
    for field in ("title", "said", "did"):
        found = what_names_somebody(
            getattr(words, field),
            name=submitter.name if submitter else "",
            address=submitter.address if submitter else "",
            country=house.country,
            ours=(house.phone, house.email),
        )
        if found:
            raise NamesSomebody(field, found)
