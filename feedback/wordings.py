"""What of feedback's texts a municipality may word itself: see `organisation.wordings`. Pure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from organisation.wordings import Wording

_ON_PAGES = _("On the citizens' pages")
_ON_CARD = _("On the paper card")
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
        about=_(
            "Offered where somebody writes a preliminary answer. Whoever sends it writes why in place of {why}; "
            "{day} becomes the expected day."
        ),
        default=_(
            "We are working on your message and need more time, because {why}. "
            "We ring you when we know more, and not later than {day}."
        ),
        names=("day", "municipality", "unit", "why"),
    ),
    Wording(
        key="answer.political",
        group=_READY,
        title=_("Preliminary answer to a political message"),
        about=_(
            "Offered for a message with political content, in place of the usual preliminary answer. Whoever sends it writes "
            "in place of {what} how it is taken further; {day} becomes the expected day."
        ),
        default=_(
            "Thank you for your message. What you raise is for the elected council to decide. {what}. "
            "{unit} rings you by {day} to tell how it went."
        ),
        names=("day", "municipality", "unit", "what"),
    ),
    Wording(
        key="answer.referred",
        group=_READY,
        title=_("Referred outside the municipality"),
        about=_(
            "Offered where a card is referred to somebody else. {body} becomes whom it is referred to; whoever sends it "
            "writes in place of {how} how they are reached."
        ),
        default=_(
            "{body} answers for this, not {municipality}. We have not sent your message on. You reach them like this: {how}."
        ),
        names=("body", "how", "municipality"),
    ),
    Wording(
        key="bodies.external",
        group=_READY,
        title=_("Whom cards are referred to"),
        about=_("Offered while one types whom a card is referred to: one on each line."),
        default=_("The road authority\nThe county\nThe power company\nThe police\nThe state administrator"),
    ),
    Wording(
        key="card.heading",
        group=_ON_CARD,
        title=_("Heading"),
        about=_("In large letters on the front of the card."),
        default=_("Tell the municipality"),
        names=("municipality",),
        longest=60,
    ),
    Wording(
        key="card.intro",
        group=_ON_CARD,
        title=_("Introduction"),
        about=_("Below the heading on the front of the card."),
        default=_(
            "Praise, blame, questions, ideas – or something to be put right. Write it here, fold the card, and post it or "
            "hand it in at the service centre. We read it all."
        ),
        names=("municipality",),
        longest=350,
    ),
    Wording(
        key="card.promise",
        group=_ON_CARD,
        title=_("Promise"),
        about=_("Above the lines for name and phone. Promise no more than the deadline that is set."),
        default=_("Write your {details}, and we ring you with an answer within {deadline} of getting the card."),
        names=("deadline", "details", "municipality"),
        longest=250,
    ),
    Wording(
        key="card.not_for",
        group=_ON_CARD,
        title=_("What not to write"),
        about=_("Below the question on the inside of the card."),
        default=_("Do not write birth numbers or about anybody's health. You need not say who you are."),
        names=("municipality",),
        longest=200,
    ),
    Wording(
        key="card.return_address",
        group=_ON_CARD,
        title=_("Return address"),
        about=_("Where the card goes when it is posted, as on an envelope."),
        default=_("{municipality}\n{address}"),
        names=("address", "municipality"),
        longest=200,
    ),
    Wording(
        key="card.postage",
        group=_ON_CARD,
        title=_("Where the stamp goes"),
        about=_(
            "In the corner of the address side. Where the municipality pays the postage, write what the post asks for."
        ),
        default=_("Stamp – or hand it in"),
        names=("municipality",),
        longest=80,
    ),
]
