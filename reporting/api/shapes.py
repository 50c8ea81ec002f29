"""The shape of the figures that go out. What is in them is made where the pages have it from: here it is only described."""

from __future__ import annotations

from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.serializers import (
    BooleanField,
    CharField,
    ChoiceField,
    DateField,
    DateTimeField,
    DictField,
    FloatField,
    IntegerField,
    ListField,
    Serializer,
    URLField,
)

from reporting.judging import Status, Turn
from reporting.models import Assessment, Evidence, Group, ReportVersion
from reporting.report_names import Kind
from reporting.scales import Direction, Origin, Perspective, Scale, Standing
from surveys.statistics.wording import Saying


class OneOf(ChoiceField):
    """A code out of an enumeration, whose names in the schema are those of ENUM_NAME_OVERRIDES."""

    def __init__(self, of: type[Enum], **kwargs: Any) -> None:
        choices = getattr(of, "choices", None) or [(each.value, each.name) for each in of]
        super().__init__(choices=choices, **kwargs)


def by_year(child: serializers.Field, **kwargs: Any) -> DictField:
    return DictField(child=child, **kwargs)


NULL: dict[str, Any] = {"allow_null": True}
UNIT = _("A unit's or sector's code; null is the whole municipality.")


# The schema finds them by these names (ENUM_NAME_OVERRIDES).
GroupKind, AssessmentKind, EvidenceStanding = Group.Kind, Assessment.Kind, Evidence.Standing


class Texts(DictField):
    """One text by language."""

    child = CharField()


class ChangeShape(Serializer):
    """The change since the result before the latest, years that were not measured left out."""

    amount = FloatField()
    since = IntegerField()
    until = IntegerField()
    turn = OneOf(Turn)


# --- Scorecards -------------------------------------------------------------------------------------------------------


class ScorecardSerializer(Serializer):
    """A scorecard of the whole municipality, or of one unit or sector."""

    key = CharField()
    name = CharField(help_text=_("In the caller's language."))
    unit = CharField(help_text=UNIT, **NULL)
    years = IntegerField(help_text=_("Years shown where none are asked for."))
    indicators = IntegerField(help_text=_("How many indicators stand on it."))
    url = URLField()


class ScorecardLine(Serializer):
    """One indicator of a scorecard. Values are rounded as everybody sees them, and judged so."""

    success_factor = CharField()
    indicator = CharField()
    key = CharField()
    scale = OneOf(Scale)
    direction = OneOf(Direction)
    desired = ListField(child=FloatField(), help_text=_("From and to, both in it."), **NULL)
    acceptable = ListField(child=FloatField(), help_text=_("From and to, both in it."), **NULL)
    results = by_year(FloatField(allow_null=True))
    standings = by_year(OneOf(Standing, allow_null=True), help_text=_("Null where nobody has written one."))
    statuses = by_year(OneOf(Status, allow_null=True))
    n = by_year(IntegerField(allow_null=True))
    so_far = by_year(DateField(), help_text=_("The last day counted, of a year that is not over."))
    change = ChangeShape(**NULL)
    status = OneOf(Status, help_text=_("Of the latest result shown."), **NULL)
    note = CharField()


class ScorecardGoal(Serializer):
    perspective = OneOf(Perspective)
    main_goal = CharField()
    rows = ScorecardLine(many=True)


class ScorecardTableSerializer(Serializer):
    """A scorecard with its results, as the page shows it."""

    scorecard = CharField()
    name = CharField()
    unit = CharField(help_text=UNIT, **NULL)
    years = ListField(child=IntegerField())
    counted_at = DateTimeField(help_text=_("When figures were computed last."), **NULL)
    goals = ScorecardGoal(many=True)


class OverviewFigure(Serializer):
    key = CharField()
    name = CharField()
    year = IntegerField(**NULL)
    value = FloatField(**NULL)
    n = IntegerField(**NULL)
    so_far = DateField(**NULL)
    status = OneOf(Status, **NULL)
    change = ChangeShape(**NULL)


class OverviewSerializer(Serializer):
    """The few figures that leaders look at first."""

    unit = CharField(help_text=UNIT, **NULL)
    counted_at = DateTimeField(help_text=_("When figures were computed last."), **NULL)
    figures = OverviewFigure(many=True)


class ThemeRow(Serializer):
    theme = CharField()
    name = CharField()
    weak_sides = IntegerField()
    falling_sides = IntegerField()
    several = BooleanField(help_text=_("Weak or falling from two sides or more."))
    sides = by_year(
        ListField(child=DictField()), help_text=_("What is seen from each side: survey, assessment, indicator, cards.")
    )


class ThemesSerializer(Serializer):
    """The same weakness from several sides, the most pressing first."""

    counted_at = DateTimeField(**NULL)
    cards_counted_at = DateTimeField()
    themes = ThemeRow(many=True)


# --- Benchmarks -------------------------------------------------------------------------------------------------------


class GroupPlace(Serializer):
    code = CharField()
    name = CharField()


class BenchmarkGroupSerializer(Serializer):
    """A group of municipalities that ours is held against."""

    key = CharField()
    name = CharField()
    kind = OneOf(GroupKind)
    members = GroupPlace(many=True)
    url = URLField()


class ComparedFigure(Serializer):
    """The figure of one municipality. `standing` is null where nobody has written one."""

    code = CharField()
    name = CharField()
    standing = OneOf(Standing, **NULL)
    value = FloatField(**NULL)
    n = IntegerField(**NULL)
    margin = FloatField(**NULL)
    source = CharField(**NULL)  # type: ignore[assignment]
    measured_on = DateField(**NULL)
    so_far = DateField(**NULL)


class CountryFigure(ComparedFigure):
    weighs = CharField(help_text=_("What counts alike in the country's mean."), **NULL)


class GroupMean(Serializer):
    value = FloatField(**NULL)
    municipalities = IntegerField(help_text=_("How many contribute, each counting alike."))
    weighs = CharField()


class BenchmarkRank(Serializer):
    place = IntegerField()
    of = IntegerField()
    tied = IntegerField(help_text=_("How many share the place."))


class BenchmarkYear(Serializer):
    ours = FloatField(**NULL)
    standing = OneOf(Standing, **NULL)
    group_mean = FloatField(**NULL)
    municipalities = IntegerField()
    country = FloatField(**NULL)


class DifferenceShape(Serializer):
    """A difference with what the test allows to say of it. `p` is null where no margin is known."""

    amount = FloatField()
    turn = OneOf(Turn)
    saying = OneOf(Saying)
    p = FloatField(**NULL)
    p_holm = FloatField(**NULL)


class BenchmarkLineSerializer(Serializer):
    """One indicator: ours, the others', the means, quartiles and rank."""

    indicator = CharField()
    key = CharField()
    scale = OneOf(Scale)
    direction = OneOf(Direction)
    ours = ComparedFigure()
    others = ComparedFigure(many=True)
    group_mean = GroupMean()
    country = CountryFigure(**NULL)
    quartiles = ListField(child=FloatField(), **NULL)
    quarter = IntegerField(**NULL)
    rank = BenchmarkRank(**NULL)
    to_group = DifferenceShape(help_text=_("Ours minus the group's mean."), **NULL)
    to_country = DifferenceShape(help_text=_("Ours minus the country's."), **NULL)
    years = by_year(BenchmarkYear())


class BenchmarkPartSerializer(Serializer):
    title = CharField()
    lines = BenchmarkLineSerializer(many=True)


class BenchmarkGroupShape(Serializer):
    key = CharField()
    name = CharField()
    kind = OneOf(GroupKind)
    members = GroupPlace(many=True)


class BenchmarkSerializer(Serializer):
    """Our figures of one year beside a group's."""

    group = BenchmarkGroupShape()
    municipality = CharField()
    set = CharField()
    set_name = CharField()
    year = IntegerField(help_text=_("Null where nobody elsewhere has a figure of the set."), **NULL)
    years = ListField(child=IntegerField())
    against = CharField()
    counted_at = DateTimeField(**NULL)
    quartile_definition = CharField()
    parts = BenchmarkPartSerializer(many=True)
    over_mean = ListField(child=CharField())
    under_mean = ListField(child=CharField())
    alike = ListField(child=CharField())
    neither_better = ListField(child=CharField())
    not_compared = ListField(child=CharField())


# --- Assessments ------------------------------------------------------------------------------------------------------


class AssessedArea(Serializer):
    key = CharField()
    title = CharField()
    criteria = IntegerField(help_text=_("How many criteria it has."))


class AssessmentVersionSerializer(Serializer):
    """A form of assessment. One that changes its areas is another version."""

    key = CharField()
    name = CharField()
    origin = CharField()
    most = IntegerField(help_text=_("The most points that an area can get."))
    highest = IntegerField(help_text=_("The most points in all."))
    areas = AssessedArea(many=True)


class AssessmentTotal(Serializer):
    points = IntegerField(help_text=_("The sum of the areas; the published total where they are not known."), **NULL)
    published = IntegerField(**NULL)
    from_areas = BooleanField()
    disagrees = BooleanField(help_text=_("The areas come to something else than the published total."))


class AssessmentSerializer(Serializer):
    """One assessment in points: ours, or that of a municipality elsewhere."""

    reference = CharField()
    version = CharField()
    municipality = CharField(help_text=_("The number elsewhere; null is ours."), **NULL)
    municipality_name = CharField()
    kind = OneOf(AssessmentKind)
    year = IntegerField()
    total = AssessmentTotal()
    change = IntegerField(help_text=_("In points, since the one before of the same form, kind and place."), **NULL)
    is_highest = BooleanField(help_text=_("The highest known that assessors from outside gave."))
    points = DictField(child=IntegerField(), help_text=_("By area; areas that are not known are left out."))
    assessor = CharField()
    source = CharField()  # type: ignore[assignment]
    note = CharField()
    url = URLField()


class AssessmentArea(Serializer):
    key = CharField()
    title = CharField()
    points = IntegerField(**NULL)
    before = IntegerField(**NULL)
    change = IntegerField(**NULL)
    weak = BooleanField(help_text=_("Among the weakest areas."))


class AssessmentCriterion(Serializer):
    area = CharField()
    criterion = CharField()
    standing = OneOf(EvidenceStanding, allow_blank=True)
    text = CharField()


class OneAssessmentSerializer(AssessmentSerializer):
    """One assessment area by area, beside the one before, with what shows that criteria are met."""

    beside = CharField(help_text=_("The reference of the one that it is held against."), **NULL)
    areas = AssessmentArea(many=True)
    evidence = AssessmentCriterion(many=True)


# --- Reports ----------------------------------------------------------------------------------------------------------


class ReportVersionSerializer(Serializer):
    version = IntegerField()
    state = OneOf(ReportVersion.State)
    reason = CharField()
    computed_at = DateTimeField(**NULL)
    published_on = DateField(**NULL)
    withdrawn_at = DateTimeField(**NULL)


class ReportSerializer(Serializer):
    """A report with its versions. Drafts are for those who keep the figures."""

    name = CharField()
    kind = OneOf(Kind)
    period = CharField(help_text="2025, 2026-Q3")
    unit = CharField(help_text=UNIT, **NULL)
    public = BooleanField(help_text=_("For everybody, from its day on."))
    versions = ReportVersionSerializer(many=True)
    url = URLField()


class ReportCell(Serializer):
    """One figure: `value` exact, `shown` as it is read; `n` is of how many."""

    value = FloatField(**NULL)
    shown = FloatField(**NULL)
    scale = OneOf(Scale)
    decimals = IntegerField()
    n = IntegerField(**NULL)
    base = IntegerField(required=False)
    text = Texts(required=False)
    standing = OneOf(Standing, required=False)


class ReportRow(Serializer):
    key = CharField()
    label = Texts()  # type: ignore[assignment]
    level = IntegerField()
    is_total = BooleanField()
    cells = ReportCell(many=True)


class ReportTable(Serializer):
    key = CharField()
    title = Texts()
    head = Texts()
    columns = ListField(child=Texts())
    notes = ListField(child=Texts())
    guard = CharField()
    drawn = CharField()
    rows = ReportRow(many=True)


class ReportSection(Serializer):
    key = CharField()
    heading = Texts()
    notes = ListField(child=Texts())
    tables = ReportTable(many=True)


class ReportDocumentSerializer(Serializer):
    """A version of a report: exact and shown figures, and the words in all languages."""

    structure = IntegerField()
    name = CharField()
    kind = CharField()
    title = Texts()
    period = CharField()
    first = DateField()
    last = DateField()
    through = DateField(help_text=_("The last day counted: before `last` in a period that goes on."))
    place = Texts()
    counted_at = DateTimeField()
    notes = ListField(child=Texts())
    sections = ReportSection(many=True)
    version = IntegerField()
    published_on = DateField(**NULL)
    reason = CharField()
    texts = DictField(child=Texts(), help_text=_("What the staff wrote, by section and language."))


# --- For everybody ----------------------------------------------------------------------------------------------------


class PublicMonth(Serializer):
    month = CharField(help_text="2026-10")
    messages = IntegerField(help_text=_("Rounded to the nearest five; null where they were few."), **NULL)
    in_time = FloatField(help_text=_("Share of the callbacks owed, 0–1; null where they were few."), **NULL)


class PublicGroup(Serializer):
    key = CharField(help_text=_("A category's code, or an area's name; null without one."), **NULL)
    name = CharField()
    messages = IntegerField()


class PublicGroups(Serializer):
    groups = PublicGroup(many=True)
    others = IntegerField(help_text=_("The groups too small to be shown, together."))


class PublicPromise(Serializer):
    """How the promise of a callback was kept, as shares 0–1. Null where there were few."""

    answered = FloatField(**NULL)
    not_reached = FloatField(**NULL)
    late = FloatField(**NULL)


class PublicMessages(Serializer):
    """The page «What we hear from you»: twelve months that have passed."""

    counted_at = DateTimeField()
    first = DateField()
    last = DateField()
    total = IntegerField(**NULL)
    months = PublicMonth(many=True)
    categories = PublicGroups(**NULL)
    areas = PublicGroups(**NULL)
    promise = PublicPromise()
    days_to_callback = FloatField(help_text=_("The median."), **NULL)


class OpenValue(Serializer):
    period = CharField()
    standing = OneOf(Standing)
    value = FloatField(**NULL)
    n = IntegerField(required=False)
    margin = FloatField(required=False)
    source = CharField(required=False)  # type: ignore[assignment]
    measured_on = DateField(required=False)
    revision = IntegerField()


class OpenIndicator(Serializer):
    key = CharField()
    names = Texts()
    scale = OneOf(Scale)
    direction = OneOf(Direction)
    decimals = IntegerField()
    values = OpenValue(many=True)


class PublicStatisticsSerializer(Serializer):
    """What everybody may see. Small groups are held back, and numbers of messages rounded."""

    municipality = CharField()
    licence = CharField()
    messages = PublicMessages()
    indicators = OpenIndicator(many=True)


# --- Indicators -------------------------------------------------------------------------------------------------------


class IndicatorSerializer(Serializer):
    """Something that is measured again and again. Its key never changes."""

    key = CharField()
    name = CharField(help_text=_("In the caller's language."))
    names = Texts()
    explanation = CharField()
    perspective = OneOf(Perspective)
    scale = OneOf(Scale)
    lowest = FloatField()
    highest = FloatField()
    decimals = IntegerField()
    direction = OneOf(Direction)
    origin = OneOf(Origin)
    made_of = CharField(help_text=_("Of what it is computed: an area, a question or an indicator."), **NULL)
    source = CharField()  # type: ignore[assignment]
    may_be_written = BooleanField(help_text=_("Whether values of ours are typed or imported, and not computed."))
    public = BooleanField(help_text=_("Open data."))
    url = URLField()
    values_url = URLField()
