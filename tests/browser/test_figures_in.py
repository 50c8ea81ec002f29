"""Figures of others from a file: a wrong one first, then the right one, by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from reporting.models import Value
from reporting.taking import take_places
from tests.browser.conftest import check_accessibility, focus, sign_in
from tests.factories import Solvik
from tests.reporting.houses import SWEDEN, kolada
from tests.reporting.scorecards import an_indicator

pytestmark = pytest.mark.slow


def test_an_answer_of_kolada_is_checked_put_right_and_read(
    page: Page, live_server: Any, solvik: Solvik, tmp_path: Path
) -> None:
    year = timezone.localdate().year - 1
    take_places([SWEDEN], by=None, now=timezone.now())
    an_indicator("Andel", "percent", key="share")
    wrong, right = tmp_path / "wrong.json", tmp_path / "right.json"
    wrong.write_bytes(kolada(("N1", "9801", 20225, 1), ("N1", "7777", year, 1)))
    right.write_bytes(kolada(("N1", "9801", year, 12.5)))
    sign_in(page, live_server.url, solvik.administrator)
    page.goto(f"{live_server.url}/staff/values/import/")
    page.get_by_label("File with figures").set_input_files(wrong)
    page.get_by_label("Indicator").select_option(label="Andel")
    read = page.get_by_role("button", name="Read it in")
    focus(read)
    page.keyboard.press("Enter")
    faults = page.get_by_role("table", name="Lines with faults")
    expect(faults.get_by_text("«20225» is no year")).to_be_visible()
    expect(faults.get_by_text("There is no municipality «7777» here.")).to_be_visible()
    expect(page.get_by_role("region", name="2 lines have faults")).to_be_focused()
    check_accessibility(page)
    assert not Value.objects.exists()
    page.get_by_label("File with figures").set_input_files(right)
    expect(page.get_by_label("Indicator")).to_have_value(page.get_by_label("Indicator").input_value())
    check = page.get_by_role("button", name="Only check the file")
    focus(check)
    page.keyboard.press("Enter")
    preview = page.get_by_role("table", name="The first figures as they would be written")
    expect(preview.get_by_text("Lövsta")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("File with figures").set_input_files(right)
    focus(read)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 new figures, 0 changed, 0 as they were.")).to_be_visible()
    assert Value.objects.get().value == 12.5
