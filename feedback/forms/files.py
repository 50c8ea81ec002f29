"""Files that come with a card: how many, how large, and of which type by what is in them, not by what they are called.

Pictures are drawn anew before they are kept: see `feedback.pictures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from feedback.actions.storing import Upload
from feedback.models import HeldUpload
from feedback.pictures import UnreadablePicture, clean_picture
from organisation.scanning import Infected, ScannerAway, TooLarge, looked_through

MOST = 5
LARGEST = 10 * 1024 * 1024
"""Bytes of one file."""

ACCEPT = ".jpg,.jpeg,.png,.webp,.heic,.heif,.pdf"
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


def type_by_content(start: bytes) -> str | None:
    """Return the media type that the first bytes of a file tell, or None where it is none of those we take."""
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS:
        return "image/heic"
    if start.startswith(b"%PDF-"):
        return "application/pdf"
    return None


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to five pictures or PDFs. Cleans to a list of `Upload`."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput(attrs={"accept": ACCEPT}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        """Return what can be stored. Raises ValidationError that names each file it is about.

        The good ones are in `accepted` even then, so that a form that keeps them need not ask for them again.
        """
        self.accepted: list[Upload] = []
        files = [file for file in (data if isinstance(data, (list, tuple)) else [data]) if file]
        if self.required and not files:
            raise ValidationError(_("Choose a file."), code="required")
        wrong = [too_many(len(files))] if len(files) > MOST else []
        for file in files[:MOST]:
            try:
                self.accepted.append(checked_file(file))
            except ValidationError as error:
                wrong.append(error)
                if error.code == ScannerAway.code:
                    break  # the same holds for the others, and each would wait for it
        if wrong:
            raise ValidationError(wrong)
        return self.accepted


class KeptFiles(forms.Form):
    """A form with `uploads` whose files are kept when it comes back: `held` came with an earlier try."""

    def __init__(self, *args: Any, held: Sequence[HeldUpload] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = list(held)

    @property
    def accepted(self) -> list[Upload]:
        """The files of this try that are good, whatever is wrong with the rest of the form."""
        return list(getattr(self.fields["uploads"], "accepted", []))

    def clean_uploads(self) -> list[Upload]:
        """Return the files of this try. Raises ValidationError where they are too many with those held."""
        uploads: list[Upload] = self.cleaned_data["uploads"]
        if (chosen := len(self.held) + len(uploads)) > MOST:
            raise too_many(chosen)
        return uploads


def too_many(chosen: int) -> ValidationError:
    """Return the error that says how many files go with a card."""
    return ValidationError(
        _("At most %(most)s files go with a card; you chose %(chosen)s."), params={"most": MOST, "chosen": chosen}
    )


def checked_file(file: UploadedFile, *, unscanned: bool | None = None) -> Upload:
    """Return one file as it can be stored. Raises ValidationError that names it.

    It is looked through for viruses, unless the caller did that with what it came in, and says what came of it.
    """
    name = (file.name or "").replace("\x00", "")
    if not file.size:
        raise ValidationError(_("«%(name)s» is empty."), params={"name": name})
    if file.size > LARGEST:
        raise ValidationError(
            _("«%(name)s» is larger than %(megabytes)s MB. Choose a smaller one."),
            params={"name": name, "megabytes": LARGEST // 1024 // 1024},
        )
    content_type = type_by_content(file.read(16))
    file.seek(0)
    if content_type is None:
        raise ValidationError(
            _("«%(name)s» is neither a picture (JPEG, PNG, WebP, HEIC) nor a PDF."), params={"name": name}
        )
    content = cast(BinaryIO, file)
    if unscanned is None:
        unscanned = not _looked_through(content, name)
    if not content_type.startswith("image/"):
        return Upload(name=name, content_type=content_type, content=content, unscanned=unscanned)
    try:
        picture = clean_picture(content)
    except UnreadablePicture:
        raise ValidationError(
            _("«%(name)s» cannot be shown as a picture. Choose another one."), params={"name": name}
        ) from None
    return Upload(
        name=f"{PurePath(name).stem}{picture.ending}", content_type=picture.content_type, content=picture.content,
        unscanned=unscanned,
    )  # fmt: skip


def _looked_through(content: BinaryIO, name: str) -> bool:
    try:
        return looked_through(content)
    except Infected:
        raise ValidationError(
            _("«%(name)s» contains a virus and was not taken. Choose another file, or send without it."),
            params={"name": name}, code="infected",
        ) from None  # fmt: skip
    except TooLarge:
        raise ValidationError(
            _("«%(name)s» is too large to be looked through for viruses. Choose a smaller one, or send without it."),
            params={"name": name}, code="too_large_to_scan",
        ) from None  # fmt: skip
    except ScannerAway as away:
        raise ValidationError(str(away), code=away.code) from None
