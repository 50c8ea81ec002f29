"""Make reports, write to them, publish them. The figures of a version are computed by a worker, and stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from organisation.actions.changes import log_changed, log_created, log_removed, values_of
from organisation.errors import Refused
from organisation.models import Person
from organisation.nudging import nudge_on_commit
from organisation.outbox.queueing import queue_mails
from organisation.permissions import Role
from organisation.queries import municipality, people_with
from organisation.replica import JOB_WAITS, read_figures
from organisation.snapshots import one_snapshot
from organisation.waiting import Claimed, compute_waiting
from reporting.documents import Document
from reporting.mails import draft_waits
from reporting.models import Report, ReportVersion
from reporting.periods import Every, Period, before, period_of
from reporting.report_building import build
from reporting.report_names import Asked, Kind
from reporting.report_queries import OfWhat, scope_of
from reporting.rules import require_manager
from surveys.questionnaires import text_in

State = ReportVersion.State
TASK = "reporting.compute_reports"
LONGEST_TEXT = 6000
LONGEST_REASON = 1000
FURTHEST = timedelta(days=366)
DAYS_AFTER = 3
"""Reports are made on the third day after the period: callbacks of its last days are written down by then."""

Texts = Mapping[str, Mapping[str, str]]
"""The staff's texts by section and language."""


class ReportThere(Refused):
    code = "report_there"
    message = _("There is such a report already. Open it, and make a new version of it.")


class NothingOfIt(Refused):
    code = "nothing_of_it"
    field = "what"
    message = _("There is no such unit, scorecard, assessment or group. Choose one.")


class DoesNotFit(Refused):
    code = "does_not_fit"
    field = "period"
    message = _("A report of this kind is of a whole year. Choose a year.")


class NotBegun(Refused):
    code = "not_begun"
    field = "period"
    message = _("The period has not begun. There is nothing to count yet.")


class BeingComputed(Refused):
    """Twice at once."""

    code = "being_computed"
    message = _("The figures are being computed already. Wait until they are there.")


class DraftThere(Refused):
    code = "draft_there"
    message = _("There is a draft of a new version already. Publish it or throw it away first.")


class NoReportDraft(Refused):
    code = "no_draft"
    message = _("There is no draft. Make a new version first.")


class FiguresMissing(Refused):
    code = "figures_missing"
    message = _("The figures are not computed yet. Publish the report when they are, and you have looked at it.")


class TextsChanged(Refused):
    """Two wrote at once."""

    code = "texts_changed"
    message = _(
        "Somebody else has saved the texts since you opened the page. What you wrote stands below, and what is saved beside "
        "it. Put them together, and save once more."
    )


class TextTooLong(Refused):
    code = "text_too_long"
    message = _("The text is longer than %(longest)s characters.")

    def __init__(self, field: str) -> None:
        super().__init__(longest=LONGEST_TEXT)
        self.field = field


class DayIsPast(Refused):
    code = "day_is_past"
    field = "publish_on"
    message = _("The day is past. Choose today or later.")


class DayIsFar(Refused):
    code = "day_is_far"
    field = "publish_on"
    message = _("The day is more than a year ahead.")


class ReasonMissing(Refused):
    code = "reason_missing"
    field = "reason"
    message = _("Write why. Those who read the report see it.")


class ReasonTooLong(Refused):
    code = "reason_too_long"
    field = "reason"
    message = _("The reason is longer than %(longest)s characters.")


class NotOut(Refused):
    code = "not_out"
    message = _("This version is not published.")


class AlreadyOut(Refused):
    code = "already_out"
    message = _("The day has come: the report is out. It can be withdrawn, with a reason.")


def make_report(asked: Asked, *, by: Person | None, now: datetime) -> Report:
    """Make a report, and have a worker compute its figures. `by` is None for the schedule.

    Raises NotAllowed, DoesNotFit, NothingOfIt, NotBegun, ReportThere.
    """
    require_manager(by)
    if not asked.fits:
        raise DoesNotFit
    of = OfWhat(asked)
    if not of.found:
        raise NothingOfIt
    if asked.period.first >= _today(now):
        raise NotBegun
    period = asked.period
    try:
        with transaction.atomic():
            report = Report.objects.create(
                name=asked.name, kind=asked.kind, year=period.year, every=period.every, number=period.number,
                unit=of.unit or (of.scorecard.unit if of.scorecard else None), scorecard=of.scorecard,
                assessment=of.assessment, group=of.group, made_at=now,
            )  # fmt: skip
            log_created(report, by=by, now=now)
            ReportVersion.objects.create(report=report, made_at=now, made_by=by)
            nudge_on_commit(TASK)
    except IntegrityError as error:
        if Report.objects.filter(name=asked.name).exists():
            raise ReportThere from error
        raise
    return report


def start_version(report: Report, *, reason: str, by: Person | None, now: datetime) -> ReportVersion:
    """Begin a new version: figures computed anew, the texts as they were. What is out stays out until it is published.

    Raises NotAllowed, ReasonMissing, ReasonTooLong, DraftThere.
    """
    require_manager(by)
    why = _clean_reason(reason)
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        held = _held(report)
        if _draft(held) is not None:
            raise DraftThere
        latest = held.versions.order_by("-number").defer("figures").first()
        made = ReportVersion.objects.create(
            report=held,
            number=(held.versions.aggregate(last=Max("number"))["last"] or 0) + 1,
            reason=why,
            texts=latest.texts if latest else {},
            made_at=now,
            made_by=by,
        )
        nudge_on_commit(TASK)
    return made


def compute_again(report: Report, *, by: Person | None, now: datetime) -> None:
    """Have the draft's figures computed anew. The texts stay. Raises NotAllowed, NoReportDraft, BeingComputed."""
    require_manager(by)
    with transaction.atomic():
        draft = _draft(_held(report))
        if draft is None:
            raise NoReportDraft
        if draft.is_being_computed:
            raise BeingComputed
        draft.state, draft.sentence, draft.done, draft.total = State.WAITING, "", 0, 0
        draft.save(update_fields=["state", "sentence", "done", "total"])
        nudge_on_commit(TASK)


def write_texts(report: Report, texts: Texts, *, seen: int, by: Person | None, now: datetime) -> ReportVersion:
    """Keep the staff's texts of the draft. `seen` is how often they had been saved when the page was opened.

    Raises NotAllowed, NoReportDraft, TextTooLong, TextsChanged.
    """
    require_manager(by)
    kept = {}
    for section, words in texts.items():
        clean = {language: text.replace("\x00", "").strip() for language, text in words.items()}
        for language, text in clean.items():
            if len(text) > LONGEST_TEXT:
                raise TextTooLong(f"{section}__{language}")
        if clean := {language: text for language, text in clean.items() if text}:
            kept[section] = clean
    with transaction.atomic():
        draft = _draft(_held(report))
        if draft is None:
            raise NoReportDraft
        if draft.texts_saved != seen:
            raise TextsChanged
        before_it = values_of(draft)
        draft.texts, draft.texts_saved = kept, seen + 1
        draft.save(update_fields=["texts", "texts_saved"])
        log_changed(draft, before_it, by=by, now=now)
    return draft


def publish_report(
    report: Report, *, publish_on: date, public: bool, by: Person | None, now: datetime
) -> ReportVersion:
    """Publish the draft with the figures that were looked at. `public`: for everybody, from the day on; else for the staff.

    Raises NotAllowed, DayIsPast, DayIsFar, NoReportDraft, FiguresMissing.
    """
    require_manager(by)
    today = _today(now)
    if publish_on < today:
        raise DayIsPast
    if publish_on > today + FURTHEST:
        raise DayIsFar
    with transaction.atomic():
        held = _held(report)
        draft = _draft(held)
        if draft is None:
            raise NoReportDraft
        if draft.state != State.COMPUTED:
            raise FiguresMissing
        before_it = values_of(draft)
        draft.state, draft.publish_on, draft.published_at, draft.published_by = State.PUBLISHED, publish_on, now, by
        draft.save(update_fields=["state", "publish_on", "published_at", "published_by"])
        log_changed(draft, before_it, by=by, now=now)
        _set_public(held, public, by=by, now=now)
    return draft


def _set_public(report: Report, public: bool, *, by: Person | None, now: datetime) -> None:
    if report.public != public:
        before_it = values_of(report)
        report.public = public
        report.save(update_fields=["public"])
        log_changed(report, before_it, by=by, now=now)


def take_back_report(report: Report, *, by: Person | None, now: datetime) -> ReportVersion:
    """Make a draft again of the version whose day has not come. Raises NotAllowed, NotOut, AlreadyOut, DraftThere."""
    require_manager(by)
    with transaction.atomic():
        held = _held(report)
        if _draft(held) is not None:
            raise DraftThere
        latest = _latest_published(held)
        if latest is None:
            raise NotOut
        if latest.publish_on is None or latest.publish_on <= _today(now):
            raise AlreadyOut
        before_it = values_of(latest)
        latest.state, latest.publish_on, latest.published_at, latest.published_by = State.COMPUTED, None, None, None
        latest.save(update_fields=["state", "publish_on", "published_at", "published_by"])
        log_changed(latest, before_it, by=by, now=now)
    return latest


def withdraw_report(report: Report, *, reason: str, by: Person | None, now: datetime) -> ReportVersion:
    """Show everybody nothing but `reason` in place of the latest version. The staff can read it still.

    Raises NotAllowed, ReasonMissing, ReasonTooLong, NotOut.
    """
    require_manager(by)
    why = _clean_reason(reason)
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        latest = _latest_published(_held(report))
        if latest is None or latest.withdrawn_at is not None:
            raise NotOut
        before_it = values_of(latest)
        latest.withdrawn_at, latest.withdrawn_because = now, why
        latest.save(update_fields=["withdrawn_at", "withdrawn_because"])
        log_changed(latest, before_it, by=by, now=now)
    return latest


def throw_report_draft_away(report: Report, *, by: Person | None, now: datetime) -> bool:
    """Throw the draft away, and the report with it where nothing of it was ever published. Return whether it stays.

    Raises NotAllowed, NoReportDraft.
    """
    require_manager(by)
    with transaction.atomic():
        held = _held(report)
        draft = _draft(held)
        if draft is None:
            raise NoReportDraft
        log_removed(draft, by=by, now=now)
        draft.delete()
        stays = held.versions.exists()
        if not stays:
            log_removed(held, by=by, now=now)
            held.delete()
    return stays


def make_due_reports(*, now: datetime) -> list[Report]:
    """Make the reports that are due and are not there: of the quarter that is over, and in January of the year.

    Running it twice makes nothing more. A report that somebody threw away while it was due comes again.
    """
    today = _today(now)
    quarter = before(period_of(today, Every.QUARTER))
    due = [Asked(Kind.CARDS, quarter)]
    if today.month == 1:
        due.append(Asked(Kind.ANNUAL, Period(today.year - 1)))
    made = []
    for asked in due:
        if today < asked.period.last + timedelta(days=DAYS_AFTER) or Report.objects.filter(name=asked.name).exists():
            continue
        try:
            made.append(make_report(asked, by=None, now=now))
        except ReportThere:
            continue  # somebody made it this moment
    return made


def compute_waiting_reports(*, now: datetime) -> int:
    """Compute the figures of the versions that wait, one at a time, and return how many. Safe to run twice and at once.

    All sections of a version read the database as it stood at one moment.
    """
    rows = ReportVersion.objects.select_related(
        "report__unit", "report__scorecard__unit", "report__assessment", "report__group"
    ).defer("figures")
    return compute_waiting(rows, lambda claimed: _compute(claimed, now), order="made_at", now=now)


def _compute(claimed: Claimed[ReportVersion], now: datetime) -> None:
    version, house = claimed.row, municipality()

    def built() -> Document:
        with one_snapshot() as apart:

            def progress(done: int, total: int) -> None:
                apart(lambda: claimed.progress(done, total))

            return build(scope_of(version.report, house, now), progress=progress)

    document = read_figures(built, wait=JOB_WAITS)
    with transaction.atomic():
        kept = claimed.write(
            state=State.COMPUTED,
            figures=document.as_json(),
            code_version=settings.VERSION,
            computed_at=now,
            sentence="",
        )
        if kept and version.made_by_id is None:
            _tell(version, document, now)


def _tell(version: ReportVersion, document: Document, now: datetime) -> None:
    house = municipality()
    queue_mails(
        [
            draft_waits(version, text_in(document.title, person.language), person, house)
            for person in people_with(Role.QUALITY_ADVISER)
        ],
        now=now,
    )


def _held(report: Report) -> Report:
    """The report, held until the transaction ends: one at a time works on it."""
    found = Report.objects.select_for_update(of=("self",)).filter(pk=report.pk).first()
    if found is None:
        raise NoReportDraft
    return found


def _draft(report: Report) -> ReportVersion | None:
    return ReportVersion.objects.select_for_update().filter(~Q(state=State.PUBLISHED), report=report).first()


def _latest_published(report: Report) -> ReportVersion | None:
    return ReportVersion.objects.filter(report=report, state=State.PUBLISHED).order_by("-number").first()


def _clean_reason(reason: str) -> str:
    kept = reason.replace("\x00", "").strip()
    if len(kept) > LONGEST_REASON:
        raise ReasonTooLong(longest=LONGEST_REASON)
    return kept


def _today(now: datetime) -> date:
    return now.astimezone(municipality().zone).date()
