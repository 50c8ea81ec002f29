"""A few mails that came to Solvik's mailbox and wait for a person, through the same door as real ones."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

from config.demo.plans import Story as Told
from feedback.models import Card
from feedback.receiving import receive
from feedback.workflow import State

ENCRYPTED = """\
From: Sivert Aune <sivert.aune@example.org>
To: post@solvik.example
Subject: =?utf-8?q?Sp=C3=B8rsm=C3=A5l_om_barnehageplass?=
Message-ID: <demo-encrypted@example.org>
MIME-Version: 1.0
Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"
Content-Transfer-Encoding: base64

MIAGCSqGSIb3DQEHA6CAMIACAQAxgDCB
"""


def mails_that_came(told: Told) -> None:
    """Let them come in during the morning of the story's day and the day before."""
    now = told.now
    receive(ENCRYPTED.encode(), now=now - timedelta(hours=20))
    open_cards = Card.objects.filter(state=State.FORWARDED, submitter__email__gt="").order_by("-registered_at", "-pk")
    closed = Card.objects.filter(state=State.CLOSED, submitter__email__gt="").order_by("-closed_at", "-pk")
    if (card := open_cards.select_related("submitter").first()) is not None:
        _come(
            "Hei, jeg er naboen og har sett det samme. Det er verst om kvelden.\n\n-- \nTorill",
            sender="Torill Vik <torill.vik@example.org>", subject=f"Om melding {card.reference}",
            number=1, told=told, hours=3,
        )  # fmt: skip
    if (card := closed.select_related("submitter").first()) is not None:
        _come(
            "Tusen takk for at dere ringte! Nå virker det igjen.\n\nSendt fra min iPhone",
            sender=f"{card.submitter.name} <{card.submitter.email}>", subject=f"SV: Melding {card.reference}",
            number=2, told=told, hours=2,
        )  # fmt: skip
    _come(
        "Kjære kunde! Du har vunnet en ny gressklipper. Svar innen midnatt.",
        sender="Store Premier <vinn@example.com>", subject="DU HAR VUNNET!!!",
        number=3, told=told, hours=1, headers={"X-Spam-Flag": "YES"},
    )  # fmt: skip


def _come(
    text: str, *, sender: str, subject: str, number: int, told: Told, hours: int, headers: dict[str, str] | None = None
) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "post@solvik.example", subject
    mail["Message-ID"] = f"<demo-{number}@example.org>"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    receive(mail.as_bytes(), now=told.now - timedelta(hours=hours))
