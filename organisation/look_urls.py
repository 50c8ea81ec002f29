"""What everybody's pages load of the municipality's look."""

from __future__ import annotations

from django.urls import path, re_path

from organisation.views import look

app_name = "look"

urlpatterns = [
    re_path(r"^(?P<colour>[0-9a-f]{6})\.css$", look.colour_sheet, name="colour"),
    path("arms/<str:name>", look.arms, name="arms"),
]
