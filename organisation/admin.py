"""The Django admin, for support: looked at, never written. What is kept has its own pages, which write down each change."""

from __future__ import annotations

from typing import Any

from allauth.account import admin as _addresses  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa import admin as _factors  # noqa: F401
from allauth.mfa.models import Authenticator
from allauth.socialaccount import admin as _identities  # noqa: F401
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth import admin as _accounts  # noqa: F401  (registers groups, which roles make superfluous)
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from organisation.actions.base import may_manage
from organisation.models import OutgoingMail, ScheduledJob
from organisation.permissions import Permission
from organisation.queries import grants_of

admin.site.site_header = admin.site.site_title = "Innspill"
# Groups, which roles make superfluous, and allauth's rows, in which lie secrets: nobody looks at them here.
for each in (Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    if admin.site.is_registered(each):
        admin.site.unregister(each)


def may_support(user: Any) -> bool:
    """Whether `user` may look at what holds citizens' words: whoever sees all cards, and a superuser."""
    return user.is_active and (user.is_superuser or grants_of(user).allows(Permission.SEE_ALL_CARDS))


class ReadOnly:
    """Looked at for support: no add, no change, no delete, and no personal data for a mere administrator."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_support(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnly, admin.ModelAdmin):
    """What went to whom and what became of it; not its words, which hold the submitter's private link."""

    exclude = ["text", "html"]
    list_display = ["kind", "to", "status", "queued_at", "sent_at", "attempts"]
    list_filter = ["status", "kind"]
    ordering = ["-queued_at", "-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        return super().get_queryset(request).defer("text", "html")


@admin.register(ScheduledJob)
class ScheduledJobAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "started_at", "finished_at", "result"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        user: Any = request.user
        return user.is_active and (user.is_superuser or may_manage(user))
