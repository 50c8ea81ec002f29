"""What happened to a card, when, and by whom: rows that are written once and never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WITH_THE_CARD
from organisation.one_to_one import PartOf


class CardEvent(models.Model):
    """One thing that happened. Holds ids, names of fields and codes; texts lie in rows of their own that can be erased."""

    class What(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        FORWARDED = "forwarded", _("Forwarded to unit")
        REROUTED = "rerouted", _("Moved to another unit")
        RETURNED = "returned", _("Sent back as misrouted")
        DELEGATED = "delegated", _("Delegated")
        CORRECTED = "corrected", _("Corrected")
        DEADLINE_SET = "deadline_set", _("Deadline counted anew")
        SPLIT = "split", _("Split")
        OTHER_WAY_AGREED = "other_way_agreed", _("Another way than voice agreed")
        PRELIMINARY_ANSWER = "preliminary_answer", _("Preliminary answer given")
        DELAY_EXPLAINED = "delay_explained", _("Written why it is late")
        CONTACT_ATTEMPTED = "contact_attempted", _("Called, no answer")
        ATTEMPT_UNDONE = "attempt_undone", _("Attempt undone")
        CONTACT_CARD_MADE = "contact_card_made", _("Contact card made")
        CONTACT_CARD_POSTED = "contact_card_posted", _("Contact card posted")
        CALLED_BACK = "called_back", _("Called back")
        FOLLOWED_UP = "followed_up", _("Followed up")
        REPORTED_BACK = "reported_back", _("Reported back to the service centre")
        ALTERNATIVE_REGISTERED = "alternative_registered", _("Alternative registered as a card of its own")
        REFERRED = "referred", _("Referred outside the municipality")
        HANDED_OVER = "handed_over", _("Sent to a neighbour")
        NEIGHBOUR_NUMBERED = "neighbour_numbered", _("The neighbour has given it a number")
        NEIGHBOUR_REFUSED = "neighbour_refused", _("Could not be sent to the neighbour")
        NEIGHBOUR_CLOSED = "neighbour_closed", _("Closed by the neighbour")
        NEIGHBOUR_TOLD = "neighbour_told", _("News from another system")
        LISTED = "listed", _("On the overdue list")
        ESCALATED = "escalated", _("Reported to the chief executive")
        REMINDED = "reminded", _("Reminded of the deadline")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Reopened")
        UNDONE = "undone", _("Undone")
        NOTE_ADDED = "note_added", _("Note written")
        ATTACHMENT_ADDED = "attachment_added", _("Attachment added")
        SUBMITTER_ADDED = "submitter_added", _("The submitter added something")
        WITHDRAWN = "withdrawn", _("Withdrawn by the submitter")
        OWN_REACTION = "own_reaction", _("The submitter's own reaction")
        REOPENING_ASKED = "reopening_asked", _("The submitter asks to reopen")
        REOPENING_DECLINED = "reopening_declined", _("Request to reopen declined")
        INTERVIEW_ANSWERED = "interview_answered", _("Asked whether we may ring for an interview")
        MAIL_FILED = "mail_filed", _("E-mail filed")
        MAIL_BOUNCED = "mail_bounced", _("E-mail to the submitter came back")
        STORY_WRITTEN = "story_written", _("Story written")
        STORY_PUBLISHED = "story_published", _("Story published")
        STORY_WITHDRAWN = "story_withdrawn", _("Story taken down")
        STORY_DELETED = "story_deleted", _("Story thrown away")
        MARKED_SENSITIVE = "marked_sensitive", _("Marked as sensitive")
        UNMARKED_SENSITIVE = "unmarked_sensitive", _("No longer sensitive")
        READER_NAMED = "reader_named", _("Named: may open the card")
        READER_UNNAMED = "reader_unnamed", _("No longer named")
        ACCESS_GRADED = "access_graded", _("Public access assessed")
        PUBLIC_VERSION = "public_version", _("Public version written")
        PUBLIC_VERSION_REMOVED = "public_version_removed", _("Public version taken away")
        VIRUS_FOUND = "virus_found", _("A virus was found in a file, which was taken away")

    # What the weekly run, the reminder and a story write does not change what a person is about to do.
    OF_NO_WEIGHT = (
        What.NEIGHBOUR_NUMBERED,
        What.NEIGHBOUR_REFUSED,
        What.NEIGHBOUR_CLOSED,
        What.LISTED,
        What.ESCALATED,
        What.REMINDED,
        What.INTERVIEW_ANSWERED,
        What.MAIL_BOUNCED,
        What.STORY_WRITTEN,
        What.STORY_PUBLISHED,
        What.STORY_WITHDRAWN,
        What.STORY_DELETED,
        What.ACCESS_GRADED,
        What.PUBLIC_VERSION,
        What.PUBLIC_VERSION_REMOVED,
        What.VIRUS_FOUND,
    )

    NAMING_PEOPLE = (What.DELEGATED, What.READER_NAMED, What.READER_UNNAMED)
    """Events whose `to_value` is a person's id."""
    NAMING_UNITS = (What.FORWARDED, What.REROUTED, What.RETURNED, What.REPORTED_BACK)
    """Events whose `from_value` and `to_value` are units' codes, or empty."""

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="events")
    what = models.CharField(_("what"), max_length=30, choices=What.choices)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    from_value = models.CharField(_("from"), max_length=120, blank=True)
    to_value = models.CharField(_("to"), max_length=120, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    personal_data: dict[str, str] = {}

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "id"]
        indexes = [models.Index(name="event_of_card", fields=["card", "at", "id"])]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"


class CardNote(models.Model):
    """What somebody wrote about a card: a reason that belongs to an event, or an internal note."""

    card = models.ForeignKey("feedback.Card", models.CASCADE, related_name="notes")
    event = PartOf(CardEvent, models.CASCADE, related_name="note")
    text = models.TextField(_("text"))

    personal_data = {"text": WITH_THE_CARD}

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="note_has_text", condition=~models.Q(text=""))]

    def __str__(self) -> str:
        return f"note {self.pk}"
