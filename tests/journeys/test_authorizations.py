"""A NAC from approval to shipment: filed, registered, paused, refused before its number, confirmed, shipped."""

from __future__ import annotations

from pathlib import Path

from compliance.models import Case
from tests.cast import Cast
from tests.compliance.walk import approved, proposed

from .conftest import Door


def test_nothing_leaves_under_a_nac_before_its_confirmation(people: Cast, lists: Path, door: Door) -> None:
    case = approved(proposed(people, country="CN", recommendation="apply"), people.rhea)
    case = approved(case, people.sam)
    assert case.state == "authorization_needed"
    otto = door("otto")
    otto.go(f"/cases/{case.ref}/")
    otto.deed("file", kind="nac", application="Z100410", filed_on="2026-11-02")
    otto.reads("The filing is recorded.")
    otto.deed("registration", registered_on="2026-11-03")
    otto.reads("Registered: the 25 days run.")
    otto.deed("pause", first_day="2026-11-10", last_day="2026-11-12", proof="SNAP-R message of 10 November")
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
    assert Case.objects.get(pk=case.pk).state == "shipped"
