"""The addresses of answering. `/answer/` is short, for it is printed on letters; no code ever stands in an address."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from surveys.views import answering, kiosk

urlpatterns = [
    path("answer/", answering.enter, name="enter"),
    path("surveys/", RedirectView.as_view(pattern_name="surveys:enter"), name="enter_by_surveys"),
    path("surveys/<slug:code>/", answering.answer, name="answer"),
    path("surveys/<slug:code>/thanks/", answering.thanks, name="thanks"),
    path("surveys/<slug:code>/kiosk/", kiosk.start, name="kiosk"),
    path("surveys/<slug:code>/kiosk/<str:token>/", kiosk.answer, name="kiosk_answer"),
    path("surveys/<slug:code>/kiosk/<str:token>/thanks/", kiosk.thanks, name="kiosk_thanks"),
]
