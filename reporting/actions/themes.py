"""Make, change and order themes, and lay sources on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from feedback.queries import all_categories
from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.queries import municipality
from reporting.actions.base import Texts, name_texts, next_position, swap
from reporting.models import Theme, ThemeLink
from reporting.rules import require_manager
from reporting.usual_themes import USUAL, UsualTheme
from surveys.keys import key_from
from surveys.questionnaires import text_in

Laid = Mapping[str, Collection[str]]
"""Keys by side (`ThemeLink.Side`)."""


class ThemeKeyTaken(Refused):
    code = "key_taken"
    field = "key"
    message = _("There is a theme with the key «%(key)s» already.")


class SideUnknown(Refused):
    code = "side_unknown"
    field = "side"
    message = _("There is no side «%(side)s» from which a theme is seen.")


def create_theme(*, names: Texts, laid: Laid | None = None, key: str = "", by: Person | None, now: datetime) -> Theme:
    """Make a theme, the last. Its key is made of the name where none is given.

    Raises NotAllowed, TextMissing, TextTooLong, ThemeKeyTaken, SideUnknown.
    """
    require_manager(by)
    with transaction.atomic():
        words = name_texts(names)
        there = list(Theme.objects.all())
        taken = {theme.key for theme in there} | {"new", "usual", "order"}
        key = key.strip() or key_from(text_in(words, municipality().language), taken, otherwise="theme")
        if key in taken:
            raise ThemeKeyTaken(key=key)
        theme = Theme(key=key, names=words, position=next_position(there))
        theme.save(force_insert=True)
        log_created(theme, by=by, now=now)
        _lay(theme, laid or {}, by=by, now=now)
    return theme


def change_theme(theme: Theme, *, names: Texts, laid: Laid, by: Person | None, now: datetime) -> Theme:
    """Rename a theme, and lay exactly `laid` on it. Its key stays.

    Raises NotAllowed, TextMissing, TextTooLong, SideUnknown.
    """
    require_manager(by)
    with transaction.atomic():
        found = Theme.objects.select_for_update().get(pk=theme.pk)
        before = values_of(found)
        found.names = name_texts(names)
        found.save()
        log_changed(found, before, by=by, now=now)
        _lay(found, laid, by=by, now=now)
    return found


def remove_theme(theme: Theme, *, by: Person | None, now: datetime) -> None:
    """Take a theme away. All that is laid on it stays where it is. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        log_removed(theme, by=by, now=now)
        Theme.objects.filter(pk=theme.pk).delete()


def move_theme(theme: Theme, *, up: bool, by: Person | None, now: datetime) -> None:
    """Let a theme change places with the one before it or after it. Raises NotAllowed."""
    require_manager(by)
    with transaction.atomic():
        swap(list(Theme.objects.select_for_update()), theme.pk, up=up, by=by, now=now)


def know_usual_themes(*, by: Person | None, now: datetime) -> int:
    """Make the usual themes that are not there, with the categories that are. What is there stays as staff have it.

    Return how many were made. Raises NotAllowed.
    """
    require_manager(by)
    with transaction.atomic():
        there = set(Theme.objects.values_list("key", flat=True))
        categories = {category.code for category in all_categories()}
        missing = [usual for usual in USUAL if usual.key not in there]
        for usual in missing:
            laid = {
                ThemeLink.Side.SURVEY.value: usual.survey,
                ThemeLink.Side.ASSESSMENT.value: usual.assessment,
                ThemeLink.Side.INDICATOR.value: usual.indicator,
                ThemeLink.Side.CARDS.value: [code for code in usual.cards if code in categories],
            }
            create_theme(names=_names(usual), laid=laid, key=usual.key, by=by, now=now)
    return len(missing)


def _names(usual: UsualTheme) -> dict[str, str]:
    names = {}
    for code, _language in settings.LANGUAGES:
        with override(code):
            names[code] = str(usual.name)
    return names


def _lay(theme: Theme, laid: Laid, *, by: Person | None, now: datetime) -> None:
    for side in laid:
        if side not in ThemeLink.Side.values:
            raise SideUnknown(side=side)
    wanted = {(side, key) for side, keys in laid.items() for key in keys}
    there = {(link.side, link.key): link for link in ThemeLink.objects.filter(theme=theme)}
    for pair, link in there.items():
        if pair not in wanted:
            log_removed(link, by=by, now=now)
            link.delete()
    ordered = [(side, key) for side, keys in laid.items() for key in keys]
    for side, key in dict.fromkeys(ordered):
        if (side, key) not in there:
            link = ThemeLink(theme=theme, side=side, key=key)
            link.save(force_insert=True)
            log_created(link, by=by, now=now)
