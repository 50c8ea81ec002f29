"""Word a text the municipality's own way, or take ours back."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from organisation.actions.base import require_manager
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import OwnWording, Person
from organisation.wordings import Wording, unknown_names


class WordingTooLong(Refused):
    code = "wording_too_long"
    message = _("The text has %(length)s characters; there is room for %(longest)s. Shorten it.")


class NamesUnknown(Refused):
    code = "names_unknown"
    message = _("This text cannot name %(unknown)s. It can name %(names)s.")


class NamesNothing(Refused):
    code = "names_nothing"
    message = _("This text has nothing to put in for %(unknown)s. Take the braces away.")


class NoSuchLanguage(Refused):
    code = "no_such_language"
    message = _("«%(value)s» is not one of the languages here.")


def set_wordings(wording: Wording, texts: dict[str, str], *, by: Person | None, now: datetime) -> None:
    """Set the own text of `wording` in each language of `texts`, all or none; an empty one goes back to ours.

    A text equal to ours is ours: it then follows our translations. Raises NotAllowed, and with the language as its
    `field` WordingTooLong, NamesUnknown, NamesNothing, NoSuchLanguage.
    """
    require_manager(by)
    with transaction.atomic():
        for language, text in texts.items():
            _set(wording, language, _checked(wording, language, text), by, now)


def _checked(wording: Wording, language: str, text: str) -> str:
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    refusal: Refused | None = None
    if language not in dict(settings.LANGUAGES):
        refusal = NoSuchLanguage(value=language)
    elif len(text) > wording.longest:
        refusal = WordingTooLong(length=len(text), longest=wording.longest)
    elif unknown := unknown_names(text, wording):
        named = ", ".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        names = ", ".join(f"{{{name}}}" for name in wording.names)
        refusal = NamesUnknown(unknown=named, names=names) if names else NamesNothing(unknown=named)
    if refusal is not None:
        refusal.field = language
        raise refusal
    with override(language):
        return "" if text == str(wording.default) else text


def _set(wording: Wording, language: str, text: str, by: Person | None, now: datetime) -> None:
    own = OwnWording.objects.select_for_update().filter(key=wording.key, language=language).first()
    if own is None and text:
        log_created(OwnWording.objects.create(key=wording.key, language=language, text=text), by=by, now=now)
    elif own is not None and not text:
        log_removed(own, by=by, now=now)
        own.delete()
    elif own is not None:
        before = values_of(own)
        own.text = text
        own.save(update_fields=["text"])
        log_changed(own, before, by=by, now=now)
