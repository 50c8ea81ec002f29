"""Take the pictures of README and `docs/pages.md` from a running demonstration.

`make run`, and then `.venv/bin/python docs/pictures/take.py`. `SITE_URL` names another place than http://127.0.0.1:8000;
Chromium is looked for at /usr/bin/chromium, as the browser tests do.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
SITE = os.environ.get("SITE_URL", "http://127.0.0.1:8000")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = (390, 844), (1280, 900)


class Picture(NamedTuple):
    """`person` is who signs in, as the sign-in page names them; None for what everybody sees."""

    name: str
    person: str | None
    path: str
    size: tuple[int, int]
    scheme: str = "light"


PICTURES = [
    Picture("citizen", None, "/", PHONE),
    Picture("what-we-hear", None, "/what-we-hear/", PHONE),
    Picture("survey-results", None, "{survey}", DESK),
    Picture("survey-results-phone", None, "{survey}", PHONE, "dark"),
    Picture("survey-results-staff", "Ragnhild Opsahl", "/staff{survey}?by=district", DESK),
    Picture("work-list", "Lene Myhre", "/staff/", DESK),
    Picture("register", "Lene Myhre", "/staff/register/", DESK),
    Picture("overdue", "Lene Myhre", "/staff/overdue/preview/", DESK),
    Picture("ring-today", "Roar Lindseth", "/staff/today/", DESK),
    Picture("ring-today-phone", "Roar Lindseth", "/staff/today/", PHONE, "dark"),
    Picture("political", "Rune Ekeberg", "/staff/political/", DESK),
    Picture("chief-executive", "Helene Brandval", "/staff/chief/", DESK),
    Picture("administration", "Vidar Klokk", "/staff/administration/rules/", DESK),
]


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        survey = _published_survey(browser)
        for picture in PICTURES:
            page = _page(browser, picture)
            page.goto(SITE + picture.path.format(survey=survey))
            page.evaluate("document.fonts.ready")
            page.screenshot(path=HERE / f"{picture.name}.png")
            page.context.close()
            sys.stdout.write(f"{picture.name}.png\n")
        browser.close()


def _published_survey(browser: Browser) -> str:
    """The address of the latest round's results: its year follows the demonstration's today."""
    page = browser.new_page()
    this_year = time.localtime().tm_year
    for year in (this_year, this_year - 1):
        address = f"/surveys/citizens-{year}/results/"
        if page.request.get(SITE + address).ok:
            return address
    raise SystemExit("The demonstration has no published survey.")


def _page(browser: Browser, picture: Picture) -> Page:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="nb-NO",
        color_scheme=picture.scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    if picture.person is not None:
        page.goto(f"{SITE}/accounts/login/")
        page.locator("li", has_text=picture.person).first.get_by_role("button").click()
        page.wait_for_load_state()
    return page


if __name__ == "__main__":
    main()
