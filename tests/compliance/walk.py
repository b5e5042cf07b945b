"""Bringing a case to the stage a test begins at, through the verbs people use."""

from __future__ import annotations

from typing import Any

from compliance.ear.fields import Kind
from compliance.ear.vocabulary import FIELDS as LAW
from compliance.models import Case, Decision
from compliance.queries.content import content_of, digest
from compliance.services import decide, determine, facts, flags, intake, parties, screen
from screening import services as screening
from tests.build import a_case, an_item
from tests.cast import Cast

REASON = "Facts complete, matches judged, flags explained."

H100 = {
    "item.form": "integrated_circuit",
    "item.tpp": "15832",
    "item.applicable_die_area_mm2": "814",
    "item.non_planar": True,
    "item.us_origin": True,
    "item.located_in_us": True,
    "item.data_center_designed_or_marketed": True,
    "item.io_transfer_rate_gbps": "900",
    "item.dram_bandwidth_gbps": "3350",
}


RTX_4090 = H100 | {
    "item.tpp": "5285",
    "item.applicable_die_area_mm2": "609",
    "item.data_center_designed_or_marketed": False,
    "item.io_transfer_rate_gbps": "0",
    "item.dram_bandwidth_gbps": "1008",
}


def lists_loaded() -> None:
    """Load the sample lists."""
    screening.load_sample(by="system")


def reviewed(
    cast: Cast,
    *,
    country: str = "GB",
    planned_on: str = "2026-11-25",
    figures: dict[str, Any] | None = None,
    **given: Any,
) -> Case:
    """Return a case under review: every question of law answered, screened, determined; its flags are still open."""
    by = cast.mira
    case = a_case(by=by, destination=country, planned_on=planned_on, purchase_order="PO-1", **given)
    item = an_item(by=by, eccn_given="3A090.a")
    for key, value in (figures or H100).items():
        facts.record_item_fact(item.ref, by=by, key=key, value=value, source="data sheet")
    party = parties.add_party(
        by=by, name="Quillfeather Meteorology Ltd", addresses=[{"text": "1 Quay", "country": country}]
    )
    for key, value in {
        "party.country": country,
        "party.headquarters": country,
        "party.own_ultimate_parent": True,
        "party.ultimate_parent_headquarters": country,
        "party.military_end_user": False,
        "party.owned_50_percent_by_listed": False,
    }.items():
        facts.record_party_fact(party.ref, by=by, key=key, value=value, source="registry")
    intake.add_line(case.ref, by=by, item_ref=item.ref, quantity=12, unit_value="20000")
    intake.add_party(case.ref, by=by, party_ref=party.ref, role="ultimate_consignee")
    no = {key: False for key, field in LAW.items() if key.startswith("case.end_use.") and field.kind is Kind.YES_NO}
    no |= {"case.is_informed": False, "case.fabricator_or_osat": False, "case.commercial_sample": False}
    facts.answer_many(case.ref, by=by, answers=[{"key": key, "value": value} for key, value in no.items()])
    intake.submit(case.ref, by=by)
    screen.screen_parties(case.ref, by=by)
    determine.determine_case(case.ref, by=by)
    return Case.objects.get(pk=case.pk)


def flags_closed(case: Case, cast: Cast) -> Case:
    """Close every open flag by name, with an inquiry where one is raised."""
    for flag in case.flags.all():
        if flag.is_open:
            if flag.answer == "raised":
                inquiry = flags.ask(
                    case.ref, by=cast.otto, code=flag.code, question="Please explain.", asked_of="buyer"
                )
                flags.record_answer(case.ref, by=cast.otto, inquiry_id=inquiry.pk, answer="Explained in writing.")
            flags.close_flag(case.ref, by=cast.otto, code=flag.code, reason="Explained.", acknowledged_unknown=True)
    return Case.objects.get(pk=case.pk)


def proposed(cast: Cast, *, recommendation: str = "proceed", by_hand: str = "", **given: Any) -> Case:
    """Return a case Otto has proposed."""
    case = flags_closed(reviewed(cast, **given), cast)
    decide.propose(case.ref, by=cast.otto, recommendation=recommendation, reason=REASON, by_hand=by_hand)
    return Case.objects.get(pk=case.pk)


def fingerprint(case: Case) -> str:
    """Return the fingerprint of the case as it stands, which an approver must have read."""
    return digest(content_of(Case.objects.get(pk=case.pk)))


def approved(case: Case, *people: Any) -> Case:
    """Let people approve one after the other."""
    for person in people:
        decide.approve(
            case.ref, by=person, reason="I read it all.", fingerprint=fingerprint(case), acknowledged_readings=True
        )
    return Case.objects.get(pk=case.pk)


def waiting(case: Case) -> Decision:
    """Return the proposal that waits."""
    return Decision.objects.get(case=case, standing="waiting")
