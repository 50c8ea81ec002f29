"""The addresses of what everybody may see. What is published stays."""

from __future__ import annotations

from django.urls import path

from reporting.views import hear

app_name = "reporting"

urlpatterns = [
    path("what-we-hear/", hear.hear, name="hear"),
    path("what-we-hear/you-said/", hear.stories, name="stories"),
]
