"""The fields of inquiries and the questionnaire of an IaaS customer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from compliance.ear import inquiries
from compliance.ear.fields import About, Field, Kind
from compliance.ear.inquiries import FIELDS, QUESTIONNAIRES, BadAnswer, BadCatalog, Standing, questionnaire
from compliance.ear.red_flags import FLAGS, evaluate
from compliance.ear.vocabulary import FIELDS as LAW_FIELDS

FORM = questionnaire("iaas_customer")


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("key", list(FIELDS))
def test_every_field_asks_and_explains_in_both_languages(key):
    field = FIELDS[key]
    assert field.label["en"].rstrip(")").endswith(("?", ".")), field.label["en"]
    assert field.why["en"].endswith(".")
    assert chinese(field.label["zh"])
    assert chinese(field.why["zh"])
    assert field.cite
    for choice in field.choices:
        assert choice.label["en"]
        assert choice.label["zh"]


def test_no_key_is_both_an_inquiry_and_a_fact_of_the_law():
    assert not set(FIELDS) & set(LAW_FIELDS)


def test_every_field_is_used_by_a_flag_or_a_questionnaire():
    used = {key for flag in FLAGS.values() for key in flag.fields}
    used |= {question.key for form in QUESTIONNAIRES.values() for question in form.questions}
    assert set(FIELDS) == used & set(FIELDS)


def test_a_field_that_the_case_can_answer_says_from_what():
    assert FIELDS["party.hq_country_group"].derived
    assert "supplement_5a" in FIELDS["customer.hq_or_ultimate_parent_hq_in_supp_5a"].derived_from
    assert not FIELDS["enquiry.end_use_answer"].derived


def test_a_field_of_many_choices_can_say_none_so_that_empty_stays_unknown():
    for field in FIELDS.values():
        if field.kind is Kind.MANY:
            assert {"NONE", "none"} & {choice.value for choice in field.choices}
            assert inquiries.parse({field.key: []}) == {}


def test_parsing_names_the_field_of_a_bad_answer():
    with pytest.raises(BadAnswer, match=r"payment\.method"):
        inquiries.parse({"payment.method": "barter"})


def test_parsing_passes_over_keys_that_are_no_field():
    assert inquiries.parse({"nonsense": "x", "customer.is_new": "no"}) == {"customer.is_new": False}


def test_words_in_one_language_only_are_refused():
    with pytest.raises(BadCatalog, match="both"):
        inquiries.both_languages("somewhere", {"en": "Yes", "zh": " "})


# --- the questionnaire -----------------------------------------------------------------------------------------------
def test_the_form_covers_what_a_provider_must_know():
    assert [section.code for section in FORM.sections] == [
        "identity", "headquarters", "owners", "users", "access", "compute",
        "training", "data_center", "payment", "resale", "certification",
    ]  # fmt: skip
    for section in FORM.sections:
        assert section.questions
        assert section.title["en"]
        assert chinese(section.title["zh"])
        assert chinese(section.intro["zh"])


def test_the_form_says_plainly_what_is_only_proposed():
    assert "never made final" in FORM.intro["en"]
    assert "不具约束力" in FORM.intro["zh"]
    assert set(FORM.standings) == set(Standing)
    assert "binding on nobody" in FORM.standings[Standing.PROPOSED]["en"]
    assert "不具约束力" in FORM.standings[Standing.PROPOSED]["zh"]


def test_every_question_that_rests_on_the_proposal_alone_is_marked_proposed():
    for question in FORM.questions:
        if question.cite.startswith("89 FR 5698") and ";" not in question.cite:
            assert question.standing is Standing.PROPOSED, question.key
        if question.standing is Standing.PROPOSED:
            assert "89 FR 5698" in question.cite, question.key


def test_every_question_has_a_field_and_a_citation():
    for question in FORM.questions:
        assert isinstance(question.field, Field)
        assert question.cite
        assert question.key in FIELDS or question.key in LAW_FIELDS


ANSWERS = {
    "party.headquarters": "cn",
    "party.own_ultimate_parent": "yes",
    "service.type": "IaaS",
    "workload.kind": "training",
    "workload.training_operations": "2e26",
    "customer.hq_or_ultimate_parent_hq_in_supp_5a": "no",
    "customer.is_iaas_provider": "是",
    "iaas.user_hq_affirmation": "no",
    "workload.training_starts_on": "2026-12-01",
    "iaas.remote_users_of_concern_listed": "yes",
}


def test_answers_become_facts_of_the_law_and_of_the_flags():
    facts = FORM.facts(ANSWERS)
    assert facts["party.headquarters"] == "CN"
    assert facts["party.own_ultimate_parent"] is True
    assert facts["workload.training_operations"] == Decimal("2e26")
    assert facts["workload.training_starts_on"] == dt.date(2026, 12, 1)
    assert facts["end_use.ai_training"] is True
    assert facts["case.certifications.remote_users_disclosed"] is True


@pytest.mark.parametrize(
    ("kind", "expected"), [("training", True), ("fine_tuning", True), ("inference", False), ("other", None)]
)
def test_the_kind_of_work_says_whether_models_are_trained_or_leaves_it_open(kind, expected):
    told = {} if expected is None else dict.fromkeys(("end_use.ai_training", "case.support.trains_models"), expected)
    assert FORM.facts({"workload.kind": kind}) == told | {"workload.kind": kind}


def test_the_answers_raise_the_flags_they_should():
    answers = evaluate(FORM.facts(ANSWERS), on=dt.date(2026, 11, 21), reading="codified", activity="iaas")
    assert [a.code for a in answers if a.answer == "raised"] == ["EAR-RF-28", "BIS25-RF-09"]


def test_a_blank_form_gives_no_facts_and_clears_nothing():
    assert FORM.facts({question.key: "" for question in FORM.questions}) == {}
    assert FORM.unanswered({}) == tuple(q.key for q in FORM.questions if q.required)
    assert len(FORM.unanswered({}, required_only=False)) == len(FORM.questions)


def test_all_mistakes_of_a_form_are_named_at_once():
    known, wrong = FORM.parse({"party.headquarters": "China", "workload.accelerator_count": "-3", "shoe.size": 9})
    assert known == {}
    assert {key: error.key for key, error in wrong.items()} == {
        "party.headquarters": "not_a_country",
        "workload.accelerator_count": "negative",
        "shoe.size": "unknown_question",
    }
    with pytest.raises(BadAnswer):
        FORM.facts({"party.headquarters": "China"})


def test_there_is_no_other_questionnaire():
    with pytest.raises(KeyError):
        questionnaire("crystal_ball")
    assert {q.field.about for q in FORM.questions} <= {About.CASE, About.PARTY, About.ITEM}
