"""What comes in: a form's fields as a card, with one sentence for each thing that is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.utils.translation import gettext as _

from feedback.actions.correcting import Upload
from feedback.actions.intake import Intake
from feedback.actions.taking_requests import MOST_PICTURES, Sent
from feedback.deadlines import Contact
from feedback.forms.citizen import check_phone
from feedback.forms.files import FilesField
from feedback.georeport.moments import moment_of, written
from feedback.models import Card, OfferedService, ServiceQuestion
from feedback.open311.answering import Fault
from feedback.open311.asking import given
from feedback.open311.telling import LONGEST_DESCRIPTION
from feedback.request_queries import Service
from feedback.workflow import Channel

LONGEST_ANSWER = 1000
LONGEST_NUMBER = 100
NUMBER_OF_THEIRS = "fixmystreet_id"
"""The attribute in which FixMyStreet sends its own number, where the definition asks for it."""

Type = ServiceQuestion.Datatype


class Faults:
    """Sentences on what is wrong, gathered; none may be lost behind the first."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def add(self, sentence: object) -> None:
        self.sentences.append(str(sentence))


def sent_request(request: HttpRequest, service: Service, *, language: str) -> Sent:
    """Read a new request for `service`. Raises Fault (400) with a sentence for each wrong field."""
    faults = Faults()
    description = given(request, "description").replace("\r\n", "\n")
    if len(description) > LONGEST_DESCRIPTION:
        faults.add(_("The description is longer than %(most)s characters.") % {"most": LONGEST_DESCRIPTION})
    latitude, longitude = _position(request, faults)
    address = given(request, "address_string", "address", "address_id")
    _check_place(service, latitude is not None, bool(address), faults)
    answers = [pair for question in service.questions if (pair := _answer(request, question, faults))]
    their_id = given(request, f"attribute[{NUMBER_OF_THEIRS}]")
    if len(their_id) > LONGEST_NUMBER:
        faults.add(_("attribute[%(code)s] is too long.") % {"code": NUMBER_OF_THEIRS})
    contact = _contact(request, faults)
    uploads = _uploads(request, faults)
    pictures = _pictures(request, faults)
    if faults.sentences:
        raise Fault(400, *faults.sentences)
    longest = int(Card._meta.get_field("place").max_length or 0)
    parts = [
        description or str(service.category),
        "\n".join(f"{question}: {answer}" for question, answer in answers),
        address if len(address) > longest else "",
    ]
    intake = Intake(
        channel=Channel.OPEN311,
        text="\n\n".join(part for part in parts if part),
        category=service.category,
        language=language,
        contact=contact,
        place=address,
        latitude=latitude,
        longitude=longitude,
    )
    return Sent(intake, _digest(request), their_id=their_id, uploads=uploads, pictures=pictures)


def _position(request: HttpRequest, faults: Faults) -> tuple[Decimal | None, Decimal | None]:
    """Return both or neither: degrees of WGS 84, to a tenth of a metre."""
    latitude, longitude = given(request, "lat"), given(request, "long")
    if not latitude and not longitude:
        return None, None
    if not latitude or not longitude:
        faults.add(_("lat and long belong together."))
        return None, None
    try:
        pair = Decimal(latitude[:40]), Decimal(longitude[:40])
        if not (abs(pair[0]) <= 90 and abs(pair[1]) <= 180):
            raise ValueError
        step = Decimal("0.000001")
        return pair[0].quantize(step), pair[1].quantize(step)
    except (InvalidOperation, ValueError):
        faults.add(_("lat is a number from -90 to 90, and long one from -180 to 180, with a point for the decimals."))
        return None, None


def _check_place(service: Service, has_position: bool, has_address: bool, faults: Faults) -> None:
    Place = OfferedService.Place
    if service.offered.place == Place.POSITION and not has_position:
        faults.add(_("Say where: this service needs lat and long."))
    if service.offered.place == Place.ANY and not (has_position or has_address):
        faults.add(_("Say where: lat and long, address_string or address_id."))


def _answer(request: HttpRequest, question: ServiceQuestion, faults: Faults) -> tuple[str, str] | None:
    """Return a question with its answer as people read it; None where it was not asked or not answered."""
    code = question.code
    said = [
        value.replace("\x00", "").strip()
        for name in (f"attribute[{code}]", f"attribute[{code}][]")
        for value in request.POST.getlist(name)
    ]
    said = [value for value in said if value]
    if not question.is_asked:
        return None
    if not said:
        if question.is_required:
            faults.add(_("attribute[%(code)s] is compulsory: %(question)s") % {"code": code, "question": question.text})
        return None
    try:
        answer = _checked(question, said)
    except ValueError:
        faults.add(
            _("attribute[%(code)s] is no %(datatype)s that is taken here.")
            % {"code": code, "datatype": question.datatype}
        )
        return None
    return None if code == NUMBER_OF_THEIRS else (question.text, answer)


def _checked(question: ServiceQuestion, said: Sequence[str]) -> str:
    names = {str(key): str(name) for key, name in question.options}
    if question.datatype == Type.MULTI:
        if set(said) - set(names):
            raise ValueError(said)
        return ", ".join(names[key] for key in dict.fromkeys(said))
    if len(said) > 1 or len(said[0]) > LONGEST_ANSWER:
        raise ValueError(said)
    [value] = said
    if question.datatype == Type.SINGLE:
        if value not in names:
            raise ValueError(value)
        return names[value]
    if question.datatype == Type.NUMBER:
        try:
            if not Decimal(value).is_finite():
                raise ValueError(value)
        except InvalidOperation:
            raise ValueError(value) from None
    elif question.datatype == Type.DATETIME:
        return written(moment_of(value)) or ""
    elif question.datatype == Type.STRING and "\n" in value:
        raise ValueError(value)
    return value


def _contact(request: HttpRequest, faults: Faults) -> Contact:
    email, phone = given(request, "email"), given(request, "phone")
    name = " ".join(part for part in (given(request, "first_name"), given(request, "last_name")) if part)
    for check, value in ((validate_email, email), (check_phone, phone)):
        try:
            if value:
                check(value)
        except ValidationError as error:
            for sentence in error.messages:
                faults.add(sentence)
    return Contact(name=name, email=email, phone=phone)


def _uploads(request: HttpRequest, faults: Faults) -> list[Upload]:
    """Return the files, whatever their fields are called: some say `media`, some number them."""
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if not files:
        return []
    try:
        return list(FilesField().clean(files))
    except ValidationError as error:
        for sentence in error.messages:
            faults.add(sentence)
        return []


def _pictures(request: HttpRequest, faults: Faults) -> list[str]:
    """Return the addresses of pictures; whether they lead anywhere is found out later, outside the request."""
    said = [value.strip() for value in request.POST.getlist("media_url") if value.strip()]
    if len(said) > MOST_PICTURES:
        faults.add(_("At most %(most)s pictures go with a request.") % {"most": MOST_PICTURES})
    for address in said:
        try:
            parts = urlsplit(address)
            sound = parts.scheme in ("http", "https") and bool(parts.hostname) and len(address) <= 2000
        except ValueError:
            sound = False
        if not sound or any(ord(sign) <= 32 for sign in address):
            faults.add(_("media_url is the address of a picture, beginning with https://."))
    return list(dict.fromkeys(said))


def _digest(request: HttpRequest) -> str:
    """Return what the same request sent again has in common with this one: all fields but the key, and the files."""
    fields = sorted((name, values) for name, values in request.POST.lists() if name != "api_key")
    files = []
    for name in sorted(request.FILES):
        for file in request.FILES.getlist(name):
            file.seek(0)
            files.append([name, hashlib.sha256(file.read()).hexdigest()])
            file.seek(0)
    return hashlib.sha256(json.dumps([fields, files]).encode(errors="surrogatepass")).hexdigest()
