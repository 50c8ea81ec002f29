"""A question's key is there once in its survey, whichever area it stands in: the database holds it, not a lock alone.

The survey stands in a column that the database fills from the area, and that the model does not have.
"""

from django.db import migrations

ADD = """
ALTER TABLE surveys_question ADD COLUMN survey_id bigint;
UPDATE surveys_question SET survey_id = surveys_area.survey_id FROM surveys_area WHERE surveys_area.id = area_id;
CREATE FUNCTION surveys_question_survey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT survey_id INTO NEW.survey_id FROM surveys_area WHERE id = NEW.area_id;
    RETURN NEW;
END $$;
CREATE TRIGGER surveys_question_survey BEFORE INSERT OR UPDATE OF area_id ON surveys_question
    FOR EACH ROW EXECUTE FUNCTION surveys_question_survey();
ALTER TABLE surveys_question ADD CONSTRAINT question_key_once_in_survey UNIQUE (survey_id, key);
"""
TAKE_AWAY = """
ALTER TABLE surveys_question DROP CONSTRAINT question_key_once_in_survey;
DROP TRIGGER surveys_question_survey ON surveys_question;
DROP FUNCTION surveys_question_survey();
ALTER TABLE surveys_question DROP COLUMN survey_id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('surveys', '0008_published_in_drafts'),
    ]

    operations = [migrations.RunSQL(ADD, TAKE_AWAY)]
