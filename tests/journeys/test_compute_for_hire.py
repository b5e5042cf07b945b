"""Accelerators let by the hour: the customer's questionnaire gives facts, and red flag 28 asks about training."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator

from compliance.services import determine, intake, screen
from tests.build import a_case, a_party, an_item
from tests.cast import Cast

from .conftest import Door

FLAG = "EAR-RF-28"


def test_the_questionnaire_of_a_customer_raises_flag_28(people: Cast, lists: Path, door: Door) -> None:
    case = a_case(by=people.mira, activity="iaas", title="H100 hours for a cloud customer")
    party = a_party(by=people.mira, name="Xingfan International Pte Ltd", parent="CN")
    item = an_item(by=people.mira, kind="compute", eccn_given="3A090.a")
    intake.add_line(case.ref, by=people.mira, item_ref=item.ref, quantity=1000, unit_value="3")
    intake.add_party(case.ref, by=people.mira, party_ref=party.ref, role="iaas_customer")
    intake.submit(case.ref, by=people.mira)
    screen.screen_parties(case.ref, by=people.mira)
    determine.determine_case(case.ref, by=people.mira)
    assert case.flags.get(code=FLAG).answer == "unknown"

    mira = door("mira")
    mira.go(f"/cases/{case.ref}/")
    for group in mira.page.locator("#iaas details.group > summary").all():
        group.click()
    sheet = mira.page.locator("#iaas form")
    sheet.locator("[name^='fact|workload.training_operations|']").fill("200000000000000000000000000")
    mira.fill(sheet, **{name_of(sheet, "service.type"): "IaaS"})
    mira.fill(sheet, source="customer's questionnaire of 20 November")
    sheet.locator("button").last.click()
    mira.page.wait_for_url("**#iaas")
    mira.reads("noted.")
    assert case.facts.filter(key="workload.training_operations").exists()
    assert case.flags.get(code=FLAG).answer == "raised"
    assert mira.page.locator(f"#flag-{FLAG}").count() == 1


def name_of(sheet: Locator, key: str) -> str:
    """Return the name of the field that asks for a fact."""
    return sheet.locator(f"[name^='fact|{key}|']").first.get_attribute("name") or key
