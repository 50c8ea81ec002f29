"""Cards from an older system: a file is checked, or read in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback.forms.importing import ImportCardsForm
from feedback.importing.faults import CannotImport, MappingFault
from feedback.importing.loading import import_cards
from feedback.importing.mapping import mapping_of, toml_of
from feedback.importing.own_columns import own_mapping, template
from feedback.importing.report import Report
from organisation.errors import Refused
from organisation.views.access import administrator
from organisation.views.answering import show_refusal
from organisation.views.downloads import as_csv
from organisation.views.uploads import is_larger, laid_down

SHOWN = 200
"""Lines with faults that the page shows."""
MOST_MB = 10
"""Of a file in the page, which the reader waits for; `manage.py import_cards` takes any."""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """Check a file of cards, or read it in. Lines that cannot be cards are told one by one; the others are taken."""
    administrator(request)
    form = ImportCardsForm(request.POST or None, request.FILES or None)
    report: Report | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            report = _read(form, dry_run=request.POST.get("do") != "read")
        if report is not None:
            status = 200 if report.imported or report.already_there else 422
            if not report.dry_run and not report.problems:
                messages.success(request, " ".join(report.sums()))
                return redirect("feedback:import_cards")
    context: dict[str, Any] = {"section": "administration", "form": form, "report": report, "most": MOST_MB}
    if report is not None:
        context |= {"shown": report.problems[:SHOWN], "more": max(0, len(report.problems) - SHOWN)}
    return render(request, "feedback/administration/import.html", context, status=status)


def _read(form: ImportCardsForm, *, dry_run: bool) -> Report | None:
    """Return what came of it; None, with the sentence at the field, where the file as a whole cannot be read."""
    file: UploadedFile = form.cleaned_data["file"]
    if is_larger(file, MOST_MB):
        form.add_error(
            "file", _("The file is larger than %(most)s MB. The command import_cards takes it.") % {"most": MOST_MB}
        )
        return None
    mapping = form.cleaned_data["mapping"]
    with laid_down(file) as path:
        try:
            theirs = mapping_of(toml_of(mapping)) if mapping.strip() else None
            chosen = theirs or own_mapping(path, form.cleaned_data["source"])
            return import_cards(path, chosen, now=timezone.now(), dry_run=dry_run)
        except MappingFault as fault:
            form.add_error("mapping" if mapping.strip() else "file", str(fault))
        except CannotImport as fault:
            form.add_error("file", str(fault))
        except Refused as refusal:
            show_refusal(form, refusal)
    return None


@login_required
@never_cache
@require_safe
def template_file(request: HttpRequest) -> HttpResponse:
    """A file to begin with."""
    administrator(request)
    return as_csv(template().content(), name=f"{_('cards')}.csv")
