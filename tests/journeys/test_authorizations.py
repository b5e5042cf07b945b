"""A NAC from approval to shipment: filed, registered, paused, refused before its number, confirmed, shipped."""

from __future__ import annotations

from pathlib import Path

from compliance.models import Case
from compliance.services import decide, determine, facts
from tests.cast import Cast
from tests.compliance.walk import REASON, approved, flags_closed, reviewed

from .conftest import Door

CONSUMER_BOARD = {
    "item.tpp": "5285",
    "item.applicable_die_area_mm2": "609",
    "item.io_transfer_rate_gbps": "0",
    "item.dram_bandwidth_gbps": "1008",
    "item.data_center_designed_or_marketed": False,
}


def test_nothing_leaves_under_a_nac_before_its_confirmation(people: Cast, lists: Path, door: Door) -> None:
    case = reviewed(people, country="CN")
    board = case.lines.get().item
    for key, value in CONSUMER_BOARD.items():
        facts.record_item_fact(board.ref, by=people.mira, key=key, value=value, source="data sheet")
    determine.determine_case(case.ref, by=people.mira)
    case = flags_closed(case, people)
    decide.propose(case.ref, by=people.otto, recommendation="apply", reason=REASON)
    case = approved(case, people.rhea)
    if case.state == "awaiting_approval":
        case = approved(case, people.sam)
    assert case.state == "authorization_needed"
    otto = door("otto")
    otto.go(f"/cases/{case.ref}/")
    otto.deed("file", kind="nac", application="Z100410", filed_on="2026-10-12")
    otto.reads("The filing is recorded.")
    otto.deed("registration", registered_on="2026-10-13")
    otto.reads("Registered: the 25 days run.")
    otto.deed("pause", first_day="2026-10-20", last_day="2026-10-22", proof="SNAP-R message of 20 October")
    otto.reads("The clock was moved.")
    assert otto.page.locator("#clocks").inner_text().count("NAC") >= 1
    assert otto.page.get_by_role("button", name="Release the shipment").count() == 0
    answer = otto.context.request.post(
        f"{otto.server}/cases/{case.ref}/ship/",
        form={"csrfmiddlewaretoken": otto.page.locator("[name=csrfmiddlewaretoken]").first.input_value()},
    )
    assert answer.status == 409
    assert Case.objects.get(pk=case.pk).state == "authorization_pending"
    otto.deed("grant", number="A1200457", granted_on="2026-11-20", expires_on="2027-11-20")
    otto.reads("The authorization is recorded.")
    otto.press("Release the shipment", within=".case-head")
    otto.reads("Released: lists and law were asked once more and answer as they did.")
    assert Case.objects.get(pk=case.pk).state == "shipped"
