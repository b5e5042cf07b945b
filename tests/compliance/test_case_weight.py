"""What a reader is told first: what decides, what could still move it, and why an exception is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from compliance.models import StoredDetermination
from compliance.queries.case_findings import findings
from compliance.queries.case_law import show_law
from compliance.queries.case_weight import alike, answer_of, deciding, groups
from tests.cast import Cast
from tests.compliance.walk import lists_loaded, reviewed


@dataclass(frozen=True)
class Said:
    title: str
    outcome: str
    effect: str
    of: str = ""
    reading: str = ""
    checked: bool = True


def test_a_prohibition_comes_before_a_requirement_and_both_before_what_is_unknown() -> None:
    found = [
        Said("By destination", "applies", "requires_license"),
        Said("Affiliates", "unknown", "requires_license"),
        Said("Denied person", "applies", "prohibits"),
        Said("Records", "applies", "info"),
        Said("By headquarters", "does_not_apply", "requires_license"),
    ]
    assert [each.title for each in deciding(found, "enforced")] == ["Denied person", "By destination", "Affiliates"]


def test_what_only_the_other_reading_says_does_not_decide() -> None:
    found = [Said("Worldwide", "applies", "requires_license", reading="codified")]
    assert deciding(found, "enforced") == []
    assert [each.title for each in deciding(found, "codified")] == ["Worldwide"]


def test_an_item_outside_the_law_is_what_decides() -> None:
    found = [Said("Subject to the EAR", "does_not_apply", "subject")]
    assert [each.title for each in deciding(found, "enforced")] == ["Subject to the EAR"]


def test_a_no_nobody_checked_is_named_where_it_leaves_the_answer_open() -> None:
    found = [
        Said("By destination", "does_not_apply", "requires_license", checked=False),
        Said("Records", "does_not_apply", "info", checked=False),
        Said("Denied person", "does_not_apply", "prohibits"),
    ]
    assert [each.title for each in deciding(found, "enforced", undetermined=True)] == ["By destination"]
    assert deciding(found, "enforced") == []


def test_an_open_requirement_keeps_the_prohibitions_from_saying_no() -> None:
    found = [("prohibits", "does_not_apply"), ("requires_license", "unknown")]
    assert answer_of("prohibition", found) == "unknown"


def test_one_condition_that_holds_does_not_make_an_exception_apply() -> None:
    found = [("excepts", "does_not_apply"), ("condition", "applies"), ("info", "applies")]
    assert answer_of("exception", found) == "does_not_apply"


def test_an_exception_stands_in_one_line_with_what_is_not_met() -> None:
    found = [
        Said("NAC: movement", "applies", "condition", "NAC"),
        Said("NAC: the item", "does_not_apply", "condition", "NAC"),
        Said("NAC: notification", "unknown", "condition", "NAC"),
        Said("License Exception NAC", "does_not_apply", "excepts", "NAC"),
        Said("Exceptions beside NAC and ACA", "applies", "bars_exceptions"),
    ]
    (nac,) = groups(found, "enforced")
    assert (nac.name, nac.outcome, nac.because) == ("NAC", "does_not_apply", "the item")
    assert (nac.met, nac.unmet, nac.unknown) == (1, 1, 1)
    assert [each.title for each in nac.findings] == [
        "License Exception NAC",
        "NAC: the item",
        "NAC: notification",
        "NAC: movement",
    ]


def test_a_title_in_chinese_loses_the_name_of_its_exception_too() -> None:
    found = [
        Said("NAC：物项", "does_not_apply", "condition", "NAC"),
        Said("许可例外NAC", "does_not_apply", "excepts", "NAC"),
    ]
    assert groups(found, "enforced")[0].because == "物项"


def test_an_exception_only_one_reading_asks_for_says_which() -> None:
    found = [Said("License Exception ACA", "does_not_apply", "excepts", "ACA", "codified")]
    assert groups(found, "enforced")[0].reading == "codified"


def test_findings_of_one_title_stand_in_one_line_from_three_on() -> None:
    one, other = Said("A certification", "unknown", "condition"), Said("The term", "applies", "info")
    (group,) = alike([one, other, one, one])
    assert (group.name, group.outcome, len(group.findings), group.alike) == ("A certification", "unknown", 3, True)
    assert alike([one, other, one]) == []


def test_several_findings_of_one_rule_that_both_readings_share_are_told_once() -> None:
    def finding(what: str) -> dict[str, Any]:
        return {
            "rule": "subject_to_ear", "party": None, "key": "subject_to_ear.title", "values": {"what": what},
            "answer": "applies", "effect": "subject", "step": "subject", "cite": "15 CFR 734.3", "relied_on": [],
            "checked": True, "read": [], "missing": [], "of": "",
        }  # fmt: skip

    both = {"findings": [finding("one"), finding("two"), finding("three")]}
    stored = StoredDetermination(lines=[{"model": "H100", "codified": both, "enforced": both}])
    assert [each.reading for each in findings(stored, {})] == ["", "", ""]


def test_an_exception_that_serves_stands_before_one_that_does_not() -> None:
    found = [
        Said("License Exception ACA", "does_not_apply", "excepts", "ACA"),
        Said("License Exception NAC", "applies", "excepts", "NAC"),
    ]
    assert [group.name for group in groups(found, "enforced")] == ["NAC", "ACA"]


@pytest.mark.django_db
def test_no_finding_is_lost_or_told_twice_by_the_grouping(cast: Cast, settings: Any) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    stored = reviewed(cast).determinations.first()
    assert stored is not None
    for step in show_law(stored, {}).steps:
        apart = [each.anchor for each in (*step.loose, *step.quiet)]
        together = [each.anchor for group in step.groups for each in group.findings]
        assert sorted(apart + together) == sorted(each.anchor for each in (*step.speaking, *step.silent))


@pytest.mark.django_db
def test_the_page_says_first_what_decides_and_names_the_party_not_its_number(
    cast: Cast, signed_in: Any, settings: Any
) -> None:
    settings.GATEHOUSE_DEMO = True
    lists_loaded()
    case = reviewed(cast)
    page = signed_in(cast.otto).get(reverse("compliance:case", args=[case.ref])).content.decode()
    first, _head, rest = page.partition('id="what-decides"')
    assert 'id="step-subject"' not in first
    words = rest.partition('id="step-subject"')[0]
    party = case.parties.exclude(role="exporter").first()
    assert party is not None
    assert party.party.ref not in words
