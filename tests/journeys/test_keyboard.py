"""The keyboard alone: every step of a day without a mouse, the focus always to be seen, and no way into a trap."""

from __future__ import annotations

from tests.build import a_complete_case
from tests.cast import Cast

from .browser import Visitor
from .conftest import Door

SEEN = """() => { const at = document.activeElement; const s = getComputedStyle(at);
    const ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0;
    return at === document.body || ring || s.boxShadow !== "none" }"""


def test_a_day_at_the_desk_with_the_keyboard_alone(people: Cast, door: Door) -> None:
    cases = [a_complete_case(by=people.mira, title=f"Case number {number}") for number in range(3)]
    mira = door("mira")
    keys = mira.page.keyboard
    keys.press("Tab")
    assert mira.page.evaluate("document.activeElement.className") == "skip"
    assert mira.page.evaluate(SEEN)
    keys.press("Enter")
    assert mira.page.evaluate("document.activeElement.id") == "work"
    mira.go("/cases/")
    keys.press("j")
    first = at_row(mira)
    keys.press("j")
    assert at_row(mira) != first
    keys.press("k")
    assert at_row(mira) == first
    keys.press("o")
    mira.page.wait_for_url("**/cases/GH-*/")
    assert first.split()[0] in mira.path
    keys.press("g")
    keys.press("d")
    mira.page.wait_for_url(f"{mira.server}/")
    keys.press("/")
    assert mira.page.evaluate("document.activeElement.id") == "search"
    keys.type(cases[1].ref)
    keys.press("Enter")
    mira.page.wait_for_url(f"**/cases/{cases[1].ref}/")


def at_row(visitor: Visitor) -> str:
    return visitor.page.locator("[data-rows] > .at").inner_text()


def test_the_keys_are_shown_and_the_dialog_gives_the_focus_back(people: Cast, door: Door) -> None:
    mira = door("mira")
    mira.page.locator("[data-dialog=keys]").focus()
    mira.page.keyboard.press("Enter")
    assert mira.page.locator("#keys").is_visible()
    assert mira.page.evaluate("document.activeElement.closest('dialog').id") == "keys"
    mira.page.keyboard.press("Escape")
    assert not mira.page.locator("#keys").is_visible()
    assert mira.page.evaluate("document.activeElement.dataset.dialog") == "keys"


def test_single_keys_can_be_switched_off(people: Cast, door: Door) -> None:
    mira = door("mira")
    mira.page.keyboard.press("?")
    mira.page.locator("#keys-on").press("Space")
    mira.page.keyboard.press("Escape")
    mira.page.keyboard.press("/")
    assert mira.page.evaluate("document.activeElement.id") != "search"


def test_tab_walks_through_the_case_file_and_out_again(people: Cast, door: Door) -> None:
    case = a_complete_case(by=people.mira)
    mira = door("mira")
    mira.go(f"/cases/{case.ref}/")
    met, unseen = set(), []
    for _step in range(250):
        mira.page.keyboard.press("Tab")
        place = mira.page.evaluate(
            "() => { const all = [...document.querySelectorAll('*')]; return all.indexOf(document.activeElement) }"
        )
        if not mira.page.evaluate(SEEN):
            unseen.append(mira.page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
        if place in met:
            break
        met.add(place)
    assert len(met) > 20
    assert not unseen, "\n".join(unseen)
    last = mira.page.locator("main a, main button, main summary, main input:not([type=hidden])").last
    assert mira.page.evaluate(
        "([met, last]) => met.includes([...document.querySelectorAll('*')].indexOf(last))",
        [sorted(met), last.element_handle()],
    )
