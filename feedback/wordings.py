"""What of feedback's texts a municipality may word itself: see `organisation.wordings`. Pure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from organisation.wordings import Wording

_ON_PAGES = _("On the citizens' pages")
_READY = _("Texts ready to adapt")

WORDINGS = [
    Wording(
        key="page.intro",
        group=_ON_PAGES,
        title=_("Below the heading of the front page"),
        about=_("The first sentences that a citizen reads."),
        default=_(
            "Praise, blame, questions, ideas – or something to be put right. We read it all, and ring you if you wish."
        ),
        names=("municipality",),
    ),
    Wording(
        key="page.not_for",
        group=_ON_PAGES,
        title=_("What the scheme is not for"),
        about=_("One line on the front page."),
        default=_(
            "Not for applications or appeals against a decision: those have forms and deadlines of their own. "
            "Do not write birth numbers or about anybody's health."
        ),
        names=("municipality",),
        longest=400,
    ),
    Wording(
        key="answer.preliminary",
        group=_READY,
        title=_("Preliminary answer"),
        about=_("Offered where somebody writes a preliminary answer; always adapted before it goes."),
        default=_(
            "We are working on your message and need more time. We ring you when we know more, and not later than {day}."
        ),
        names=("day", "municipality", "unit"),
    ),
    Wording(
        key="answer.political",
        group=_READY,
        title=_("Answer to a political message"),
        about=_("Offered to the mayor's office; always adapted before it is used."),
        default=_(
            "Thank you for your message. What you raise is for the elected council to decide. "
            "{unit} has passed it on, and rings you to tell how it is taken further."
        ),
        names=("municipality", "unit"),
    ),
    Wording(
        key="answer.referred",
        group=_READY,
        title=_("Referred outside the municipality"),
        about=_("Offered where a card is referred to somebody else; always adapted before it goes."),
        default=_(
            "{body} answers for this, not {municipality}. We have told them of your message. "
            "Contact them if you want to know how it goes."
        ),
        names=("body", "municipality"),
    ),
]
