"""Without JavaScript: what the law needs of a person is plain links and forms."""

from __future__ import annotations

from compliance.models import Case
from tests.build import a_case, a_party, an_item
from tests.cast import Cast
from tests.compliance.walk import REASON, flags_closed, reviewed

from .conftest import Door


def test_a_case_is_taken_in_and_submitted(people: Cast, lists: object, door: Door) -> None:
    an_item(by=people.mira, model="H100")
    a_party(by=people.mira, name="Example Harbor Ltd")
    mira = door("mira", java_script_enabled=False)
    mira.go("/cases/new/")
    mira.page.locator("input[name=activity][value=export]").check()
    mira.page.locator("button[name=again]").click()
    form = mira.page.locator("#case-fields")
    mira.fill(
        form,
        title="12 H100 to Example Harbor",
        exporting_from="US",
        destination="GB",
        planned_on="2026-11-25",
        end_use="Weather.",
    )
    form.get_by_role("button", name="Keep and add items and parties").click()
    case = Case.objects.get()
    mira.page.locator("[name=item_q]").fill("H100")
    mira.page.locator("#lines form.searching button").click()
    mira.page.locator("#item-found label", has_text="H100").locator("input").check()
    mira.fill(mira.page.locator("#lines form.adding"), quantity="12")
    mira.page.locator("#lines form.adding button").click()
    mira.page.locator("[name=party_q]").fill("Harbor")
    mira.page.locator("#parties form.searching button").click()
    mira.page.locator("#party-found label", has_text="Harbor").locator("input").check()
    mira.fill(mira.page.locator("#parties form.adding"), role="end_user")
    mira.page.locator("#parties form.adding button").click()
    mira.go(f"/cases/{case.ref}/")
    mira.press("Submit", within=".case-head")
    mira.reads("Submitted, screened and determined.")
    mira.page.locator("#questions button[value=no]").first.click()
    mira.reads("Noted, and the law was asked again.")


def test_a_proposal_is_approved_and_shipped(people: Cast, lists: object, door: Door) -> None:
    case = flags_closed(reviewed(people), people)
    otto = door("otto", java_script_enabled=False)
    otto.go(f"/cases/{case.ref}/")
    otto.page.locator("#deed-propose summary").click()
    form = otto.page.locator("#deed-propose form")
    otto.fill(form, recommendation="proceed", reason=REASON)
    form.locator("button").click()
    otto.reads("Proposed. A colleague is asked to decide.")
    rhea = door("rhea", java_script_enabled=False)
    rhea.go("/queue/")
    rhea.page.locator(f"main a[href*='{case.ref}']").first.click()
    rhea.page.locator("#deed-approve summary").click()
    form = rhea.page.locator("#deed-approve form")
    tick = form.locator("[name=acknowledged_readings]")
    rhea.fill(form, reason="I read it all.", **({"acknowledged_readings": True} if tick.count() else {}))
    form.locator("button").click()
    rhea.reads("Your approval is recorded.")
    otto.go(f"/cases/{case.ref}/")
    otto.press("Release the shipment", within=".case-head")
    assert Case.objects.get(pk=case.pk).state == "shipped"


def test_a_draft_is_found_on_the_desk(people: Cast, door: Door) -> None:
    case = a_case(by=people.mira)
    mira = door("mira", java_script_enabled=False)
    assert mira.page.locator(f"main a[href*='{case.ref}']").count() >= 1
