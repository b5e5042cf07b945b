"""Roles and units: what is not yours is not there, who only reads has nothing to press, who manages people can."""

from __future__ import annotations

from compliance.models import User
from tests.build import a_complete_case
from tests.cast import Cast

from .conftest import Door


def test_a_case_of_another_unit_is_not_there(people: Cast, door: Door) -> None:
    case = a_complete_case(by=people.mira)
    carl = door("carl")
    carl.go(f"/cases/{case.ref}/", status=404)
    carl.reads("Nothing here")
    assert case.title not in carl.page.content()
    carl.go(f"/search/?q={case.ref}")
    assert case.title not in carl.page.locator("main").inner_text()


def test_an_auditor_reads_and_has_nothing_to_press(people: Cast, door: Door) -> None:
    case = a_complete_case(by=people.mira)
    ada = door("ada")
    ada.go(f"/cases/{case.ref}/")
    assert ada.page.locator("#case form[method=post]").count() == 0
    ada.go(f"/cases/{case.ref}/edit/", status=403)
    ada.go("/settings/people/", status=403)


def test_the_administrator_opens_and_closes_an_account(people: Cast, door: Door) -> None:
    adam = door("adam")
    adam.go("/settings/new-person/")
    form = adam.page.locator("main form").first
    adam.fill(form, username="nora", full_name="Nora Field", email="nora@example.com")
    form.locator("[name=roles][value='intake analyst']").check()
    form.locator("[name=units][value=compute]").check()
    form.locator("button").last.click()
    first = adam.page.locator("main .panel .mono").inner_text()
    assert User.objects.get(username="nora").is_active
    nora = door("nora", signed_in=False)
    nora.sign_in(first)
    assert nora.path == "/"
