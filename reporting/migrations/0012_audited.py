from django.db import migrations

from organisation.audited import audited


class Migration(migrations.Migration):

    dependencies = [
        ("reporting", "0011_references_and_files"),
        ("organisation", "0011_audit"),
    ]

    operations = [
        audited(
            "reporting_initiativeevent", kind="'reporting.initiative'", action="r.what", row="r.initiative_id",
            reference="i.reference", fields="ARRAY(SELECT jsonb_array_elements_text(r.fields))",
            was="r.from_value", became="r.to_value",
            join="JOIN reporting_initiative i ON i.id = r.initiative_id",
        ),
        audited(
            "reporting_interviewdraw", kind="'reporting.interviewdraw'", action="'drawn'", at="r.drawn_at",
            by="r.drawn_by_id",
        ),
    ]
