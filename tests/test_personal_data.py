"""Every model says of its fields which are personal data: a text field that nobody decided on fails here."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models

APPS = ("organisation", "feedback", "surveys", "reporting")
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
TEXT_LIKE = (
    models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField, models.GeneratedField,
    ArrayField, SearchVectorField, models.GenericIPAddressField, models.UUIDField,
)  # fmt: skip

HARMLESS = {
    # The municipality's own names, addresses and choices; no citizen's, no employee's.
    "Municipality": {
        "name", "number", "country", "time_zone", "language", "languages", "email", "phone", "address", "website",
        "accessibility_statement_url", "deadline_kind", "callback_rule", "colour", "arms",
    },
    # Ids and codes, and values of fields that are not personal; of those that are, the field's name alone.
    "Change": {"kind", "name", "what", "fields"},
    # Ids, codes, a card's reference, names of fields, and a hash of them.
    "AuditEntry": {"hash", "action", "kind", "reference", "fields", "was", "became"},
    "DayOff": {"name"},
    "Unit": {"code", "name", "name_key", "kind", "email"},
    "OwnWording": {"key", "language", "text"},
    "Person": {"language"},
    "RoleAssignment": {"role"},
    # A system's name; of the key only a digest and its first letters.
    "ApiKey": {"name", "scopes", "beginning", "digest", "client_id"},
    # Codes; and a digest with our secret, from which neither login nor address is read back.
    "BrowserSession": {"way"},
    "SignIn": {"what", "way"},
    "FailedTries": {"key"},
    "ProviderRole": {"value", "role"},
    "OutgoingMail": {"kind", "dedupe_key", "language", "status"},
    "ScheduledJob": {"name", "result"},
    # Another system's address; ids, codes and times, and of an answer the beginning, which goes with the row.
    "WebhookEndpoint": {"key", "url", "description", "events", "secret", "previous_secret", "off_because"},
    "WebhookDelivery": {"key", "event", "cause", "body", "status", "fault"},
    # Codes and choices, and a number that says nothing of the person.
    "Card": {
        "reference", "channel", "kind", "language", "area", "state", "close_result", "origin_kind", "import_source",
        "source",
    },
    "Addition": {"key"},
    "Attachment": {"content_type"},
    "Callback": {"way"},
    # Numbers, a card's reference, and a random word.
    "CardChange": {"reference", "kind"},
    "ChangeBatch": {"token"},
    "CardEvent": {"what", "from_value", "to_value", "details"},
    "ListNotice": {"dedupe_key"},
    "Category": {"code", "name", "names", "deadline_kind"},
    "Mailing": {"area", "languages", "how"},
    # Codes, counts, references of cards and ids of rows: which were blocked or went, and nothing of anybody.
    "RetentionHold": {"kind"},
    "Erasure": {"key", "step", "cause", "counts", "rows"},
    "RetentionRun": {"counts"},
    "Referral": {"body"},
    "HeldUpload": {"content_type"},
    # Digests, of a Message-ID and of words; neither can be read back.
    "IncomingMail": {"key", "digest", "state", "reason"},
    # Codes: why somebody opened a sensitive card, and whether on the page; their own words lie in CardLookNote.
    "CardLook": {"reason", "by"},
    # The municipality's list of paragraphs, and codes.
    "LegalGround": {"name", "about"},
    "RecordAccess": {"part", "grade"},
    "InterviewConsent": {"wording"},
    # Digests of what a client sent, which cannot be read back; the person's id is part of the key.
    "SentRequest": {"key", "body", "answer"},
    "ReopeningRequest": {"answer"},
    # Of other systems and bodies: their names, addresses and choices, the key with which they know us, digests.
    "OfferedService": {"place", "group", "description", "keywords"},
    "ServiceQuestion": {"code", "datatype", "text", "help", "options"},
    "ReceivedRequest": {"digest"},
    "ReceivedUpdate": {"status"},
    "LinkedPicture": {"state", "fault"},
    "Neighbour": {"code", "name", "address", "jurisdiction", "key", "format", "fault"},
    "NeighbourService": {"code", "name", "group", "description", "attributes"},
    "Handover": {"service_code", "service_name", "key", "state", "fields", "basis"},
    "HandoverUpdate": {"status"},
    "RoutingRule": {"name", "kind", "area", "words"},
    "Story": {"language", "state"},
    # The municipality's own questions, and figures of many together.
    "Survey": {"code", "kind", "titles", "introductions", "thanks", "languages", "stage"},
    "Area": {"key", "titles", "introductions"},
    "Question": {"key", "kind", "texts", "helps", "options", "show_if"},
    "Population": {"name", "sha256"},
    "Draw": {"method", "seed", "stratum", "strata"},
    "GroupAsked": {"question", "value"},
    "ResponseFile": {"sha256", "strata"},
    "Invitation": {"stratum"},
    "Comparator": {"kind", "name", "source", "weighs"},
    "ComparatorValue": {"key"},
    "Publication": {"words", "figures", "reason", "withdrawn_because"},
    "PublicationDraft": {"words", "figures", "reason", "state", "sentence"},
    # What interviews are for and how they were drawn; of whom is rung, the message's number and what became of it.
    "InterviewDraw": {"name", "method", "seed"},
    "Interviewee": {"reference", "status"},
    # What is measured, and figures of many together; of a contact at the desk, only that there was one.
    "Group": {"key", "names", "kind"},
    "Indicator": {
        "key", "names", "explanations", "perspective", "scale", "direction", "origin", "formula", "source", "country_weighs"},
    # Addresses and answers of other houses: figures of municipalities.
    "Feed": {"kind", "external", "measure", "gender", "municipalities", "selections", "rhythm"},
    "Fetched": {"address", "sha256", "content", "outcome", "sentence", "problems"},
    "Elsewhere": {"kind", "country", "code", "name"},
    "Value": {"every", "standing", "source", "how"},
    "Scorecard": {"key", "names"},
    "Goal": {"perspective", "texts"},
    "SuccessFactor": {"texts"},
    "ScorecardRow": {"note"},
    "DeskContact": {"way"},
    "Theme": {"key", "names"},
    "ThemeLink": {"side", "key"},
    # Figures of many together, and the municipality's own words about them.
    "Report": {"name", "kind", "every"},
    "ReportVersion": {"state", "reason", "texts", "figures", "code_version", "sentence", "withdrawn_because"},
    # Of municipalities and the organisations that assess them.
    "Assessment": {"version", "kind", "assessor", "source", "note"},
    "AreaPoints": {"area"},
    "Evidence": {"criterion", "standing", "text"},
    "CriterionFile": {"criterion", "content_type"},
    "InitiativeEvidence": {"content_type"},
    # The municipality's own plans; what is written freely of them later lies in InitiativeNote.
    "Initiative": {"reference", "title", "what", "budget_note", "origin", "source", "status"},
    "InitiativeEvent": {"what", "from_value", "to_value", "fields"},
    "Meeting": {"kind", "title", "place"},
    # Answers of somebody whom nothing in them names; what is written freely lies in Comment.
    "Answer": {"id", "source", "stratum", "values"},
    "Comment": {"id", "question", "language", "found", "state", "kind"},
}  # fmt: skip


def text_fields(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if isinstance(field, TEXT_LIKE)}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_text_field_is_decided_on(model: type[models.Model]) -> None:
    undecided = text_fields(model) - set(model.personal_data) - HARMLESS.get(model.__name__, set())
    assert undecided == set(), "Name it in the model's personal_data, or here as harmless."


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_speaks_for_itself(model: type[models.Model]) -> None:
    """Its own `personal_data`, not one that it inherits, over fields that it has, each with its last day in words."""
    assert "personal_data" in vars(model)
    assert set(model.personal_data) - {field.name for field in model._meta.get_fields()} == set()
    assert [name for name, goes in model.personal_data.items() if not goes.startswith("when ")] == []


def test_harmless_fields_are_there_and_not_personal() -> None:
    by_name = {model.__name__: model for model in MODELS}
    assert set(HARMLESS) - set(by_name) == set()
    gone = {name: fields - text_fields(by_name[name]) for name, fields in HARMLESS.items()}
    assert {name: fields for name, fields in gone.items() if fields} == {}
    both = {name: fields & set(by_name[name].personal_data) for name, fields in HARMLESS.items()}
    assert {name: fields for name, fields in both.items() if fields} == {}
