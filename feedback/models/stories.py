"""«You said – we did»: what a card led to, told to everybody in words that staff wrote for it."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_PART = 2000


class Story(models.Model):
    """One story. Its words are the municipality's own and name nobody; nothing of the card is copied into it.

    The card is for staff to find the way back, and goes when the card does: the story stays.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Taken down")

    card = models.ForeignKey(
        "feedback.Card", models.SET_NULL, null=True, blank=True, related_name="stories", verbose_name=_("card")
    )
    category = models.ForeignKey(
        "feedback.Category", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=100)
    said = models.TextField(_("you said"))
    did = models.TextField(_("we did"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken down"), null=True, blank=True)
    written_at = models.DateTimeField(_("written"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    # Nobody is named in it; should somebody be all the same, the story is thrown away.
    personal_data = dict.fromkeys(["title", "said", "did"], "when the story is thrown away")

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-written_at", "-id"]
        indexes = [models.Index(name="story_newest", fields=["-published_at", "-id"], condition=Q(state="published"))]
        constraints = [
            models.CheckConstraint(name="story_has_words", condition=~Q(title="") & ~Q(said="") & ~Q(did="")),
            models.CheckConstraint(
                name="story_state_has_its_moment",
                condition=Q(state="draft", published_at__isnull=True, withdrawn_at__isnull=True)
                | Q(state="published", published_at__isnull=False, withdrawn_at__isnull=True)
                | Q(state="withdrawn", published_at__isnull=False, withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def fingerprint(self) -> str:
        """What tells one wording from another: a page says which one it showed."""
        return hashlib.sha256("\x00".join([self.title, self.said, self.did]).encode()).hexdigest()[:16]
