"""All addresses: each app's own, and what Django and its helpers bring."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.security_txt import security_txt
from organisation.language import switch

# One way in: the admin's own sign-in page would know neither our limits on tries nor, later, a second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "config.handlers.bad_request"
handler403 = "config.handlers.not_allowed"
handler404 = "config.handlers.not_found"
handler500 = "config.handlers.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("feedback.api.urls")),
    path("", include("feedback.urls")),
    path("", include("surveys.urls")),
    path("", include("reporting.urls")),
    path("staff/administration/", include("organisation.staff_urls")),
    path("look/", include("organisation.look_urls")),
    path("accounts/", include("organisation.urls")),
    path("language/setlang/", switch, name="set_language"),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", security_txt, name="security_txt"),
]

if settings.DEMONSTRATION:
    from config.demonstration_mail import mail

    urlpatterns.append(path("demo/mail/", mail, name="demo_mail"))
