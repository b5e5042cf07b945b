"""What is recorded of owners reaches the law: a chain that says more than the statement is read, not passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from compliance.models import Case
from compliance.queries.blockers import blockers, route_of
from compliance.queries.facts import CaseFacts
from compliance.services import determine, facts, parties, screen
from tests.build import a_party
from tests.cast import Cast
from tests.compliance.walk import lists_loaded, reviewed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def november(settings: Any) -> Iterator[None]:
    settings.GATEHOUSE_DEMO = True
    with time_machine.travel("2026-11-21T09:00:00Z", tick=True):
        yield


@pytest.fixture
def case(cast: Cast) -> Case:
    lists_loaded()
    return reviewed(cast)


def owned(case: Case, cast: Cast, *, percent: str, headquarters: str) -> Case:
    owner = a_party(
        by=cast.mira,
        name="Brockenspectre Holdings",
        country=headquarters,
        headquarters=headquarters,
        parent=headquarters,
    )
    parties.record_ownership(
        by=cast.mira,
        owner_ref=owner.ref,
        owned_ref=case.parties.get().party.ref,
        percent=percent,
        source="registry extract",
        as_of="2026-11-20",
    )
    screen.screen_parties(case.ref, by=cast.mira)
    determine.determine_case(case.ref, by=cast.mira)
    return Case.objects.get(pk=case.pk)


def test_an_owner_in_china_makes_a_british_company_chinese_to_the_law(case: Case, cast: Cast) -> None:
    assert case.outcome == "no_license_required"
    assert owned(case, cast, percent="100", headquarters="CN").outcome == "license_required"


def test_an_owner_of_an_unknown_share_elsewhere_leaves_the_parent_unknown(case: Case, cast: Cast) -> None:
    assert owned(case, cast, percent="", headquarters="CN").outcome == "undetermined"


def test_a_small_owner_does_not_move_the_parent(case: Case, cast: Cast) -> None:
    read = CaseFacts(owned(case, cast, percent="10", headquarters="CN")).for_law(None)
    assert read.parties[0].ultimate_parent_headquarters == "GB"
    assert read.parties[0].owned_50_percent_by_listed is False


def test_a_chain_recorded_in_part_does_not_answer_no(case: Case, cast: Cast) -> None:
    party = case.parties.get().party
    facts.record_party_fact(party.ref, by=cast.mira, key="party.owned_50_percent_by_listed", value=None)
    read = CaseFacts(owned(case, cast, percent="10", headquarters="GB")).for_law(None)
    assert read.parties[0].owned_50_percent_by_listed is None


def test_a_stated_yes_is_not_taken_back_by_a_clean_owner(case: Case, cast: Cast) -> None:
    party = case.parties.get().party
    facts.record_party_fact(party.ref, by=cast.mira, key="party.owned_50_percent_by_listed", value=True)
    read = CaseFacts(owned(case, cast, percent="60", headquarters="GB")).for_law(None)
    assert read.parties[0].owned_50_percent_by_listed is True


def test_the_contradiction_blocks_until_somebody_says_which_is_right(case: Case, cast: Cast) -> None:
    moved = owned(case, cast, percent="100", headquarters="CN")
    assert "owner_elsewhere" in {blocker.code for blocker in blockers(moved)}


def test_an_owner_in_china_asks_for_a_second_colleague(case: Case, cast: Cast) -> None:
    moved = owned(case, cast, percent="100", headquarters="CN")
    route = route_of(moved, moved.determinations.first(), recommendation="apply", by_hand=False)
    assert (route.checkers, route.reasons) == (2, ["d5_or_macau"])


def test_a_value_nobody_knows_asks_for_a_second_colleague(cast: Cast) -> None:
    lists_loaded()
    case = reviewed(cast, value=None)
    route = route_of(case, case.determinations.first(), recommendation="proceed", by_hand=False)
    assert (route.checkers, route.reasons) == (2, ["value_unknown"])


def test_an_address_in_another_country_blocks(case: Case, cast: Cast) -> None:
    party = case.parties.get().party
    parties.change_party(party.ref, by=cast.mira, addresses=[{"text": "8 Keyuan Road, Shenzhen", "country": "CN"}])
    assert "address_elsewhere" in {blocker.code for blocker in blockers(Case.objects.get(pk=case.pk))}


@pytest.mark.parametrize(("route", "answer"), [(["KP"], "raised"), (["CN", "FR"], "raised"), (["FR"], "unknown")])
def test_a_way_through_a_country_of_concern_raises_the_flag_of_abnormal_routes(
    cast: Cast, route: list[str], answer: str
) -> None:
    lists_loaded()
    case = reviewed(cast, route=route)
    assert case.flags.get(code="EAR-RF-10").answer == answer
