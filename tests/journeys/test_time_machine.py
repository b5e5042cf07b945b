"""The law on another day: the slider by keyboard, the date without JavaScript, changes fetched into the case."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.cast import Cast
from tests.compliance.walk import RTX_4090, reviewed

from .browser import Visitor
from .conftest import Door


def test_the_slider_moves_by_keyboard_and_the_answer_follows(people: Cast, lists: object, door: Door) -> None:
    case = reviewed(people, country="VN", figures=RTX_4090)
    mira = door("mira")
    mira.go(f"/cases/{case.ref}/")
    mira.page.get_by_role("link", name="The answer on another day").click()
    mira.page.wait_for_url(f"**/cases/{case.ref}/days/")
    slider = mira.page.locator("#slider")
    slider.focus()
    mira.page.keyboard.press("Home")
    expect(mira.page.locator("#day-answer h2 time")).to_have_attribute("datetime", "2022-10-07")
    mira.page.keyboard.press("ArrowRight")
    expect(mira.page.locator("#day-answer h2 time")).to_have_attribute("datetime", "2022-10-08")
    expect(slider).to_be_focused()
    mira.page.locator("#day-answer a[rel=next]").click()
    mira.page.wait_for_load_state("load")
    assert "day=" in mira.page.url


def test_without_javascript_a_date_is_asked_by_a_form(people: Cast, lists: object, door: Door) -> None:
    case = reviewed(people)
    mira = door("mira", java_script_enabled=False)
    mira.go(f"/cases/{case.ref}/days/")
    mira.page.locator("#by-date").fill("2024-05-01")
    mira.page.locator(".by-date button").click()
    assert mira.page.locator("#day-answer h2 time").get_attribute("datetime") == "2024-05-01"
    assert mira.page.locator("#slider").get_attribute("value") == "572"
    mira.go(f"/cases/{case.ref}/")
    mira.page.get_by_role("link", name="Show what would change it").click()
    mira.page.wait_for_url(f"**/cases/{case.ref}/changes/")
    mira.reads("Every answer comes from the law itself, asked again.")


def test_what_would_change_it_is_fetched_into_the_case(people: Cast, lists: object, door: Door) -> None:
    case = reviewed(people)
    mira = door("mira")
    mira.go(f"/cases/{case.ref}/")
    mira.page.get_by_role("link", name="Show what would change it").click()
    expect(mira.page.locator("#changes-here table").first).to_be_visible()
    assert mira.path == f"/cases/{case.ref}/"


def test_another_destination_is_tried_and_taken_back(people: Cast, lists: object, door: Door) -> None:
    case = reviewed(people)
    mira = door("mira")
    mira.go(f"/cases/{case.ref}/try/")
    mira.page.locator("#try-fact").select_option("case.destination|")
    mira.page.locator("#try-value").fill("CN")
    mira.page.get_by_role("button", name="Try it").click()
    mira.reads("the answer changes", "China (CN)")
    mira.page.get_by_role("link", name="take back").click()
    mira.reads("the answer stays the same")


def test_nothing_scrolls_sideways_in_a_narrow_window(people: Cast, lists: object, door: Door) -> None:
    case = reviewed(people)
    mira = door("mira", viewport={"width": 390, "height": 800})
    for name in ("days", "changes", "try"):
        mira.go(f"/cases/{case.ref}/{name}/")
        assert not _too_wide(mira), name


def _too_wide(visitor: Visitor) -> bool:
    wide: bool = visitor.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide
