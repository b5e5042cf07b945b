"""The catalogue of red flags and its answers: three values, two readings, both sides of every date."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ear.inquiries import FIELDS, BadAnswer
from compliance.ear.red_flags import DEFAULT_POLICY, FLAGS, BadPolicy, FlagState, Status, evaluate
from compliance.ear.vocabulary import FIELDS as LAW_FIELDS

D = dt.date
TODAY = D(2026, 11, 21)
RAISED, NOT_RAISED, UNKNOWN, NOT_RELEVANT = (
    FlagState.RAISED,
    FlagState.NOT_RAISED,
    FlagState.UNKNOWN,
    FlagState.NOT_RELEVANT,
)


def ask(code, values=None, *, on=TODAY, reading="enforced", **more):
    found = [a for a in evaluate(values or {}, on=on, reading=reading, **more) if a.code == code]
    return found[0] if found else None


def test_the_catalogue_has_all_forty_five_flags():
    assert len(FLAGS) == 45
    assert [f"EAR-RF-{n:02}" for n in range(1, 30)] == [code for code in FLAGS if code.startswith("EAR-RF")]
    assert [f"BIS25-RF-{n:02}" for n in range(1, 12)] == [code for code in FLAGS if code.startswith("BIS25-RF")]
    assert {"BIS25-GP10-01", "BIS25-PS-1", "BIS25-PS-2", "BIS25-PS-3", "EAR-740-25-RF"} < set(FLAGS)


@pytest.mark.parametrize("code", list(FLAGS))
def test_every_flag_speaks_both_languages_and_names_known_fields(code):
    flag = FLAGS[code]
    words = [flag.title, flag.text, *(step.text for step in flag.due_diligence), *(p.reason for p in flag.premises)]
    words += [w for w in (flag.effect, flag.doubt, flag.activities_reason) if w]
    for said in words:
        assert said["en"].strip()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in said["zh"])
    assert flag.due_diligence
    assert flag.cite
    assert set(flag.fields) <= set(FIELDS)
    assert set(flag.presumes) <= set(LAW_FIELDS)
    assert flag.checked or flag.doubt, "an unconfirmed flag says what is in doubt"


@pytest.mark.parametrize("reading", ["codified", "enforced"])
def test_with_no_facts_every_flag_is_unknown_and_asks(reading):
    answers = evaluate({}, on=TODAY, reading=reading)
    assert len(answers) == 45
    assert {a.answer for a in answers} == {UNKNOWN}
    assert all(a.missing for a in answers)


@pytest.mark.parametrize("activity", ["export", "reexport", "transfer", "deemed_export", "iaas", "us_person_support"])
def test_knowing_only_the_activity_never_clears_a_flag(activity):
    answers = evaluate({}, on=TODAY, reading="enforced", activity=activity)
    assert NOT_RAISED not in {a.answer for a in answers}
    assert all(a.reason for a in answers if a.answer is NOT_RELEVANT)


@pytest.mark.parametrize("code", list(FLAGS))
def test_every_flag_can_be_raised_and_can_be_cleared(code):
    """Filled with the values its triggers name a flag is raised; with values that miss them all it is not."""
    flag = FLAGS[code]
    hits, misses = {}, {}
    for trigger in flag.condition.triggers:
        hits[trigger.field] = _hit(trigger)
        misses[trigger.field] = _miss(trigger)
    assert ask(code, hits, reading="codified").answer is RAISED
    assert ask(code, misses, reading="codified").answer in {NOT_RAISED, NOT_RELEVANT}


def _hit(trigger):
    if trigger.policy:
        return {"lt": 0, "ge": 1}[trigger.op]
    value = trigger.value
    if trigger.op == "ne":
        return next((c.value for c in FIELDS[trigger.field].choices if c.value != value), "TW")
    if trigger.op in {"in", "intersects"}:
        return value[0] if trigger.op == "in" or isinstance(value[0], str) else value
    if trigger.op == "lt":
        return 0
    return value + 1 if trigger.op == "gt" else value


def _miss(trigger):
    field = FIELDS[trigger.field]
    if trigger.policy:
        return {"lt": 5, "ge": 0}[trigger.op]
    if isinstance(trigger.value, bool):
        return not trigger.value
    if field.choices:
        wrong = trigger.value if isinstance(trigger.value, tuple) else (trigger.value,)
        if trigger.op == "ne":
            return trigger.value
        return next(c.value for c in field.choices if c.value not in wrong)
    if trigger.op == "ne":
        return trigger.value
    if field.kind.value == "text":
        return "another model"
    if field.kind.value == "date":
        return D(2010, 1, 1)
    return 10**9 if trigger.op == "lt" else 0


# --- dates and readings ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "first"),
    [
        ("EAR-RF-13", D(2013, 10, 15)),
        ("EAR-RF-15", D(2023, 11, 17)),
        ("EAR-RF-19", D(2023, 11, 17)),
        ("EAR-RF-20", D(2024, 12, 2)),
        ("EAR-RF-27", D(2024, 12, 2)),
        ("EAR-RF-28", D(2025, 1, 13)),
        ("EAR-RF-29", D(2025, 9, 29)),
        ("BIS25-RF-09", D(2025, 5, 13)),
        ("BIS25-GP10-01", D(2025, 5, 13)),
        ("EAR-740-25-RF", D(2024, 12, 2)),
    ],
)
def test_a_flag_does_not_exist_the_day_before_it_was_added(code, first):
    assert ask(code, on=first - dt.timedelta(days=1), reading="codified") is None
    assert ask(code, on=first, reading="codified").holds is True


def test_flag_28_is_codified_and_was_never_enforced():
    for day in (D(2025, 1, 13), D(2025, 5, 12), D(2025, 5, 13), D(2025, 5, 15), TODAY):
        assert ask("EAR-RF-28", on=day, reading="codified").holds is True
        assert ask("EAR-RF-28", on=day, reading="enforced").holds is False
    assert ask("EAR-RF-28", on=D(2025, 5, 12)).status is Status.CODIFIED_NOT_YET_OWED
    assert ask("EAR-RF-28", on=D(2025, 5, 13)).status is Status.CODIFIED_NOT_ENFORCED


@pytest.mark.parametrize("reading", ["codified", "enforced"])
@pytest.mark.parametrize(
    ("day", "status", "holds", "checked"),
    [
        (D(2025, 11, 9), Status.IN_FORCE, True, True),
        (D(2025, 11, 10), Status.STAYED, False, True),
        (D(2026, 11, 9), Status.STAYED, False, True),
        (D(2026, 11, 10), Status.PRESUMED_BACK, True, False),
    ],
)
def test_flag_29_is_stayed_for_a_year_and_presumed_back(reading, day, status, holds, checked):
    answer = ask("EAR-RF-29", on=day, reading=reading)
    assert (answer.status, answer.holds, answer.checked) == (status, holds, checked)


def test_a_flag_that_does_not_count_is_answered_but_not_open():
    values = {"party.known_owner_lists": ["ENTITY_LIST"], "party.ownership_percentage_determined": False}
    stayed = ask("EAR-RF-29", values, on=D(2026, 11, 9))
    back = ask("EAR-RF-29", values, on=D(2026, 11, 10))
    assert (stayed.answer, stayed.open) == (RAISED, False)
    assert (back.answer, back.open) == (RAISED, True)


# --- flag 27 ---------------------------------------------------------------------------------------------------------
CONNECTED = "facility.physically_connected_to_advanced_node_facility"


def test_a_connected_facility_counts_as_one_until_bis_says_otherwise():
    raised = ask("EAR-RF-27", {CONNECTED: "yes"}, activity="export")
    assert raised.answer is RAISED
    assert raised.fired == (CONNECTED,)
    assert raised.presumes == {"case.end_use.advanced_node_fab": True}
    assert raised.missing == ("facility.bis_advisory_opinion_separate", "facility.connection_kinds")
    assert "744.23(a)(2)" in raised.flag.effect["en"]


def test_only_the_opinion_of_bis_settles_flag_27():
    values = {CONNECTED: True, "facility.bis_advisory_opinion_separate": False}
    assert ask("EAR-RF-27", values).answer is RAISED
    settled = ask("EAR-RF-27", values | {"facility.bis_advisory_opinion_separate": True})
    assert settled.answer is NOT_RAISED
    assert settled.presumes == {}


def test_an_unconnected_facility_clears_flag_27_and_an_unasked_one_does_not():
    assert ask("EAR-RF-27", {CONNECTED: False}).answer is NOT_RAISED
    assert ask("EAR-RF-27", {}).answer is UNKNOWN
    assert ask("EAR-RF-27", {CONNECTED: True}, activity="iaas").answer is NOT_RELEVANT


# --- flag 28 ---------------------------------------------------------------------------------------------------------
TRAINING = {
    "service.type": "other_computing",
    "workload.training_operations": "1e26",
    "customer.hq_or_ultimate_parent_hq_in_supp_5a": False,
}


def test_any_computing_service_that_trains_a_controlled_model_for_an_outside_party_raises_flag_28():
    answer = ask("EAR-RF-28", TRAINING, reading="codified", activity="iaas")
    assert (answer.answer, answer.open) == (RAISED, True)
    assert answer.missing == ("workload.weights_published", "workload.weights_export_intent")
    assert ask("EAR-RF-28", TRAINING, reading="enforced", activity="iaas").open is False


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"workload.training_operations": "9.9e25"}, NOT_RAISED),
        ({"customer.hq_or_ultimate_parent_hq_in_supp_5a": True}, NOT_RAISED),
        ({"workload.weights_published": True}, NOT_RAISED),
        ({"service.type": "none"}, NOT_RELEVANT),
        ({"workload.training_operations": None}, UNKNOWN),
        ({"customer.hq_or_ultimate_parent_hq_in_supp_5a": ""}, UNKNOWN),
    ],
)
def test_each_part_of_flag_28_decides(change, expected):
    assert ask("EAR-RF-28", TRAINING | change, reading="codified", activity="iaas").answer is expected


def test_flag_28_concerns_no_plain_export():
    answer = ask("EAR-RF-28", TRAINING, reading="codified", activity="export")
    assert answer.answer is NOT_RELEVANT
    assert answer.reason["zh"]


# --- single flags ----------------------------------------------------------------------------------------------------
def test_the_hbm_flag_is_not_relevant_without_the_exception_and_begins_above_one_percent():
    code, used = "EAR-740-25-RF", {"transaction.license_exception": "HBM"}
    assert ask(code, {"transaction.license_exception": "NAC"}).answer is NOT_RELEVANT
    assert ask(code, used | {"hbm.unit_discrepancy_percent": "1"}).answer is NOT_RAISED
    assert ask(code, used | {"hbm.unit_discrepancy_percent": "1.01"}).answer is RAISED
    assert ask(code, used).missing == ("hbm.unit_discrepancy_percent",)


def test_an_uncertain_user_raises_flag_21_alone_and_a_distributor_only_with_installed_equipment():
    assert ask("EAR-RF-21", {"order.end_user_identified": False}).answer is RAISED
    named = {"order.end_user_identified": True, "order.party_type": "distributor"}
    assert ask("EAR-RF-21", named).answer is UNKNOWN
    assert ask("EAR-RF-21", named | {"item.normally_customised_or_installed": True}).answer is RAISED
    assert ask("EAR-RF-21", named | {"item.normally_customised_or_installed": False}).answer is NOT_RAISED


@pytest.mark.parametrize("model", ["Huawei Ascend 910B", "ascend-910c", "昇腾 910D"])
def test_a_named_model_raises_general_prohibition_10_by_itself(model):
    assert ask("BIS25-GP10-01", {"ic.model": model}).answer is RAISED


def test_another_model_leaves_general_prohibition_10_open_until_its_maker_is_known():
    answer = ask("BIS25-GP10-01", {"ic.model": "Some chip", "ic.meets_3a090": True})
    assert (answer.answer, answer.missing) == (UNKNOWN, ("ic.developer_or_producer_country_group",))


def test_policy_thresholds_can_be_changed_and_only_those():
    values = {"customer.public_footprint_score": 2, "customer.years_in_business": 10}
    assert DEFAULT_POLICY["customer.public_footprint_score"] == 2
    assert ask("BIS25-RF-03", values).answer is NOT_RAISED
    assert ask("BIS25-RF-03", values, policy={"customer.public_footprint_score": 3}).answer is RAISED
    with pytest.raises(BadPolicy, match="no policy entry"):
        ask("BIS25-RF-03", values, policy={"ic.transistor_count": 1})
    with pytest.raises(BadPolicy, match="not_a_number"):
        ask("BIS25-RF-03", values, policy={"customer.public_footprint_score": "few"})


def test_a_flag_about_a_party_is_answered_for_each_party():
    answers = evaluate(
        {},
        on=TODAY,
        reading="enforced",
        parties={
            "buyer": {"party.address_type": "residential"},
            "user": {"party.address_type": "data_center"},
            "x": {},
        },
    )
    said = {a.party: a.answer for a in answers if a.code == "BIS25-RF-02"}
    assert said == {"buyer": RAISED, "user": NOT_RAISED, "x": UNKNOWN}
    assert [a.party for a in answers if a.code == "EAR-RF-01"] == [""]


def test_a_bad_value_names_its_field():
    with pytest.raises(BadAnswer) as caught:
        evaluate({"ic.transistor_count": "many"}, on=TODAY, reading="enforced")
    assert (caught.value.field, caught.value.key) == ("ic.transistor_count", "not_a_number")


def test_an_answer_is_plain_data():
    for answer in evaluate({CONNECTED: True}, on=TODAY, reading="enforced", activity="iaas"):
        assert json.loads(json.dumps(answer.to_dict())) == answer.to_dict()


BY_KIND = {
    "yes_no": st.booleans(),
    "number": st.integers(0, 10**27),
    "date": st.dates(D(1990, 1, 1), D(2030, 1, 1)),
    "country": st.sampled_from(["US", "CN", "TW"]),
    "text": st.text("abc 910B昇腾", max_size=12),
}


def _values():
    def one(field):
        if field.kind.value == "choice":
            return st.sampled_from([c.value for c in field.choices])
        if field.kind.value == "many":
            return st.lists(st.sampled_from([c.value for c in field.choices]), min_size=1, max_size=3)
        return BY_KIND[field.kind.value]

    asked = sorted({key for flag in FLAGS.values() for key in flag.fields})
    return st.fixed_dictionaries({}, optional={key: one(FIELDS[key]) for key in asked})


@settings(max_examples=60, deadline=None)
@given(_values(), st.data())
def test_learning_more_never_takes_back_an_answer(values, data):
    """An unknown may become anything; a known answer may only become "not relevant" or be settled by its resolver."""
    full = {a.code: a for a in evaluate(values, on=TODAY, reading="codified")}
    kept = data.draw(st.sets(st.sampled_from(sorted(values)))) if values else set()
    part = {a.code: a for a in evaluate({k: values[k] for k in kept}, on=TODAY, reading="codified")}
    for code, early in part.items():
        late = full[code]
        if early.answer in {NOT_RAISED, NOT_RELEVANT}:
            assert late.answer in {NOT_RAISED, NOT_RELEVANT}
        if early.answer is RAISED and late.answer is not RAISED:
            resolver = FLAGS[code].resolved_by
            assert late.answer is NOT_RELEVANT or (resolver and values.get(resolver.field) is True)
