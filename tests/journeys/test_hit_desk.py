"""A day at the hit desk by keyboard: others cleared and passed on, one found true, and the law asked again at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from compliance.models import Case
from compliance.services import determine, intake, parties, screen
from notifications.models import Notice
from notifications.services import read_new_entries
from screening.models import Judgement, Match
from tests.build import a_complete_case
from tests.cast import Cast

from .browser import Visitor
from .conftest import Door

LISTED = ("Inspur Group", "Cambricon Technologies", "Shanghai Biren Intelligent")


@pytest.fixture
def case(people: Cast, lists: Path) -> Case:
    """A case under review with three parties that resemble entries of the lists."""
    case = a_complete_case(by=people.mira, title="Lenses for a telescope")
    for name in LISTED:
        party = parties.add_party(by=people.mira, name=name, addresses=[{"text": "1 Quay", "country": "NO"}])
        intake.add_party(case.ref, by=people.mira, party_ref=party.ref, role="reseller")
    Case.objects.filter(pk=case.pk).update(state="under_review")
    screen.screen_parties(case.ref, by=people.mira)
    determine.determine_case(case.ref, by=people.mira)
    case.refresh_from_db()
    return case


def reason(visitor: Visitor, words: str, code: str) -> None:
    """Choose the ground and write the reason, with the keyboard alone."""
    page = visitor.page
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.name") == "code"
    for _ground in range(12):
        if page.evaluate("document.activeElement.value") == code:
            break
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == code
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type(words)
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") != "reason"


def pressed(visitor: Visitor, key: str) -> None:
    """Press a key that leads to another page, and wait for it."""
    before = visitor.page.url
    visitor.page.keyboard.press(key)
    visitor.page.wait_for_url(lambda url: url != before, wait_until="load")


def test_the_desk_is_worked_by_keyboard_and_the_law_is_asked_in_one_press(
    case: Case, people: Cast, door: Door, settings: Any
) -> None:
    total = Match.objects.count()
    assert total >= 2
    otto = door("otto")
    otto.go("/screening/")
    otto.page.keyboard.press("j")
    pressed(otto, "o")
    first = otto.path
    if otto.page.locator("[data-key=n]").count():
        pressed(otto, "j")
        assert otto.path != first
        pressed(otto, "k")
        assert otto.path == first

    # Not the same party: chosen with 1, recorded with s, and on to the next.
    otto.page.keyboard.press("1")
    reason(otto, "Another company: founded in 1994, in Oslo.", "no_match:different_name")
    otto.page.keyboard.press("r")
    pressed(otto, "Control+Enter")
    assert otto.path != first
    otto.reads("The answer is recorded.")

    # Passed on: the colleague hears of it and finds it in her queue.
    second = otto.path
    otto.page.keyboard.press("3")
    assert otto.page.locator("[name=waits_for]").is_visible()
    otto.page.locator("[name=waits_for]").select_option("lena")
    reason(otto, "The register entry is in Norwegian; please read it.", "escalated:second_opinion")
    otto.page.locator("#judge button:not([name=next])").last.press("Enter")
    otto.page.wait_for_load_state("load")
    assert Judgement.objects.latest("pk").waits_for == "lena"
    read_new_entries()
    assert Notice.objects.filter(recipient=people.lena).exists()

    # The same party: no key chooses it, the questions lead to it.
    lena = door("lena")
    lena.go("/screening/?show=mine")
    assert lena.page.locator("[data-rows] tr").count() == 1
    lena.go(second)
    for key in ("0", "4", "5", "m", "y"):
        lena.page.keyboard.press(key)
    assert lena.path == second
    assert lena.page.locator("[name=verdict]:checked").count() == 0
    pressed(lena, "w")
    for answered, key in enumerate(("1", "1", "1", "1", "1", "3", "3", "1"), 1):
        lena.page.keyboard.press(key)
        expect(lena.page.locator(".walk .walked li")).to_have_count(answered)
        lena.page.wait_for_load_state("load")
    lena.page.locator("#judge [name=verdict][value=match]").press("Space")
    lena.page.locator("#judge [name=code]").select_option("match:same_address")
    lena.page.locator("#judge [name=reason]").fill("名称、地址与登记资料一致，系同一主体。")
    before = Judgement.objects.count()
    lena.page.evaluate("document.activeElement.blur()")
    lena.page.keyboard.press("s")
    assert Judgement.objects.count() == before
    lena.page.locator("#judge button:not([name=next])").last.press("Enter")
    lena.page.wait_for_url(f"**{second}*")
    assert Judgement.objects.latest("pk").walk["similarities"] == "several"

    # Whatever is left is cleared; then the case asks for the law at once, and one press is enough.
    for match in Match.objects.order_by("pk"):
        if not Judgement.objects.filter(match=match).exclude(verdict="escalated").exists():
            otto.go(f"/screening/matches/{match.pk}/")
            otto.page.keyboard.press("1")
            reason(otto, "Another company: founded in 1994, in Oslo.", "no_match:different_name")
            otto.page.locator("#judge button:not([name=next])").last.press("Enter")
            otto.page.wait_for_load_state("load")
    otto.go(f"/cases/{case.ref}/")
    assert otto.page.locator("#blockers").get_by_role("button", name="Ask the law again").count() == 1
    otto.go(first)
    determinations = case.determinations.count()
    otto.press("Ask the law again", within="#cases")
    otto.page.wait_for_url(f"**/cases/{case.ref}/**")
    assert case.determinations.count() == determinations + 1
    assert otto.page.locator("#blockers").get_by_role("button", name="Ask the law again").count() == 0


def test_the_keys_of_the_desk_are_shown(case: Case, door: Door) -> None:
    otto = door("otto")
    otto.go(f"/screening/matches/{Match.objects.order_by('pk')[0].pk}/")
    otto.page.keyboard.press("?")
    assert "walk through the questions: the only way to a true match" in otto.page.locator("#keys").inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_match_opens_at_its_beginning_and_nothing_hangs_over(case: Case, door: Door, width: int) -> None:
    otto = door("otto", viewport={"width": width, "height": 600})
    otto.go(f"/screening/matches/{Match.objects.order_by('-pk')[0].pk}/")
    assert otto.page.evaluate("window.scrollY") == 0
    assert otto.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if width == 1280:
        queue, here = otto.page.locator(".hit-queue").bounding_box(), otto.page.locator("[aria-current=true]")
        place = here.bounding_box()
        assert queue and place
        assert queue["y"] <= place["y"] < queue["y"] + queue["height"]
        assert otto.page.locator(".hit-queue .moves").bounding_box()
    otto.go("/screening/")
    assert otto.page.evaluate(
        "[...document.querySelectorAll('.panel')].every((panel) => panel.scrollWidth <= panel.clientWidth + 1)"
    )
