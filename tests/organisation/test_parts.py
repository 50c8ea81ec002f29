"""A part of a page is drawn of the values that it is given and of nothing else, and drawn once for the same values."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.utils.translation import override

from organisation.templatetags.parts import part

MENU = "{% load parts %}{% part 'components/staff_navigation.html' section=section may=may %}"


def drawn(**context: Any) -> str:
    return str(Template(MENU).render(Context(context)))


@pytest.mark.parametrize("keep", [True, False])
def test_each_has_the_part_of_their_own_rights_section_and_language(settings: Any, keep: bool) -> None:
    settings.KEEP_PAGES = keep
    clerk, leader = {"see_all_cards": True, "register_cards": True}, {"see_unit_cards": True, "register_cards": False}
    with override("nb"):
        for _time in range(2):
            assert "Registrer et kort" in drawn(section="cards", may=clerk)
            assert "Registrer et kort" not in drawn(section="cards", may=leader)
            assert "Registrer et kort" not in drawn(section="cards", may={})
        here = drawn(section="register", may=clerk)
        assert here.count('aria-current="page"') == 1
        assert here != drawn(section="cards", may=clerk)
    with override("en"):
        assert "Register a card" in drawn(section="cards", may=clerk)


def test_what_the_tag_does_not_name_is_not_known() -> None:
    """Else the first page that draws it would decide what the others show."""
    named = MENU.replace("may=may", "may=may demonstration_mail=demonstration_mail")
    with override("en"):
        assert "Mail sent" in Template(named).render(Context({"may": {}, "demonstration_mail": True}))
        assert "Mail sent" not in drawn(may={}, demonstration_mail=True)


def test_the_same_is_drawn_once_and_anew_where_nothing_is_kept(settings: Any) -> None:
    def menu() -> str:
        return part("components/staff_navigation.html", section="cards", may={"see_all_cards": True})

    settings.KEEP_PAGES = True
    first = menu()
    assert menu() is first
    settings.KEEP_PAGES = False
    assert (menu() == first, menu() is first) == (True, False)
