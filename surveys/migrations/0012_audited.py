from django.db import migrations

from organisation.audited import audited, audited_removal


class Migration(migrations.Migration):

    dependencies = [
        ("surveys", "0011_groups_asked"),
        ("organisation", "0011_audit"),
    ]

    operations = [
        audited(
            "surveys_population", kind="'surveys.population'", action="'read_in'", at="r.read_at", by="r.read_by_id",
        ),
        audited_removal("surveys_population", kind="'surveys.population'"),
        audited(
            "surveys_draw", kind="'surveys.survey'", action="'drawn'", at="r.drawn_at", by="r.drawn_by_id",
            row="r.survey_id", reference="s.code", join="JOIN surveys_survey s ON s.id = r.survey_id",
        ),
        audited(
            "surveys_publication", kind="'surveys.survey'", action="'published'", at="r.made_at", by="r.made_by_id",
            row="r.survey_id", reference="s.code", join="JOIN surveys_survey s ON s.id = r.survey_id",
        ),
    ]
