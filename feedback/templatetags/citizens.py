"""What citizens are told, on pages: a story's state and headings, the languages of a mailing."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from feedback.forms.register import LANGUAGES
from feedback.models import Story
from organisation.templatetags.page import tag

register = template.Library()

_STATES = {
    Story.State.DRAFT: ("○", "warning"),
    Story.State.PUBLISHED: ("✓", "success"),
    Story.State.WITHDRAWN: ("■", "neutral"),
}


@register.simple_tag
def story_tag(story: Story) -> SafeString:
    """Where the story stands."""
    state = Story.State(story.state)
    sign, colour = _STATES[state]
    return tag(state.label, colour, sign)


@register.simple_tag
def you_said(story: Story) -> str:
    """The heading of what was said, in the story's own language."""
    with override(story.language):
        return _("You said")


@register.simple_tag
def we_did(story: Story) -> str:
    """The heading of what was done, in the story's own language."""
    with override(story.language):
        return _("We did")


@register.filter
def language_names(codes: Iterable[str]) -> str:
    """«Bokmål, engelsk» of codes."""
    return ", ".join(str(name) for code, name in LANGUAGES if code in codes)
