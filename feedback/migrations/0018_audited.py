from django.db import migrations

from organisation.audited import audited, audited_removal, only_added_to


class Migration(migrations.Migration):

    dependencies = [
        ("feedback", "0017_what_can_happen_now"),
        ("organisation", "0011_audit"),
    ]

    operations = [
        audited(
            "feedback_cardevent", kind="'feedback.card'", action="r.what", row="r.card_id", reference="c.reference",
            fields="CASE WHEN jsonb_typeof(r.details -> 'fields') = 'array'"
            " THEN ARRAY(SELECT jsonb_array_elements_text(r.details -> 'fields')) ELSE '{}' END",
            was="r.from_value", became="r.to_value", join="JOIN feedback_card c ON c.id = r.card_id",
        ),
        audited_removal("feedback_card", kind="'feedback.card'", reference="r.reference"),
        only_added_to("feedback_cardevent"),
    ]
