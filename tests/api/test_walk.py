"""What a program can do from intake to answer, and whom it meets on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audit.queries import entries_about
from compliance.lifecycle import State
from compliance.models import Case, Item, Party
from compliance.services.clocks import start_clock
from tests import build
from tests.api.conftest import Program
from tests.cast import Cast

CASE = {
    "title": "8 accelerators to Example Cloud, Singapore",
    "activity": "export",
    "exporting_from": "US",
    "destination": "SG",
    "route": ["MY"],
    "planned_on": "2026-12-15",
    "end_use": "Training of a weather model.",
    "value": "240000.50",
    "currency": "USD",
}


def whole(item: Item, party: Party, **changed: Any) -> dict[str, Any]:
    return CASE | {
        "lines": [{"item": item.ref, "quantity": 8, "unit_value": "30000.06"}],
        "parties": [{"party": party.ref, "role": "end_user"}, {"party": party.ref, "role": "purchaser"}],
        **changed,
    }


@pytest.fixture
def mira(cast: Cast, program: Callable[..., Program]) -> Program:
    return program(cast.mira)


def test_a_program_walks_from_intake_to_the_answer_of_the_law(
    cast: Cast, program: Callable[..., Program], lists: None
) -> None:
    mira = program(cast.mira)
    party = mira.post("parties", {"name": "示例云有限公司", "names": ["Example Cloud Co., Ltd."]}).json()["ref"]
    told = {"key": "party.headquarters", "value": "CN", "source": "company register", "as_of": "2026-01-15"}
    fact = mira.post(f"parties/{party}/facts", told)
    assert fact.status_code == 201
    assert fact.json()["facts"][0]["value"] == "CN"
    item = mira.post("items", {"kind": "chip", "vendor": "NVIDIA", "model": "H100 SXM", "eccn": "3A090.a"}).json()[
        "ref"
    ]
    assert mira.post(f"items/{item}/facts", {"key": "item.tpp", "value": 15824}).status_code == 201
    opened = mira.post(
        "cases",
        CASE | {"lines": [{"item": item, "quantity": 8}], "parties": [{"party": party, "role": "end_user"}]},
    )
    assert opened.status_code == 201
    ref = opened.json()["ref"]
    assert opened.json()["state"] == "draft"
    assert mira.get(f"cases/{ref}/determination").json()["code"] == "not_determined"
    submitted = mira.post(f"cases/{ref}/submit")
    assert submitted.status_code == 200
    assert submitted.json()["state"] == "under_review"
    assert submitted.json()["outcome"] != ""
    law = mira.get(f"cases/{ref}/determination").json()
    assert law["on"] == "2026-12-15"
    assert law["outcome"] == submitted.json()["outcome"]
    line = law["lines"][0]
    assert line["item"] == item
    cited = [finding["cite"] for finding in line["enforced"]["findings"]]
    assert any("774" in cite for cite in cited)
    assert {"codified", "enforced"} <= set(line)
    assert all(finding["words"] for reading in ("codified", "enforced") for finding in line[reading]["findings"])
    assert [entry.action for entry in entries_about(f"case:{ref}").order_by("sequence")] == [
        "case.open", "case.amend", "case.amend", "case.submit", "case.screen", "case.determine",
    ]  # fmt: skip


def test_the_words_come_in_the_language_the_program_asks_for(
    cast: Cast, program: Callable[..., Program], lists: None
) -> None:
    mira, chinese = program(cast.mira), program(cast.mira, "zh-hans")
    ref = build.a_complete_case(by=cast.mira).ref
    mira.post(f"cases/{ref}/submit")
    english = mira.get(f"cases/{ref}/determination").json()["lines"][0]["enforced"]
    chinese = chinese.get(f"cases/{ref}/determination").json()["lines"][0]["enforced"]
    assert [one["rule"] for one in english["findings"]] == [one["rule"] for one in chinese["findings"]]
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in one["title"]) for one in chinese["findings"])
    assert not any("\u4e00" <= sign <= "\u9fff" for one in english["findings"] for sign in one["title"])
    assert english["questions"][0]["question"] != chinese["questions"][0]["question"]


def test_a_case_is_opened_whole_with_its_lines_and_parties(cast: Cast, mira: Program) -> None:
    answer = mira.post("cases", whole(build.an_item(by=cast.mira, model="H20"), build.a_party(by=cast.mira)))
    body = answer.json()
    assert answer.status_code == 201
    assert body["value"] == "240000.50"
    assert [(line["model"], line["quantity"], line["unit_value"]) for line in body["lines"]] == [
        ("H20", "8.000", "30000.06")
    ]
    assert [place["role"] for place in body["parties"]] == ["end_user", "purchaser"]
    assert body["missing"] == []
    assert "submit" in body["actions"]
    assert mira.get(f"cases/{body['ref']}").json() == body


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lines": [{"item": "I-99999", "quantity": 1}]}, "lines[0].item"),
        ({"lines": [{"item": "ITEM", "quantity": 1}, {"item": "ITEM", "quantity": -4}]}, "lines[1].quantity"),
        ({"lines": [{"item": "ITEM", "quantity": 0}]}, "lines[0].quantity"),
        ({"lines": [{"item": "ITEM", "quantity": "1.0001"}]}, "lines[0].quantity"),
        ({"lines": [{"item": "ITEM", "quantity": True}]}, "lines[0].quantity"),
        ({"lines": [{"item": "ITEM"}]}, "lines[0].quantity"),
        ({"lines": [{"item": "ITEM", "quantity": 1, "colour": "red"}]}, "lines[0].colour"),
        ({"parties": [{"party": "P-99999", "role": "end_user"}]}, "parties[0].party"),
        ({"parties": [{"party": "PARTY", "role": "friend"}]}, "parties[0].role"),
        ({"parties": [{"party": "PARTY", "role": "end_user"}] * 2}, "parties[1].party"),
        ({"destination": "XX"}, "destination"),
        ({"destination": "Singapore"}, "destination"),
        ({"planned_on": "2026-02-30"}, "planned_on"),
        ({"planned_on": "1026-02-03"}, "planned_on"),
        ({"planned_on": "20260203"}, "planned_on"),
        ({"value": "-1"}, "value"),
        ({"value": "1" * 25}, "value"),
        ({"currency": "XAU"}, "currency"),
        ({"route": ["SG"] * 21}, "route"),
        ({"route": ["SG", "ZZ"]}, "route"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "a\u0007b"}, "title"),
        ({"title": 12}, "title"),
        ({"unit": "optics"}, "unit"),
        ({"state": "authorized"}, "state"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(
    cast: Cast, mira: Program, changed: dict[str, Any], field: str
) -> None:
    item, party = build.an_item(by=cast.mira), build.a_party(by=cast.mira)
    body = whole(item, party, **changed)
    for line in body["lines"]:
        line["item"] = item.ref if line["item"] == "ITEM" else line["item"]
    for place in body["parties"]:
        place["party"] = party.ref if place["party"] == "PARTY" else place["party"]
    answer = mira.post("cases", body)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert answer.json()["errors"][0]["detail"]
    assert not Case.objects.exists()


def test_submitting_twice_is_refused_and_changes_nothing(
    cast: Cast, program: Callable[..., Program], lists: None
) -> None:
    mira = program(cast.mira)
    ref = build.a_complete_case(by=cast.mira).ref
    assert mira.post(f"cases/{ref}/submit").status_code == 200
    before = entries_about(f"case:{ref}").count()
    again = mira.post(f"cases/{ref}/submit")
    assert again.status_code == 409
    assert again.json()["code"] == "out_of_turn"
    assert entries_about(f"case:{ref}").count() == before


def test_an_unfinished_draft_is_not_submitted_and_says_what_it_lacks(cast: Cast, mira: Program) -> None:
    ref = build.a_case(by=cast.mira).ref
    answer = mira.post(f"cases/{ref}/submit")
    assert answer.status_code == 409
    assert answer.json()["code"] == "blocked"
    assert len(answer.json()["blockers"]) == 2
    assert Case.objects.get(ref=ref).state == State.DRAFT


def test_a_draft_is_amended_and_emptied(cast: Cast, mira: Program) -> None:
    ref = build.a_case(by=cast.mira, purchase_order="PO 1").ref
    changed = {"title": "9 to Example", "planned_on": None, "purchase_order": "", "route": [], "value": 12.5}
    answer = mira.patch(f"cases/{ref}", changed)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["title"], body["planned_on"], body["purchase_order"]) == ("9 to Example", None, "")
    assert body["value"] == "12.50"
    assert body["destination"] == "SG"


def test_what_is_authorized_is_amended_no_more(cast: Cast, mira: Program) -> None:
    case = build.in_state(build.a_complete_case(by=cast.mira), State.AUTHORIZED)
    answer = mira.patch(f"cases/{case.ref}", {"title": "another"})
    assert answer.status_code == 409
    assert Case.objects.get(pk=case.pk).title == case.title


def test_cases_are_filtered_sorted_and_paged(cast: Cast, mira: Program) -> None:
    for number in range(3):
        build.a_case(by=cast.mira, title=f"case {number}", destination="JP" if number else "SG")
    assert mira.get("cases?destination=JP").json()["count"] == 2
    assert [row["title"] for row in mira.get("cases?order=-ref&page_size=2&page=2").json()["results"]] == ["case 0"]
    assert mira.get("cases?page=9").json()["results"] == []
    assert mira.get("cases?state=authorized").json()["count"] == 0
    assert mira.get("cases?text=case%201").json()["count"] == 1


@pytest.mark.parametrize(
    "query",
    ["sate=draft", "state=gone", "page=0", "page=x", "page_size=201", "page=" + "9" * 5000, "text=%00", "order="],
)
def test_a_filter_that_means_nothing_is_refused_rather_than_ignored(mira: Program, query: str) -> None:
    answer = mira.get(f"cases?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_what_lies_outside_the_unit_is_not_there(cast: Cast, program: Callable[..., Program]) -> None:
    case, party, item = (
        build.a_complete_case(by=cast.mira),
        build.a_party(by=cast.mira),
        build.an_item(by=cast.mira),
    )
    carl = program(cast.carl)
    for where in (
        f"cases/{case.ref}", f"cases/{case.ref}/determination", f"cases/{case.ref}/deadlines", f"parties/{party.ref}",
        f"items/{item.ref}",
    ):  # fmt: skip
        assert carl.get(where).status_code == 404, where
    assert carl.post(f"cases/{case.ref}/submit").status_code == 404
    assert carl.patch(f"cases/{case.ref}", {"title": "mine"}).status_code == 404
    assert carl.post(f"parties/{party.ref}/names", {"name": "mine"}).status_code == 404
    assert carl.post(f"items/{item.ref}/facts", {"key": "item.tpp", "value": 1}).status_code == 404
    assert carl.get("cases").json()["count"] == 0
    own = build.an_item(by=cast.carl)
    stolen = carl.post("cases", whole(own, party))
    assert stolen.status_code == 400
    assert stolen.json()["errors"][0]["field"] == "parties[0].party"


def test_whose_role_does_not_include_it_may_not(cast: Cast, program: Callable[..., Program]) -> None:
    case = build.a_complete_case(by=cast.mira)
    party = build.a_party(by=cast.mira)
    for person in (cast.rhea, cast.ada, cast.adam):
        reader = program(person)
        assert reader.get(f"cases/{case.ref}").status_code == 200
        assert reader.post("cases", CASE).status_code == 403
        assert reader.post(f"cases/{case.ref}/submit").status_code == 403
        assert reader.post("parties", {"name": "x"}).status_code == 403
        assert reader.post("items", {"kind": "chip", "vendor": "x", "model": "y"}).status_code == 403
        assert reader.post(f"parties/{party.ref}/owners", {}).status_code == 403
    assert Case.objects.count() == 1


def test_a_party_is_kept_with_names_in_every_script_and_its_owners(cast: Cast, mira: Program) -> None:
    body = {
        "name": "  شركة المثال للحوسبة ",
        "kind": "organization",
        "names": ["Example Computing LLC"],
        "addresses": [{"text": "1 Example Road", "country": "AE"}],
        "identifiers": [{"kind": "LEI", "number": "=1+1"}],
    }
    made = mira.post("parties", body)
    assert made.status_code == 201
    ref = made.json()["ref"]
    assert made.json()["name"] == "شركة المثال للحوسبة"
    assert made.json()["identifiers"] == [{"kind": "LEI", "number": "=1+1", "country": ""}]
    assert mira.post(f"parties/{ref}/names", {"name": "示例计算"}).json()["names"] == [
        "Example Computing LLC",
        "示例计算",
    ]
    parent = build.a_party(by=cast.mira, name="Parent Holding")
    share = {"owner": parent.ref, "percent": None, "source": "register", "as_of": "2026-01-15"}
    assert mira.post(f"parties/{ref}/owners", share).json()["owners"][0]["percent"] is None
    assert mira.post(f"parties/{ref}/owners", share | {"percent": "50.5"}).json()["owners"][0]["percent"] == "50.500"
    around = mira.post(f"parties/{parent.ref}/owners", share | {"owner": ref})
    assert around.status_code == 409
    assert around.json()["code"] == "circular_ownership"
    without = mira.post(f"parties/{ref}/owners", {"owner": parent.ref, "source": "register", "as_of": "2026-01-15"})
    assert without.json()["errors"][0]["field"] == "percent"


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        ({"key": "party.listings", "value": []}, "party.listings"),
        ({"key": "party.listings_undecided", "value": False}, "party.listings_undecided"),
        ({"key": "item.tpp", "value": 1}, "item.tpp"),
        ({"key": "party.nothing", "value": 1}, "party.nothing"),
        ({"key": "party.headquarters", "value": "China"}, "party.headquarters"),
        ({"key": "party.headquarters", "value": {"code": "CN"}}, "value"),
        ({"key": "party.headquarters"}, "value"),
        ({"key": "party.headquarters", "value": "CN", "cannot_be_known": True}, "value"),
        ({"key": "party.headquarters", "value": "CN", "as_of": "yesterday"}, "as_of"),
        ({"key": "party.military_end_user", "value": "perhaps"}, "party.military_end_user"),
    ],
)
def test_a_fact_that_is_none_is_refused(cast: Cast, mira: Program, fact: dict[str, Any], field: str) -> None:
    party = build.a_party(by=cast.mira, country="", headquarters="", parent="")
    answer = mira.post(f"parties/{party.ref}/facts", fact)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
    assert party.facts.count() == 0


@pytest.mark.parametrize("value", ["1e-999999", "1e400", "NaN", "-1", "9" * 200, True, "0x10"])
def test_a_figure_that_is_none_is_refused(cast: Cast, mira: Program, value: Any) -> None:
    item = build.an_item(by=cast.mira)
    answer = mira.post(f"items/{item.ref}/facts", {"key": "item.tpp", "value": value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "item.tpp"


def test_a_question_of_the_case_is_answered_and_the_law_asked_again(
    cast: Cast, program: Callable[..., Program], lists: None
) -> None:
    mira = program(cast.mira)
    item = build.an_item(by=cast.mira)
    ref = build.a_complete_case(by=cast.mira, item=item).ref
    mira.post(f"cases/{ref}/submit")
    asked = mira.get(f"cases/{ref}/determination").json()["lines"][0]["enforced"]["questions"]
    assert "item.tpp" in [one["key"] for one in asked] or "item.eccn" in [one["key"] for one in asked]
    assert mira.post(f"cases/{ref}/facts", {"key": "item.tpp", "value": "1600", "about": item.ref}).status_code == 201
    elsewhere = build.an_item(by=cast.mira)
    wrong = mira.post(f"cases/{ref}/facts", {"key": "item.tpp", "value": "1600", "about": elsewhere.ref})
    assert wrong.status_code == 400
    again = mira.post(f"cases/{ref}/determination")
    assert again.status_code == 201
    assert "item.tpp" not in [one["key"] for one in again.json()["lines"][0]["enforced"]["questions"]]


def test_deadlines_are_listed_of_the_cases_one_may_see(cast: Cast, program: Callable[..., Program]) -> None:
    case = build.a_complete_case(by=cast.mira)
    start_clock(
        case, kind="license_expiry", start_event="license granted", started_on=build.day("2026-01-01"),
        due_on=build.day("2026-02-01"), owner=cast.otto,
    )  # fmt: skip
    mira, carl = program(cast.mira), program(cast.carl)
    row = mira.get("deadlines").json()["results"][0]
    assert (row["case"], row["kind"], row["due_on"], row["owner"]) == (case.ref, "license_expiry", "2026-02-01", "otto")
    assert row["days_left"] < 0
    assert mira.get(f"cases/{case.ref}/deadlines").json()[0]["id"] == row["id"]
    assert mira.get("deadlines?mine=true").json()["count"] == 0
    assert program(cast.otto).get("deadlines?mine=true&within=0&kind=license_expiry").json()["count"] == 1
    assert carl.get("deadlines").json()["count"] == 0


def test_the_lists_cost_the_same_queries_at_any_length(
    cast: Cast, mira: Program, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        build.a_case(by=cast.mira, title=f"case {number}")
        build.a_party(by=cast.mira)
        build.an_item(by=cast.mira)
    for where in ("cases", "parties", "items", "deadlines"):
        with django_assert_max_num_queries(12):
            assert mira.get(where).status_code == 200
