"""Take the pictures of the README from a running demonstration: `make run`, then `.venv/bin/python docs/pictures/take.py`.

Needs Chromium at /usr/bin/chromium, as the browser tests do.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

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
PICTURES = [
    ("work-list", "Servicesenter", "/staff/", (1280, 900)),
    ("citizen", None, "/", (390, 844)),
]


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for name, role, path, (width, height) in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height}, locale="nb-NO")
            if role is not None:
                page.goto(f"{SITE}/accounts/login/")
                page.locator("li", has_text=role).first.get_by_role("button").click()
                page.wait_for_load_state()
            page.goto(SITE + path)
            page.screenshot(path=HERE / f"{name}.png")
            sys.stdout.write(f"{name}.png\n")
        browser.close()


if __name__ == "__main__":
    main()
