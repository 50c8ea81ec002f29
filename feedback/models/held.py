"""Files of a message that is not sent yet."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisation.models.personal_data import WHEN_SENT


class HeldUpload(models.Model):
    """A picture that came with a form which could not be taken as it was, kept so that nobody chooses it twice.

    `key` is 32 random bytes that only the page holds which it was written on: whoever cannot show it cannot reach the file.
    """

    key = models.CharField(max_length=43, unique=True)
    file = models.FileField(_("file"), upload_to="held/%Y/%m/%d/", max_length=200)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    unscanned = models.BooleanField(default=False, db_default=False)
    held_at = models.DateTimeField(db_index=True)

    personal_data = dict.fromkeys(["key", "file", "name"], WHEN_SENT)
    erased_whole = True

    class Meta:
        verbose_name = _("held file")
        verbose_name_plural = _("held files")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)
