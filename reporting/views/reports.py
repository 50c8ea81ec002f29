"""Reports: the list, a new one, one to read, its texts, its publishing, its versions and files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organisation.models import Municipality, Person
from organisation.queries import all_units
from organisation.views.answering import answer, do, show_refusal
from reporting.actions import reports as actions
from reporting.forms.reports import NewReportForm, PublishReportForm, ReasonForm, TextsForm
from reporting.group_queries import groups
from reporting.models import Report, ReportVersion
from reporting.queries import scorecards
from reporting.report_files import report_json, report_pdf, report_xlsx
from reporting.report_pages import Edition, edition_of, shown
from reporting.report_queries import assessments_of_ours, report_called, reports_for, version_of
from reporting.rules import may_manage
from reporting.views.access import SECTION, managing, reading
from reporting.wording import period_said

PART = SECTION | {"part": "reports"}
KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def _language() -> str:
    return get_language() or "nb"


def _house(request: HttpRequest) -> Municipality:
    house: Municipality = request.municipality  # type: ignore[attr-defined]
    return house


def _report(person: Person, name: str) -> Report:
    found = report_called(person, name)
    if found is None:
        raise Http404
    return found


def _version(report: Report, asked: str) -> ReportVersion:
    """The version asked for, else the latest. Raises Http404."""
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 5):
        raise Http404
    found = version_of(report, int(asked) if asked else None)
    if found is None:
        raise Http404
    return found


def _draft(report: Report) -> ReportVersion | None:
    latest = next(iter(report.versions.all()), None)
    return latest if latest is not None and latest.is_draft else None


def _url(report: Report) -> str:
    return reverse("reporting:report", args=[report.name])


@login_required
@never_cache
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    """Show the reports that there are: of which period, and how far they are."""
    person = reading(request)
    today = timezone.localdate()
    rows = [
        {
            "report": report,
            "period": period_said(report.period, _language()),
            "versions": versions,
            "latest": versions[0] if versions else None,
            "is_out": bool(versions) and versions[0].is_out(today),
        }
        for report in reports_for(person)
        for versions in [list(report.versions.all())]
    ]
    return render(request, "reporting/reports/list.html", PART | {"rows": rows, "may_manage": may_manage(person)})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_report(request: HttpRequest) -> HttpResponse:
    """Ask of what, and have a worker make it."""
    person = managing(request)
    form = NewReportForm(
        request.POST if request.method == "POST" else None,
        today=timezone.localdate(),
        units=[unit for unit in all_units() if unit.closed_on is None],
        scorecards=list(scorecards()),
        groups=list(groups()),
        assessments=list(assessments_of_ours()),
        said=lambda period: period_said(period, _language()),
        language=_language(),
    )
    to = reverse("reporting:reports")
    if form.is_bound and form.is_valid():
        to = reverse("reporting:report", args=[form.asked().name])
    return answer(
        request,
        form,
        lambda: actions.make_report(form.asked(), by=person, now=timezone.now()),
        template="reporting/reports/new.html",
        context=lambda: PART,
        done="",
        to=to,
    )


@login_required
@never_cache
@require_safe
def report(request: HttpRequest, name: str) -> HttpResponse:
    """Show a report as it is read: the latest version, another that is asked for, or as everybody sees it."""
    person = reading(request)
    found = _report(person, name)
    version = _version(found, request.GET.get("version", ""))
    as_public = request.GET.get("as") == "public"
    edition = edition_of(version, public=as_public)
    context = PART | {
        "report": found,
        "version": version,
        "versions": list(found.versions.all()),
        "is_latest": version.number == max(each.number for each in found.versions.all()),
        "is_out": version.is_out(timezone.localdate()),
        "as_public": as_public,
        "shown": shown(edition, _language()) if edition else None,
        "title": shown(edition, _language()).title if edition else _title(found),
        "may_manage": may_manage(person),
    }
    return render(request, "reporting/reports/report.html", context)


def _title(report: Report) -> str:
    """What a report is called before its figures are there."""
    of = f", {report.unit.name}" if report.unit else ""
    return f"{report.get_kind_display()}{of}, {period_said(report.period, _language())}"


@login_required
@never_cache
@require_safe
def file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A version as PDF, spreadsheet or JSON."""
    person = reading(request)
    found = _report(person, name)
    version = _version(found, request.GET.get("version", ""))
    edition = edition_of(version, public=False)
    if edition is None or form not in KINDS:
        raise Http404
    return answer_file(edition, version, _house(request), form)


def answer_file(edition: Edition, version: ReportVersion, house: Municipality, form: str) -> HttpResponse:
    """Return the edition in the form that is asked for, named by report and version."""
    if form == "pdf":
        made_at = version.published_at or version.computed_at or version.made_at
        content: bytes | str = report_pdf(edition, house, _language(), made_at=made_at)
    else:
        content = report_xlsx(edition, _language()) if form == "xlsx" else report_json(edition)
    response = HttpResponse(content, content_type=KINDS[form])
    how = "attachment" if form == "xlsx" else "inline"
    response["Content-Disposition"] = f'{how}; filename="{edition.document.name}-v{version.number}.{form}"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: HttpRequest, name: str) -> HttpResponse:
    """Write to the draft. Where somebody else has saved since, both texts are shown and nothing is lost."""
    person = managing(request)
    found = _report(person, name)
    draft, house = _draft(found), _house(request)
    loaded = version_of(found, draft.number) if draft else None
    if loaded is None or loaded.document is None:
        messages.info(request, _("The texts are written to a draft whose figures are there."))
        return redirect(_url(found))
    form = TextsForm(
        request.POST if request.method == "POST" else None,
        document=loaded.document,
        texts=loaded.texts,
        languages=[house.language, *(code for code in house.languages if code != house.language)],
        language=_language(),
        seen=loaded.texts_saved,
    )
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                actions.write_texts(found, form.given(), seen=form.cleaned_data["seen"], by=person, now=timezone.now())
            except actions.TextsChanged as refusal:
                show_refusal(form, refusal)
                form.show_saved(loaded.texts, loaded.texts_saved)
            except actions.Refused as refusal:
                show_refusal(form, refusal)
            else:
                messages.success(request, _("The texts are saved."))
                return redirect(_url(found))
    context = PART | {"report": found, "form": form, "title": shown_title(loaded)}
    return render(request, "reporting/reports/texts.html", context, status=status)


def shown_title(version: ReportVersion) -> str:
    edition = edition_of(version, public=False)
    return shown(edition, _language()).title if edition else _title(version.report)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for the day and for whom, and publish the draft."""
    person = managing(request)
    found = _report(person, name)
    if _draft(found) is None:
        messages.info(request, _("There is no draft. Make a new version first."))
        return redirect(_url(found))
    form = PublishReportForm(
        request.POST if request.method == "POST" else None,
        initial={"publish_on": timezone.localdate(), "public": found.public},
    )
    return answer(
        request,
        form,
        lambda: actions.publish_report(
            found,
            publish_on=form.cleaned_data["publish_on"],
            public=form.cleaned_data["public"],
            by=person,
            now=timezone.now(),
        ),
        template="reporting/reports/publish.html",
        context=lambda: PART | {"report": found, "title": _title(found)},
        done=_("The report is published from the day that you chose."),
        to=_url(found),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_version(request: HttpRequest, name: str) -> HttpResponse:
    """Ask why, and begin a new version."""
    person = managing(request)
    found = _report(person, name)
    return _with_reason(
        request,
        found,
        lambda reason: actions.start_version(found, reason=reason, by=person, now=timezone.now()),
        title=_("New version"),
        label=_("Why there is a new version"),
        help_text=_("The figures are computed anew and the texts kept. What is published stays until the new one is."),
        button=_("Make a new version"),
        done="",
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, name: str) -> HttpResponse:
    """Ask why, and take away what is out."""
    person = managing(request)
    found = _report(person, name)
    return _with_reason(
        request,
        found,
        lambda reason: actions.withdraw_report(found, reason=reason, by=person, now=timezone.now()),
        title=_("Withdraw the report"),
        label=_("Why the report is withdrawn"),
        help_text=_("It stands on the public page in place of the report. You who see figures can read it still."),
        button=_("Withdraw the report"),
        done=_("The report is withdrawn."),
    )


def _with_reason(
    request: HttpRequest, found: Report, act: Any, *, title: str, label: str, help_text: str, button: str, done: str
) -> HttpResponse:
    form = ReasonForm(request.POST if request.method == "POST" else None, label=label, help_text=help_text)
    return answer(
        request,
        form,
        lambda: act(form.cleaned_data["reason"]),
        template="reporting/reports/reason.html",
        context=lambda: PART | {"report": found, "of": _title(found), "title": title, "button": button},
        done=done or _("A worker computes the figures."),
        to=_url(found),
    )


@login_required
@require_POST
def compute(request: HttpRequest, name: str) -> HttpResponse:
    """Have the draft's figures computed anew."""
    person = managing(request)
    found = _report(person, name)
    return do(
        request,
        lambda: actions.compute_again(found, by=person, now=timezone.now()),
        done="",
        to=_url(found),
    )


@login_required
@require_POST
def take_back(request: HttpRequest, name: str) -> HttpResponse:
    """Make a draft again of what waits for its day."""
    person = managing(request)
    found = _report(person, name)
    return do(
        request,
        lambda: actions.take_back_report(found, by=person, now=timezone.now()),
        done=_("The report is a draft again."),
        to=_url(found),
    )


@login_required
@require_POST
def throw_away(request: HttpRequest, name: str) -> HttpResponse:
    """Throw the draft away."""
    person = managing(request)
    found = _report(person, name)
    stays = len(found.versions.all()) > 1
    return do(
        request,
        lambda: actions.throw_report_draft_away(found, by=person, now=timezone.now()),
        done=_("The draft was thrown away."),
        to=_url(found) if stays else reverse("reporting:reports"),
    )
