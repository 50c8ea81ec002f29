"""Numbers and years as people write them, and one file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.actions.storing import Upload
from feedback.forms.files import ACCEPT, FilesField
from organisation.scanning import ScannerAway
from reporting.periods import FIRST_YEAR, read_period
from reporting.scales import read_number


class FigureField(forms.CharField):
    """A number with decimals, «4,6» or «1 018 671». Empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=30, required=False,
            widget=forms.TextInput(attrs={"size": "8", "inputmode": "decimal", "autocomplete": "off"}), **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> Decimal | None:
        """Raises ValidationError with a sentence for what is no number."""
        typed = super().clean(value).strip()
        if not typed:
            return None
        number = read_number(typed)
        if number is None:
            raise ValidationError(_("«%(value)s» is no number. Write it like 4,6."), params={"value": typed})
        return number


class YearField(forms.CharField):
    """A year with four digits, not after `last`. Empty is None."""

    def __init__(self, *, last: int, **kwargs: Any) -> None:
        self.last = last
        super().__init__(
            max_length=10,
            widget=forms.TextInput(attrs={"size": "4", "inputmode": "numeric", "autocomplete": "off"}), **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> int | None:
        """Raises ValidationError with a sentence for what is no year."""
        typed = super().clean(value).strip()
        if not typed:
            return None
        period = read_period(typed, last_year=self.last)
        if period is None or len(typed) > 4:
            raise ValidationError(
                _("«%(value)s» is no year from %(first)s to %(last)s."),
                params={"value": typed, "first": FIRST_YEAR, "last": self.last},
            )
        return period.year


class OneFileField(FilesField):
    """One picture or PDF, taken as a card's are: by what is in it, with a limit, and without what a picture tells of where
    it was taken. Cleans to an `Upload`, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("JPEG, PNG, WebP, HEIC or PDF, at most 10 MB."))
        super().__init__(widget=forms.FileInput(attrs={"accept": ACCEPT}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Upload | None:  # type: ignore[override]
        """Raises ValidationError with a sentence."""
        upload = next(iter(super().clean(data, initial)), None)
        if upload is not None and upload.unscanned:  # what staff puts in has no mark to bear
            raise forms.ValidationError(ScannerAway.message, code=ScannerAway.code)
        return upload
