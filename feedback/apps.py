from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FeedbackConfig(AppConfig):
    name = "feedback"
    verbose_name = _("Message cards")

    def ready(self) -> None:
        from feedback import documents
        from feedback.wordings import WORDINGS
        from organisation import wordings

        documents.register()
        wordings.register(WORDINGS)
