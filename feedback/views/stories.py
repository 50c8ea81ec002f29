"""The stories «you said – we did», as staff write and publish them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.actions.stories import correct_story, delete_story, publish_story, withdraw_story, write_story
from feedback.errors import NotAllowed, Refused
from feedback.forms.informing import PublishForm, StoryForm
from feedback.models import Story
from feedback.paging import SIZE
from feedback.queries import stories_for, story_for
from feedback.rules import may_inform, may_propose_story, may_see_cards
from feedback.views.access import card_for, person_who_may
from feedback.views.refusals import show_refusal
from organisation.models import Person
from organisation.permissions import Permission

PAGE = {"section": "information", "page_of_section": "stories"}


def _story_for(request: HttpRequest, pk: int) -> tuple[Person, Story]:
    """Return who is signed in and the story they may work on. One of others looks like one that is not there (404)."""
    person = person_who_may(request, Permission.INFORM_CITIZENS, Permission.DELEGATE_CARDS)
    found = story_for(person, pk)
    if found is None:
        raise Http404
    return person, found


@login_required
@never_cache
@require_safe
def stories(request: HttpRequest) -> HttpResponse:
    """The stories that the person works on."""
    person = person_who_may(request, Permission.INFORM_CITIZENS, Permission.DELEGATE_CARDS)
    page = Paginator(stories_for(person), SIZE).get_page(request.GET.get("page"))
    return render(request, "feedback/information/stories.html", PAGE | {"page": page})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, reference: str) -> HttpResponse:
    """Write a story from a card. Nothing of the card is put into the form."""
    person, card = card_for(request, reference)
    if not may_propose_story(person, card):
        raise PermissionDenied
    first = {
        "language": request.municipality.language,  # type: ignore[attr-defined]
        "category": card.category.code if card.category else "",
    }
    form = StoryForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = write_story(card, form.words(), by=person, now=timezone.now())
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved as a draft."))
            return redirect("feedback:story", pk=made.pk)
    status = 422 if form.errors else 200
    return render(request, "feedback/information/write_story.html", PAGE | {"form": form, "card": card}, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """One story as everybody would read it, with the form that corrects it while it is not published."""
    person, found = _story_for(request, pk)
    if request.method != "POST":
        return _show(request, person, found)
    form = StoryForm(request.POST)
    if form.is_valid():
        try:
            correct_story(found, form.words(), seen=form.cleaned_data["seen"], by=person)
        except Refused as refusal:
            show_refusal(form, refusal)
            _take_note(form, found)
        else:
            messages.success(request, _("Saved."))
            return redirect("feedback:story", pk=pk)
    return _show(request, person, found, form=form, status=422)


@login_required
@never_cache
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the story to everybody."""
    person, found = _story_for(request, pk)
    form = PublishForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            publish_story(found, **form.cleaned_data, by=person, now=timezone.now())
        except Refused as refusal:
            show_refusal(form, refusal)
            status = 403 if isinstance(refusal, NotAllowed) else 422
            _take_note(form, found)
        else:
            messages.success(request, _("Published. Everybody can read it now."))
            return redirect("feedback:story", pk=pk)
    return _show(request, person, found, publishing=form, status=status)


@login_required
@never_cache
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the story down."""
    person, found = _story_for(request, pk)
    try:
        withdraw_story(found, by=person, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken down. You can correct it and publish it again."))
    return redirect("feedback:story", pk=pk)


@login_required
@never_cache
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the story away."""
    person, found = _story_for(request, pk)
    try:
        delete_story(found, by=person, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("feedback:story", pk=pk)
    messages.success(request, _("Thrown away."))
    return redirect("feedback:stories")


def _take_note(form: StoryForm | PublishForm, found: Story) -> None:
    """The page now shows the words as they stand; pressing again is an answer to those."""
    data = cast(QueryDict, form.data).copy()
    data["seen"] = found.fingerprint
    form.data = data


def _show(
    request: HttpRequest,
    person: Person,
    found: Story,
    *,
    form: StoryForm | None = None,
    publishing: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    card = found.card if found.card and may_see_cards(person) else None
    context: dict[str, Any] = PAGE | {
        "story": found,
        "card": card,
        "form": form or StoryForm(initial=StoryForm.of(found)),
        "publishing": publishing or PublishForm(initial={"seen": found.fingerprint}),
        "may_publish": may_inform(person),
        "has_errors": bool((form and form.errors) or (publishing and publishing.errors)),
    }
    return render(request, "feedback/information/story.html", context, status=status)
