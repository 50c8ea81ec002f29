"""Files as evidence of actions and criteria: by content, with a limit, without what a picture tells, for those who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from reporting.actions.assessments import Judged, record_assessment, remove_assessment
from reporting.models import Assessment, CriterionFile, Initiative, InitiativeEvidence
from tests.factories import Solvik
from tests.pictures import photo
from tests.reporting.plans import an_action
from tests.reporting.scorecards import NOW

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = str(tmp_path)
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def action(solvik: Solvik) -> Initiative:
    return an_action(solvik.roads)


def signed_in(person: Any) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="nb")
    client.force_login(person)
    return client


def file(content: bytes, name: str = "Bevis på det.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def on_disk(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_pdf_is_kept_handed_out_and_taken_away(
    action: Initiative, solvik: Solvik, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    leader, here = signed_in(solvik.roads_leader), f"/staff/actions/{action.pk}/evidence/"
    assert leader.post(here, {"upload": file(PDF)}).status_code == 302
    kept = InitiativeEvidence.objects.get()
    assert (kept.name, kept.content_type, kept.size) == ("Bevis på det.pdf", "application/pdf", len(PDF))
    assert "Bevis" not in kept.file.name
    page = leader.get(f"/staff/actions/{action.pk}/").content.decode()
    assert f'href="{here}{kept.pk}/file/"' in page
    answer = signed_in(solvik.reader).get(f"{here}{kept.pk}/file/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], "sandbox" in answer["Content-Security-Policy"]) == ("nosniff", True)
    assert signed_in(solvik.handler).get(f"{here}{kept.pk}/file/").status_code == 403
    assert leader.get(f"/staff/actions/{an_action(solvik.roads).pk}/evidence/{kept.pk}/file/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert leader.post(f"{here}{kept.pk}/remove/").status_code == 302
    assert (InitiativeEvidence.objects.count(), on_disk(tmp_path)) == (0, [])


def test_a_picture_is_drawn_anew_without_where_it_was_taken(action: Initiative, solvik: Solvik) -> None:
    content = photo((40, 30))
    with Image.open(photo((40, 30))) as told:
        assert told.getexif()
    signed_in(solvik.roads_leader).post(
        f"/staff/actions/{action.pk}/evidence/", {"evidence": "Kartet", "upload": file(content.getvalue(), "kart.jpg")}
    )
    kept = InitiativeEvidence.objects.get()
    assert (kept.text, kept.content_type) == ("Kartet", "image/jpeg")
    with kept.file.open() as stored, Image.open(stored) as picture:
        assert not picture.getexif()


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"<script>alert(1)</script>", "bilde.jpg"), (b"", "tom.pdf"), (b"\xff\xd8\xff broken", "bilde.jpg")],
)
def test_what_is_no_picture_and_no_pdf_is_refused_and_nothing_typed_is_lost(
    action: Initiative, solvik: Solvik, content: bytes, name: str, tmp_path: Path
) -> None:
    answer = signed_in(solvik.roads_leader).post(
        f"/staff/actions/{action.pk}/evidence/", {"evidence": "Kartet på veggen", "upload": file(content, name)}
    )
    page = answer.content.decode()
    assert (answer.status_code, name in page, 'value="Kartet på veggen"' in page) == (422, True, True)
    assert 'href="#evidence_upload"' in page
    assert (InitiativeEvidence.objects.count(), on_disk(tmp_path)) == (0, [])


def test_nothing_at_all_is_refused(action: Initiative, solvik: Solvik) -> None:
    answer = signed_in(solvik.roads_leader).post(f"/staff/actions/{action.pk}/evidence/", {})
    assert answer.status_code == 422
    assert "velg en fil" in answer.content.decode()


def test_files_of_criteria(solvik: Solvik, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> None:
    form = Assessment(version="kommunekompasset-2020", year=2025).form
    made = record_assessment(Judged(form.key, 2025, total=500), by=None, now=NOW, this_year=2026)
    area, other = form.areas[0], form.areas[1]
    admin, here = signed_in(solvik.administrator), f"/staff/assessments/{made.pk}/{area.key}/"
    wrong = admin.post(f"{here}files/", {"criterion": other.criteria[0].key, "upload": file(PDF)})
    assert (wrong.status_code, CriterionFile.objects.count()) == (422, 0)
    assert 'href="#file_criterion"' in wrong.content.decode()
    assert admin.post(f"{here}files/", {"criterion": area.criteria[0].key}).status_code == 422
    good = {"criterion": area.criteria[0].key, "upload": file(PDF)}
    assert signed_in(solvik.reader).post(f"{here}files/", good).status_code == 403
    good["upload"] = file(PDF)
    assert admin.post(f"{here}files/", good)["Location"] == f"{here}#files"
    kept = CriterionFile.objects.get()
    reader = signed_in(solvik.reader)
    page = reader.get(here).content.decode()
    assert ("Bevis på det.pdf" in page, "Legg til en fil" in page) == (True, False)
    assert b"".join(reader.get(f"/staff/assessments/{made.pk}/files/{kept.pk}/").streaming_content) == PDF
    assert signed_in(solvik.handler).get(f"/staff/assessments/{made.pk}/files/{kept.pk}/").status_code == 403
    assert reader.post(f"/staff/assessments/{made.pk}/files/{kept.pk}/remove/").status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(f"/staff/assessments/{made.pk}/files/{kept.pk}/remove/")
    assert (CriterionFile.objects.count(), on_disk(tmp_path)) == (0, [])
    admin.post(f"{here}files/", {"criterion": area.criteria[0].key, "upload": file(PDF)})
    with django_capture_on_commit_callbacks(execute=True):
        remove_assessment(made, by=None, now=NOW)
    assert on_disk(tmp_path) == []
