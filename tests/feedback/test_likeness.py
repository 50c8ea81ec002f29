"""Whether two messages look like one and the same."""

from __future__ import annotations

import pytest

from feedback.likeness import looks_alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Hull i veien ved skolen", "Det er et stort hull i vegen ved skolen, og veien er farlig", True),
        ("Lysene i Storgata er borte", "Gatelyset i Storgata har vært borte siden mandag", True),
        ("Hull i veien ved skolen", "Brøytingen er for dårlig", False),
        ("Hullet", "Hullet", False),  # one long word says too little
        ("Takk for god hjelp ved servicesenteret", "Takk for sist", False),
        ("", "Hull i veien ved skolen", False),
        ("!!! ??? 12345 67890", "!!! ??? 12345 67890", False),
    ],
    ids=["same matter", "endings", "another matter", "one word", "politeness", "nothing yet", "no words"],
)
def test_two_texts_look_alike(one: str, other: str, alike: bool) -> None:
    assert looks_alike(one, other) is alike
    assert looks_alike(other, one) is alike
