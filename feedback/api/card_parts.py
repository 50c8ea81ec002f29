"""What hangs on a card: its history, the calls that failed, its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError as WrongFile
from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback.actions.correcting import Upload, add_attachments
from feedback.api import step_documentation as docs
from feedback.api.callers import SeesCards, caller
from feedback.api.step_serializers import AttachmentSerializer, AttemptSerializer, EventSerializer
from feedback.api.steps import AttemptStep
from feedback.api.writes import card_called, write
from feedback.forms.files import FilesField
from feedback.models import Card
from feedback.queries import attachment_with_digest, attempts_of, events_of
from organisation.views.downloads import as_download


def _all(rows: Iterable[Any], serializer: Any, request: Request, card: Card) -> Response:
    """Everything in one page: a card has tens of these, not thousands."""
    data = serializer(rows, many=True, context={"request": request, "card": card}).data
    return Response({"next": None, "results": data})


class EventsView(APIView):
    """The card's history, the latest first."""

    permission_classes = [IsAuthenticated, SeesCards]

    @docs.events
    def get(self, request: Request, reference: str) -> Response:
        card = card_called(request, reference)
        return _all(events_of(card), EventSerializer, request, card)


@extend_schema_view(post=docs.attempt)
class AttemptsView(AttemptStep):
    """The calls that failed, undone ones too, and the way in for new ones."""

    @docs.attempts
    def get(self, request: Request, reference: str) -> Response:
        card = card_called(request, reference)
        return _all(attempts_of(card), AttemptSerializer, request, card)


class AttachmentsView(APIView):
    """The card's files, and the way in for new ones."""

    permission_classes = [IsAuthenticated, SeesCards]
    parser_classes = [MultiPartParser]

    @docs.attachments
    def get(self, request: Request, reference: str) -> Response:
        card = card_called(request, reference)
        return _all(card.attachments.all(), AttachmentSerializer, request, card)

    @docs.attach
    def post(self, request: Request, reference: str) -> Response:
        uploads = _uploads(request)
        by, now = caller(request), timezone.now()
        return write(
            request,
            reference,
            lambda card: add_attachments(card, uploads, by=by, now=now),
            body=[_digest(upload) for upload in uploads],
        )


class AttachmentView(APIView):
    """One file, named by what is in it."""

    permission_classes = [IsAuthenticated, SeesCards]

    @docs.attachment
    def get(self, request: Request, reference: str, sha256: str) -> FileResponse:
        found = attachment_with_digest(card_called(request, reference), sha256)
        if found is None:
            raise Http404
        return as_download(found.file, name=found.name, content_type=found.content_type)


def _uploads(request: Request) -> list[Upload]:
    unknown = [name for name in (*request.data, *request.FILES) if name != "files"]
    if unknown:
        sentence = _("There is no field «%(name)s» here. The fields are: %(names)s.")
        raise ValidationError(
            {name[:100]: [sentence % {"name": name[:100], "names": "files"}] for name in unknown[:20]}
        )
    try:
        return FilesField().clean(request.FILES.getlist("files"))
    except WrongFile as error:
        raise ValidationError({"files": error.messages}, "invalid") from error


def _digest(upload: Upload) -> str:
    upload.content.seek(0)
    digest = hashlib.sha256(upload.content.read()).hexdigest()
    upload.content.seek(0)
    return digest
