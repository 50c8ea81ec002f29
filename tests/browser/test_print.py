"""On paper everything is dark on white, whatever the screen is set to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from organisation.models import Municipality
from tests.browser.conftest import sign_in
from tests.factories import Solvik, a_card

pytestmark = pytest.mark.slow

DARK_ON_WHITE = """() => {
  const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const pale = [];
  for (const node of document.querySelectorAll("main *")) {
    if (!node.textContent.trim() || node.children.length || !node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    if (light(parse(style.color)) > 150) {
      let back = node, found = null;
      while (back && !found) {
        const c = parse(getComputedStyle(back).backgroundColor);
        if (c.length === 3 || c[3] > 0.5) found = c;
        back = back.parentElement;
      }
      if (!found || light(found) > 128) pale.push(node.textContent.trim().slice(0, 40));
    }
  }
  const body = getComputedStyle(document.body);
  return {pale, ink: light(parse(body.color)), scheme: body.colorScheme,
          paper: parse(body.backgroundColor).length ? light(parse(body.backgroundColor).slice(0, 3)) : 255,
          clear: parse(body.backgroundColor)[3] === 0};
}"""


@pytest.mark.parametrize("colour", ["", "#7a1f5c"])
def test_a_dark_screen_prints_dark_on_white(page: Page, live_server, solvik: Solvik, colour: str) -> None:
    Municipality.objects.update(colour=colour)
    card = a_card(unit=solvik.roads)
    sign_in(page, live_server.url, solvik.clerk)
    page.emulate_media(color_scheme="dark")
    for address in ("/", f"/card/{card.secret}/", "/staff/", f"/staff/cards/{card.reference}/", "/what-we-hear/"):
        page.emulate_media(media="screen", color_scheme="dark")
        page.goto(f"{live_server.url}{address}")
        on_screen = page.evaluate(DARK_ON_WHITE)
        assert on_screen["ink"] > 150, "the screen is dark, or this test tells nothing"
        page.emulate_media(media="print", color_scheme="dark")
        printed = page.evaluate(DARK_ON_WHITE)
        assert printed["ink"] < 100, address
        assert printed["clear"] or printed["paper"] > 240, address
        assert printed["scheme"] == "light", address
        assert printed["pale"] == [], address


def test_print_knows_every_colour_that_a_dark_screen_changes() -> None:
    """A colour that a newer Designsystemet adds would print as on the screen: it is to be named in base.css too."""
    theme = Path(settings.BASE_DIR, "node_modules/@digdir/designsystemet-css/dist/theme/designsystemet.css").read_text()
    [dark] = re.findall(r"@media \(prefers-color-scheme:dark\)\{\[data-color-scheme=auto\]\{([^}]*)\}", theme)
    ours = Path(settings.BASE_DIR, "static/innspill/base.css").read_text()
    missing = [name for name in re.findall(r"(--[a-z0-9-]+):", dark) if f"{name}: inherit;" not in ours]
    assert missing == []
