"""Cards and what became of them, for support, read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from feedback.models import (
    Card,
    CardEvent,
    Escalation,
    OverdueEntry,
    OverdueList,
    OverdueRun,
    Submitter,
)
from organisation.admin import ReadOnly


class SubmitterInline(ReadOnly, admin.StackedInline):
    model = Submitter


class EventInline(ReadOnly, admin.TabularInline):
    model = CardEvent
    fields = ["at", "what", "by", "from_value", "to_value", "details"]


class NothingSensitive(ReadOnly, admin.ModelAdmin):
    """Leaves out what is of a sensitive card: `of_card` is the way to it."""

    of_card = "card__"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(**{f"{self.of_card}sensitive": False})


@admin.register(Card)
class CardAdmin(NothingSensitive):
    of_card = ""
    inlines = [SubmitterInline, EventInline]
    exclude = ["secret", "idempotency_key"]
    list_display = ["reference", "state", "unit", "category", "due_on", "registered_at"]
    list_filter = ["state", "channel", "kind"]
    list_select_related = ["unit", "category"]
    search_fields = ["reference"]
    show_full_result_count = False


@admin.register(CardEvent)
class CardEventAdmin(NothingSensitive):
    list_display = ["at", "what", "card", "by", "from_value", "to_value"]
    list_filter = ["what"]
    list_select_related = ["card", "by"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(Submitter)
class SubmitterAdmin(NothingSensitive):
    list_display = ["card", "name", "phone", "email"]
    list_select_related = ["card"]
    search_fields = ["=card__reference"]
    ordering = ["-card_id"]
    show_full_result_count = False


class OverdueListInline(ReadOnly, admin.TabularInline):
    model = OverdueList


@admin.register(OverdueRun)
class OverdueRunAdmin(ReadOnly, admin.ModelAdmin):
    inlines = [OverdueListInline]
    list_display = ["__str__", "as_of", "created_at", "created_by", "mailed_at"]
    list_select_related = ["created_by"]


class OverdueEntryInline(ReadOnly, admin.TabularInline):
    model = OverdueEntry
    fields = ["card", "cycle", "due_on", "times", "solved_before_mail"]


@admin.register(OverdueList)
class OverdueListAdmin(ReadOnly, admin.ModelAdmin):
    inlines = [OverdueEntryInline]
    list_display = ["__str__", "unit", "grace_on"]
    list_select_related = ["unit"]


@admin.register(Escalation)
class EscalationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "created_at", "cards", "units"]
