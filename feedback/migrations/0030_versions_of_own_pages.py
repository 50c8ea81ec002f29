from django.db import migrations

# A function, because PostgreSQL then plans its reading once a session: planning it costs three times what reading does.
# feedback.kept_pages says what it is for; what an own page reads besides is added by another migration.
_PARTS = (
    "submitter",
    "callback",
    "followup",
    "preliminaryanswer",
    "referral",
    "contactcard",
    "contactattempt",
    "cardevent",
    "attachment",
    "addition",
    "ownreaction",
    "interviewconsent",
    "reopeningrequest",
)
_VERSIONS = "(SELECT string_agg(concat(r.ctid, r.xmin), '' ORDER BY r.ctid) FROM {} r WHERE {})"
_READ = ", '|', ".join(
    [
        *(_VERSIONS.format(f"feedback_{part}", "r.card_id = c.id") for part in _PARTS),
        _VERSIONS.format("feedback_card", "r.origin_id = c.id"),
        _VERSIONS.format("organisation_unit", "r.id = c.unit_id"),
        _VERSIONS.format("feedback_category", "r.id = c.category_id"),
    ]
)


class Migration(migrations.Migration):
    dependencies = [
        ("feedback", "0029_figures_along_indexes"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE FUNCTION feedback_own_page_version(card bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN"
            f" RETURN (SELECT concat(c.ctid, c.xmin, '|', {_READ}) FROM feedback_card c WHERE c.id = card); END $$",
            "DROP FUNCTION feedback_own_page_version(bigint)",
        ),
    ]
