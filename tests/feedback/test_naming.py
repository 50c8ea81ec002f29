"""What leads to a person is found as it is written, and what merely looks like it is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.naming import what_names_somebody

NAME, ADDRESS = "Dag Kari-Anne Ørjasæter", "Storgata 12 B, 6480 Sandøy"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Ring 33 18 10 00.", ["33 18 10 00"], id="phone"),
        pytest.param("Ring +46 70 123 45 67 eller 400 00 000", ["+46 70 123 45 67", "400 00 000"], id="two phones"),
        pytest.param("Skriv til kari.n@example.org.", ["kari.n@example.org"], id="e-mail"),
        pytest.param("Nummer 210555 12345 og 21055512345", ["210555 12345", "21055512345"], id="birth number"),
        pytest.param("Personnummer 850709-9805", ["850709-9805"], id="Swedish birth number"),
        pytest.param("ØRJASÆTER og Ørjasæters hund", ["ØRJASÆTER", "Ørjasæters"], id="name, genitive"),
        pytest.param("Kari-Anne skrev til oss", ["Kari-Anne"], id="double name"),
        pytest.param("Dag skrev en dag", ["Dag"], id="a name that is a word too counts with a capital"),
        pytest.param("ved storgata  12 b der", ["storgata  12 b"], id="address"),
    ],
)
def test_what_is_found(text: str, found: list[str]) -> None:
    assert what_names_somebody(text, name=NAME, address=ADDRESS) == found


@pytest.mark.parametrize(
    "text",
    [
        "Den 03.11.2026 satte vi opp 12 lykter for 12 000 000 kroner.",
        "Fra 2026-11-03 til 2026-12-01, klokka 08.00-16.00, i 30-sonen.",
        "Sak 26/1234 og melding 26-004217-5.",
        "I Storgata 120 og i Storgata. Hver dag.",
        "Ørjasæterveien er asfaltert.",
        "",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert what_names_somebody(text, name=NAME, address=ADDRESS) == []


def test_the_municipalitys_own_phone_and_address_may_stand() -> None:
    text = "Ring oss på 33 00 00 00 eller skriv til Post@solvik.example."
    assert what_names_somebody(text, ours=["+47 33000000", "post@solvik.example"]) == []
    assert what_names_somebody(text, ours=["", "33 00 00 01"]) == ["33 00 00 00", "Post@solvik.example"]


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_any_text_at_all_can_be_looked_through(text: str, name: str, address: str) -> None:
    found = what_names_somebody(text, name=name, address=address)
    assert all(piece in text for piece in found)
