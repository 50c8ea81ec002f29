"""All addresses: each app's own, and what Django and its helpers bring."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("organisation.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

if settings.DEMONSTRATION:
    from config.demonstration_mail import mail

    urlpatterns.append(path("demo/mail/", mail, name="demo_mail"))
