"""The page on which a citizen writes: what it offers, what it keeps, and what it weighs."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from feedback.models import Attachment, Card, HeldUpload
from tests.browser.conftest import check_accessibility, check_every_look, focus, kept
from tests.factories import CategoryFactory, RuleFactory, Solvik, a_card
from tests.pictures import photo

TEXT = "What do you want to tell us?"
SEND = "Send the message"
BUDGET = 100_000


@pytest.fixture(autouse=True)
def _place_for_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """A photo, and a file that is none."""
    (tmp_path / "hull.png").write_bytes(photo((60, 40), kind="PNG").getvalue())
    (tmp_path / "brev.exe").write_bytes(b"MZ")
    return [tmp_path / "hull.png", tmp_path / "brev.exe"]


@pytest.fixture
def roads(solvik: Solvik) -> Solvik:
    """Two categories of which a word tells."""
    RuleFactory(category=CategoryFactory(code="roads", name="Vei", position=1), unit=solvik.roads, words=["asfalt"])
    CategoryFactory(code="lights", name="Gatelys", position=2, deadline_days=3, deadline_kind="calendar_days")
    return solvik


def write(page: Page, text: str) -> None:
    page.get_by_label(TEXT).press_sequentially(text)


def receipt(page: Page) -> Card:
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. We have your message.")
    return Card.objects.get()


# --- What it seems to be about --------------------------------------------------------------------------------------


def test_what_is_suggested_is_shown_kept_and_given_back(page: Page, live_server: Any, roads: Solvik) -> None:
    page.goto(live_server.url)
    line = page.locator("[data-suggestion]")
    expect(line).to_have_text("")
    write(page, "Asfalten er ødelagt")
    expect(line).to_have_text("Seems to be about: Vei · Fault report")
    expect(line).to_have_attribute("aria-live", "polite")
    expect(page.get_by_label(TEXT)).to_be_focused()
    page.get_by_label(TEXT).fill("Gatelyset er borte")
    expect(line).to_have_text("Seems to be about: Gatelys")
    page.get_by_role("button", name=SEND).click()
    card = receipt(page)
    assert (card.category and card.category.code, card.kind) == ("lights", "")


def test_what_was_suggested_goes_with_the_words_that_showed_it(page: Page, live_server: Any, roads: Solvik) -> None:
    page.goto(live_server.url)
    write(page, "Gatelyset er borte")
    expect(page.locator("[data-suggestion]")).to_contain_text("Gatelys")
    page.get_by_label(TEXT).fill("Noe helt annet enn det")
    expect(page.locator("[data-suggestion]")).to_have_text("")
    page.get_by_role("button", name=SEND).click()
    assert receipt(page).category is None


def test_a_choice_is_never_overridden(page: Page, live_server: Any, roads: Solvik) -> None:
    page.goto(live_server.url)
    write(page, "Gatelyset er borte")
    page.get_by_role("button", name="Change what it is about").click()
    category = page.get_by_label("What is it about?")
    expect(category).to_be_focused()
    category.select_option("roads")
    with page.expect_response("**/suggest/"):
        write(page, ". Gatelys!")
    expect(category).to_have_value("roads")
    expect(page.locator("[data-suggestion]")).to_have_text("")
    category.select_option("")
    with page.expect_response("**/suggest/"):
        write(page, " Gatelys igjen.")
    expect(category).to_have_value("")
    page.get_by_role("button", name=SEND).click()
    assert receipt(page).category is None


# --- Where it is ----------------------------------------------------------------------------------------------------


def test_the_position_is_asked_for_on_a_click_and_can_be_removed(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 59.0501234, "longitude": 10.03, "accuracy": 18.4})
    page.goto(live_server.url)
    line = page.locator("[data-position]")
    expect(line).to_be_hidden()
    page.get_by_role("button", name="Use my position").click()
    expect(line).to_contain_text("59.05012, 10.03000 (within about 18 metres)")
    page.get_by_role("button", name="Remove the position").click()
    expect(line).to_be_hidden()
    expect(page.get_by_role("button", name="Use my position")).to_be_focused()
    page.keyboard.press("Enter")
    expect(line).to_be_visible()
    write(page, "Her er det")
    page.get_by_role("button", name=SEND).click()
    card = receipt(page)
    assert (str(card.latitude), str(card.longitude)) == ("59.050120", "10.030000")


def test_a_refused_position_is_told_in_words(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.goto(live_server.url)
    page.get_by_role("button", name="Use my position").click()
    expect(page.locator("[data-place-told]")).to_have_text(
        "Your browser was not allowed to tell where you are. Write the place instead."
    )


@pytest.fixture
def tiles(settings: Any, live_server: Any) -> str:
    """Pictures of a map from another origin: the same server by another name."""
    host = f"127.0.0.1:{urlsplit(live_server.url).port}"
    settings.MAP_TILES_URL = f"http://{host}/static/innspill/mark.svg?z={{z}}&x={{x}}&y={{y}}"
    settings.MAP_ATTRIBUTION = "© Kart & co"
    settings.MAP_START = (59.05, 10.03, 12)
    return host


def test_the_map_is_loaded_only_when_it_is_opened(page: Page, live_server: Any, solvik: Solvik, tiles: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(live_server.url)
    page.get_by_role("button", name="Show a map").click()
    expect(page.get_by_text("The pictures of the map come from 127.0.0.1, which then sees")).to_be_visible()
    assert [url for url in asked if "leaflet" in url or tiles in url] == []
    page.get_by_role("button", name="Open the map").click()
    shown = page.locator("[data-map]")
    expect(shown).to_be_focused()
    expect(page.locator(".leaflet-control-attribution")).to_have_text("© Kart & co")
    expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
    assert [url for url in asked if tiles in url] != []
    check_accessibility(page)
    focus(page.get_by_role("button", name="It is here"))
    focus(shown)
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="It is here").click()
    expect(page.get_by_role("button", name="Show a map")).to_be_focused()
    latitude, longitude = page.locator("[data-position-words]").inner_text().split(", ")
    assert 59.05 < float(latitude) < 59.2
    assert float(longitude) == pytest.approx(10.03, abs=0.001)
    write(page, "Her er det")
    page.get_by_role("button", name=SEND).click()
    assert str(receipt(page).latitude) == f"{latitude}0"


def test_without_an_address_for_its_pictures_there_is_no_map(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.goto(live_server.url)
    expect(page.get_by_role("button", name="Use my position")).to_be_visible()
    expect(page.get_by_role("button", name="Show a map")).to_have_count(0)


# --- What is promised -----------------------------------------------------------------------------------------------


def test_what_lacks_for_a_call_is_said_as_it_is_filled_in(page: Page, live_server: Any, roads: Solvik) -> None:
    page.goto(live_server.url)
    page.get_by_text("Do you want us to ring you?").click()
    promise = page.locator("[data-promise]")
    expect(promise).to_contain_text("Fill in your name, your address, and your daytime phone, and we ring you by")
    page.get_by_label("Name").fill("Kari")
    page.get_by_label("Daytime phone").fill("33 18 10 00")
    expect(promise.locator("p:visible")).to_contain_text("Fill in your address, and we ring you by")
    page.get_by_label("Address").fill("Storgata 1")
    expect(promise.locator("p:visible")).to_contain_text(re.compile("^We ring you by"))
    usual = promise.locator("p:visible strong").inner_text()
    write(page, "Gatelyset er borte")
    expect(promise.locator("p:visible strong")).not_to_have_text(usual)
    page.get_by_text("I need another way than the phone").click()
    page.get_by_label("How should we answer you?").select_option("written")
    expect(promise.locator("p:visible")).to_contain_text("You get your answer in the way you ask for, by")


# --- Nothing typed is lost ------------------------------------------------------------------------------------------


def test_a_draft_lives_until_the_receipt(page: Page, live_server: Any, roads: Solvik, pictures: list[Path]) -> None:
    page.goto(live_server.url)
    write(page, "Gatelyset er borte")
    expect(page.locator("[data-suggestion]")).to_contain_text("Gatelys")
    page.get_by_text("Do you want us to ring you?").click()
    page.get_by_label("Name").fill("Kari")
    page.locator("#id_uploads").set_input_files(pictures[0])
    expect(page.get_by_role("button", name="Throw away what I wrote")).to_be_visible()
    page.wait_for_timeout(300)
    page.goto(f"{live_server.url}/privacy/")
    page.goto(live_server.url)
    expect(page.get_by_label(TEXT)).to_have_value("Gatelyset er borte")
    expect(page.get_by_label("Name")).to_have_value("Kari")
    expect(page.locator("[data-suggestion]")).to_contain_text("Gatelys")
    expect(page.get_by_text("We brought back what you wrote here before. Your pictures too.")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name=SEND).click()
    card = receipt(page)
    assert [one.name for one in card.attachments.all()] == ["hull.jpg"]
    page.goto(live_server.url)
    expect(page.get_by_label(TEXT)).to_have_value("")
    expect(page.locator("[data-draft]")).to_be_hidden()


def test_a_draft_is_thrown_away(page: Page, live_server: Any, solvik: Solvik, pictures: list[Path]) -> None:
    page.goto(live_server.url)
    write(page, "Hemmelig")
    page.locator("#id_uploads").set_input_files(pictures[0])
    page.wait_for_timeout(300)
    page.reload()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label(TEXT)).to_have_value("")
    page.reload()
    expect(page.get_by_label(TEXT)).to_have_value("")
    page.wait_for_function("() => localStorage.length === 0")
    assert page.evaluate("document.querySelector('#id_uploads').files.length") == 0


def test_a_draft_lasts_a_week(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.goto(live_server.url)
    write(page, "Gammelt")
    age = "(days) => { const d = JSON.parse(localStorage['innspill-draft']); d.at -= days * 864e5; localStorage['innspill-draft'] = JSON.stringify(d) }"  # noqa: E501
    page.evaluate(age, 6.9)
    page.goto(live_server.url)
    expect(page.get_by_label(TEXT)).to_have_value("Gammelt")
    page.evaluate(age, 7.1)
    page.goto(live_server.url)
    expect(page.get_by_label(TEXT)).to_have_value("")


def test_a_message_whose_receipt_was_lost_is_sent_again_as_the_same_card(
    page: Page, live_server: Any, solvik: Solvik
) -> None:
    page.goto(live_server.url)
    write(page, "Sendt to ganger")
    page.route("**/send-done.js", lambda route: route.fulfill(status=200, content_type="text/javascript", body=""))
    page.get_by_role("button", name=SEND).click()
    receipt(page)
    page.goto(live_server.url)
    expect(page.get_by_label(TEXT)).to_have_value("Sendt to ganger")
    page.get_by_role("button", name=SEND).click()
    receipt(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_an_error_keeps_text_and_pictures(
    browser: Browser, live_server: Any, solvik: Solvik, pictures: list[Path], script: bool
) -> None:
    context = browser.new_context(java_script_enabled=script, locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_label(TEXT).fill("Hull i veien")
    page.locator("#id_uploads").set_input_files(pictures)
    page.get_by_role("button", name=SEND).click()
    page.locator(".ds-error-summary").wait_for()
    expect(page.get_by_label(TEXT)).to_have_value("Hull i veien")
    held = page.locator(".held li")
    expect(held).to_have_count(1)
    expect(held).to_contain_text("hull.jpg")
    assert held.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.locator("#id_uploads").set_input_files([])
    page.get_by_role("button", name=SEND).click()
    card = receipt(page)
    assert [one.name for one in card.attachments.all()] == ["hull.jpg"]
    assert HeldUpload.objects.count() == 0
    context.close()


def test_offline_the_page_says_so_and_sends_when_the_net_is_back(
    page: Page, live_server: Any, solvik: Solvik, pictures: list[Path]
) -> None:
    kept(page, live_server.url)
    write(page, "Skrevet på ")
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline. Write on")).to_be_visible()
    write(page, "fjellet")
    page.locator("#id_uploads").set_input_files(pictures[0])
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("You are offline, so your message is not sent yet.")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name=SEND).click()
    assert Card.objects.count() == 0
    page.context.set_offline(False)
    card = receipt(page)
    assert (card.text, Attachment.objects.count()) == ("Skrevet på fjellet", 1)
    page.wait_for_function("() => localStorage.length === 0")


def test_what_waits_can_be_called_back(page: Page, live_server: Any, solvik: Solvik) -> None:
    kept(page, live_server.url)
    write(page, "Angrer")
    page.context.set_offline(True)
    page.get_by_role("button", name=SEND).click()
    page.get_by_role("button", name="Do not send it yet").click()
    expect(page.get_by_role("button", name=SEND)).to_be_focused()
    page.context.set_offline(False)
    page.wait_for_timeout(500)
    assert Card.objects.count() == 0
    expect(page.get_by_label(TEXT)).to_have_value("Angrer")


def test_a_net_that_fails_while_the_browser_believes_in_it(browser: Browser, live_server: Any, solvik: Solvik) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url)
    page.get_by_label(TEXT).fill("Dårlig dekning")

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/healthz", cut)
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_text("your message is not sent yet")).to_be_visible()
    page.unroute("**/healthz", cut)
    page.wait_for_url("**/receipt/", timeout=20_000)
    receipt(page)
    context.close()


def test_a_double_click_makes_one_card(page: Page, live_server: Any, solvik: Solvik) -> None:
    page.goto(live_server.url)
    write(page, "Klikk klikk")
    page.get_by_role("button", name=SEND).dblclick()
    receipt(page)


def test_who_is_quick_sends_once_more(page: Page, live_server: Any, solvik: Solvik, settings: Any) -> None:
    settings.SEND_MINIMUM_SECONDS = 600
    page.goto(live_server.url)
    write(page, "Fort")
    page.get_by_role("button", name=SEND).click()
    expect(page.locator(".ds-error-summary")).to_contain_text("That was quicker than most people are.")
    page.get_by_role("button", name=SEND).click()
    receipt(page)


# --- For everybody --------------------------------------------------------------------------------------------------


def test_the_whole_errand_by_keyboard(page: Page, live_server: Any, roads: Solvik) -> None:
    page.goto(live_server.url)

    def tab_to(locator: Any) -> None:
        for _ in range(25):
            page.keyboard.press("Tab")
            if locator.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError("not reached by Tab")

    tab_to(page.get_by_label(TEXT))
    page.keyboard.type("Gatelyset er borte")
    expect(page.locator("[data-suggestion]")).to_contain_text("Gatelys")
    tab_to(page.get_by_role("button", name="Change what it is about"))
    tab_to(page.get_by_label("Where is it?"))
    page.keyboard.type("Storgata 4")
    tab_to(page.locator("details.call-me > summary"))
    page.keyboard.press("Enter")
    for label, value in (("Name", "Kari"), ("Address", "Storgata 1"), ("Daytime phone", "33 18 10 00")):
        tab_to(page.get_by_label(label))
        page.keyboard.type(value)
    tab_to(page.get_by_role("button", name=SEND))
    page.keyboard.press("Enter")
    card = receipt(page)
    assert (card.place, card.callback_owed) == ("Storgata 4", True)


def test_each_state_is_accessible(
    look: Page, live_server: Any, roads: Solvik, pictures: list[Path], tiles: str
) -> None:
    page = look
    page.goto(live_server.url)
    write(page, "Asfalten er ødelagt")
    expect(page.locator("[data-suggestion]")).to_contain_text("Vei")
    page.get_by_role("button", name="Use my position").click()
    page.get_by_role("button", name="Show a map").click()
    page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
    page.get_by_label("How should we answer you?").select_option("interpreter")
    check_every_look(page)
    page.locator("#id_uploads").set_input_files(pictures)
    page.get_by_role("button", name=SEND).click()
    page.locator(".ds-error-summary").wait_for()
    check_every_look(page)


def test_zoom_of_four_hundred_per_cent_does_not_go_sideways(
    page: Page, live_server: Any, roads: Solvik, pictures: list[Path], tiles: str
) -> None:
    card = a_card(unit=roads.roads)
    page.set_viewport_size({"width": 320, "height": 256})
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 59.0501234, "longitude": 10.0312345, "accuracy": 1800})

    def check() -> None:
        page.wait_for_load_state("load")
        wide = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 321).map(e => e.outerHTML.slice(0, 90))"  # noqa: E501
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.evaluate(wide)

    for path in ("/", "/card/", f"/card/{card.secret}/receipt/", "/privacy/"):
        page.goto(live_server.url + path)
        check()
    page.goto(live_server.url)
    write(page, "Asfalten er ødelagt")
    expect(page.locator("[data-suggestion]")).to_contain_text("Vei")
    page.get_by_role("button", name="Use my position").click()
    expect(page.locator("[data-position]")).to_contain_text("1800")
    page.get_by_role("button", name="Show a map").click()
    page.get_by_role("button", name="Open the map").click()
    page.locator(".leaflet-tile-loaded").first.wait_for()
    page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true })")
    check()
    page.locator("#id_uploads").set_input_files(pictures)
    page.get_by_role("button", name=SEND).click()
    page.locator(".held").wait_for()
    check()


def test_the_receipt_prints_on_one_page(page: Page, live_server: Any, solvik: Solvik) -> None:
    card = a_card(unit=solvik.roads)
    page.goto(f"{live_server.url}/card/{card.secret}/receipt/")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator(".reference")).to_be_visible()
    expect(page.locator(".print-only")).to_be_visible()
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "2cm"))
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


# --- What it weighs -------------------------------------------------------------------------------------------------


@pytest.fixture
def served(process_env: dict[str, str], solvik: Solvik, tmp_path: Path) -> Iterator[str]:
    """The web server of production, with static files as production collects and compresses them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = process_env | {
        "DJANGO_SETTINGS_MODULE": "tests.served",
        "INNSPILL_TEST_STATIC": str(tmp_path / "static"),
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"], cwd=root, env=env, check=True)
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
    server = subprocess.Popen(command, cwd=root, env=env)
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def test_the_first_load_is_light_ours_alone_and_sets_no_cookie_but_csrf(browser: Browser, served: str) -> None:
    context = browser.new_context(locale="nb-NO")
    page = context.new_page()
    watch = context.new_cdp_session(page)
    watch.send("Network.enable")
    bytes_of: dict[str, float] = {}
    urls: dict[str, str] = {}
    watch.on("Network.requestWillBeSent", lambda told: urls.update({told["requestId"]: told["request"]["url"]}))
    watch.on("Network.loadingFinished", lambda told: bytes_of.update({told["requestId"]: told["encodedDataLength"]}))
    page.goto(served, wait_until="networkidle")
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    weighed: Counter[str] = Counter()  # what is kept for the time without a net is asked for twice, and weighs once
    for number, url in urls.items():
        weighed[urlsplit(url).path] += int(bytes_of.get(number, 0))
    assert weighed["/offline/"] > 0
    assert {urlsplit(url).netloc for url in urls.values() if not url.startswith("data:")} == {urlsplit(served).netloc}
    assert [path for path in weighed if "htmx" in path or "inter" in path or "leaflet" in path] == []
    assert len(weighed) > 10
    assert min(size for path, size in weighed.items() if path.endswith((".css", ".js")) or path == "/") > 100, weighed
    assert sum(weighed.values()) < BUDGET, weighed
    assert {cookie.get("name") for cookie in context.cookies()} == {"csrftoken"}
    print(sum(weighed.values()), weighed)
    context.close()
