"""The case file in the browser's eyes: who sees it, what each button does, what a refusal looks like."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.queries import entries_about
from compliance.models import Case, Decision, Fact, FlagState
from compliance.services import flags, intake
from tests.build import a_case, a_complete_case, a_party, an_item
from tests.cast import Cast
from tests.compliance.walk import REASON, lists_loaded, proposed, reviewed, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sample_lists_decide(settings: Any) -> None:
    """Let the sample lists decide, as the demo does."""
    settings.GATEHOUSE_DEMO = True


@pytest.fixture
def today() -> str:
    """The day of this machine, as a form sends it."""
    return timezone.localdate().isoformat()


def url(case: Case, name: str = "case", *more: Any) -> str:
    return reverse(f"compliance:{name}", args=[case.ref, *more])


def text(response: Any) -> str:
    return response.content.decode()


def test_a_case_of_another_unit_is_not_there(cast: Cast, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    assert signed_in(cast.carl).get(url(case)).status_code == 404
    assert signed_in(cast.carl).post(url(case, "case_comment"), {"text": "hello"}).status_code == 404
    assert signed_in(cast.mira).get(url(case)).status_code == 200


def test_the_page_of_a_draft_shows_title_state_and_digest(cast: Cast, signed_in: Any) -> None:
    case = a_complete_case(by=cast.mira, title="12 H100 to Example Cloud, Singapore")
    page = text(signed_in(cast.mira).get(url(case)))
    assert "12 H100 to Example Cloud, Singapore" in page
    assert case.ref in page
    assert "draft" in page
    assert "Not determined yet" in page


def test_submitting_screens_and_determines_at_once(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = a_complete_case(by=cast.mira)
    answer = signed_in(cast.mira).post(url(case, "case_submit"))
    assert answer.status_code == 303
    case.refresh_from_db()
    assert case.state == "under_review"
    assert case.screenings.count() == 1
    assert case.determinations.count() == 1


def test_a_draft_without_items_is_refused_with_what_is_missing(cast: Cast, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    answer = signed_in(cast.mira).post(url(case, "case_submit"))
    assert answer.status_code == 409
    assert "No item yet" in text(answer)
    case.refresh_from_db()
    assert case.state == "draft"


def test_an_answer_in_the_rail_is_kept_and_the_law_is_asked_again(cast: Cast, signed_in: Any) -> None:
    case = a_complete_case(by=cast.mira)
    answer = signed_in(cast.mira).post(
        url(case, "case_answer"), {"key": "case.end_use.nuclear", "value": "no", "source": "letter of 3 November"}
    )
    assert answer.status_code == 303
    fact = Fact.objects.get(case=case, key="case.end_use.nuclear")
    assert fact.value is False
    assert fact.source == "letter of 3 November"
    assert case.determinations.count() == 1


def test_what_cannot_be_known_is_kept_as_such_and_not_as_no(cast: Cast, signed_in: Any) -> None:
    case = a_complete_case(by=cast.mira)
    signed_in(cast.mira).post(url(case, "case_answer"), {"key": "case.end_use.nuclear", "value": "?"})
    fact = Fact.objects.get(case=case, key="case.end_use.nuclear")
    assert fact.value is None
    assert fact.cannot_be_known


def test_a_bad_answer_names_the_question_and_changes_nothing(cast: Cast, signed_in: Any) -> None:
    item = an_item(by=cast.mira)
    case = a_complete_case(by=cast.mira, item=item)
    answer = signed_in(cast.mira).post(url(case, "case_answer"), {"key": "item.tpp", "item": item.ref, "value": "many"})
    assert answer.status_code == 400
    assert "“many” is not a number" in text(answer)
    assert "total processing performance" in text(answer)
    assert not Fact.objects.filter(item=item, key="item.tpp").exists()


def test_a_questionnaire_keeps_all_answers_in_one_entry(cast: Cast, signed_in: Any) -> None:
    party = a_party(by=cast.mira)
    case = a_complete_case(by=cast.mira, party=party)
    before = entries_about(case.subject).filter(action="case.answer").count()
    answer = signed_in(cast.mira).post(
        url(case, "case_questionnaire"),
        {
            "fact|case.end_use.nuclear||": "no",
            f"fact|party.military_end_user|{party.ref}|": "no",
            "fact|case.end_use.missile||": "",
            "source": "questionnaire of the customer",
        },
    )
    assert answer.status_code == 303
    assert entries_about(case.subject).filter(action="case.answer").count() == before + 1
    assert Fact.objects.get(party=party, key="party.military_end_user").value is False
    assert not Fact.objects.filter(case=case, key="case.end_use.missile").exists()


def test_one_bad_answer_of_a_questionnaire_keeps_none(cast: Cast, signed_in: Any) -> None:
    case = a_complete_case(by=cast.mira)
    answer = signed_in(cast.mira).post(
        url(case, "case_questionnaire"),
        {"fact|case.end_use.nuclear||": "no", "fact|case.end_use.missile||": "perhaps"},
    )
    assert answer.status_code == 400
    assert "perhaps" in text(answer)
    assert not Fact.objects.filter(case=case).exists()


@pytest.mark.parametrize("name", ["fact|", "fact|a", "fact|a|b", "fact|a|b|c|d", "fact|no.such.key||"])
def test_a_malformed_questionnaire_is_refused_in_words(cast: Cast, signed_in: Any, name: str) -> None:
    case = a_complete_case(by=cast.mira)
    assert signed_in(cast.mira).post(url(case, "case_questionnaire"), {name: "yes"}).status_code == 400


def test_a_person_cannot_approve_her_own_proposal_and_reads_who_can(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = proposed(cast)
    page = text(signed_in(cast.otto).get(url(case)))
    assert "You prepared this proposal; a colleague must decide on it." in page
    assert "Rhea Kapoor" in page
    assert "deed-approve" not in page
    answer = signed_in(cast.otto).post(url(case, "case_approve"), {"reason": "Fine.", "fingerprint": "x"})
    assert answer.status_code == 403


def test_a_reviewer_reads_reasons_and_signs_the_fingerprint(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = proposed(cast)
    decision = waiting(case)
    page = text(signed_in(cast.rhea).get(url(case)))
    assert "Otto Brandt asks you to let this go ahead" in page
    assert REASON in page
    assert f'value="{decision.content}"' in page
    answer = signed_in(cast.rhea).post(
        url(case, "case_approve"),
        {"reason": "Read and agreed.", "fingerprint": decision.content, "acknowledged_readings": "on"},
    )
    assert answer.status_code == 303
    assert Decision.objects.get(pk=decision.pk).verdicts.get().by == cast.rhea


def test_an_approval_of_something_else_is_refused_and_the_words_stay(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = proposed(cast)
    answer = signed_in(cast.rhea).post(
        url(case, "case_approve"), {"reason": "My careful reasons.", "fingerprint": "0" * 64}
    )
    assert answer.status_code == 409
    assert "What you read is not what is proposed now." in text(answer)
    assert "My careful reasons." in text(answer)
    case.refresh_from_db()
    assert case.state == "awaiting_approval"


def test_sending_back_without_a_reason_is_refused_beside_the_field(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = proposed(cast)
    answer = signed_in(cast.rhea).post(url(case, "case_send_back"), {"reason": " "})
    assert answer.status_code == 400
    assert "This field is required." in text(answer)


def test_an_inquiry_its_answer_and_the_closing_are_made_from_the_page(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = reviewed(cast)
    flag = next(each for each in case.flags.all() if each.is_open)
    browser = signed_in(cast.otto)
    asked = browser.post(
        url(case, "case_inquire"),
        {"code": flag.code, "question": "Who will use it?", "asked_of": "The customer", "due_on": ""},
    )
    assert asked.status_code == 303
    inquiry = flag.inquiries.get()
    told = browser.post(
        url(case, "case_record_answer"), {"inquiry_id": inquiry.pk, "answer": "Our own staff.", "evidence_id": ""}
    )
    assert told.status_code == 303
    closed = browser.post(url(case, "case_close_flag"), {"code": flag.code, "reason": "Explained by the customer."})
    assert closed.status_code == 303
    row = FlagState.objects.get(pk=flag.pk)
    assert row.closed_by == cast.otto
    page = text(browser.get(url(case)))
    assert "Our own staff." in page
    assert "Explained by the customer." in page


def test_an_analyst_has_no_button_to_close_a_flag(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = reviewed(cast)
    assert url(case, "case_close_flag") not in text(signed_in(cast.mira).get(url(case)))
    assert url(case, "case_close_flag") in text(signed_in(cast.otto).get(url(case)))


def test_an_auditor_reads_everything_and_has_no_form_but_language_and_sign_out(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = reviewed(cast)
    page = text(signed_in(cast.ada).get(url(case)))
    assert "Your role reads this case." in page
    assert f'action="{url(case)}' not in page


def test_what_colleagues_did_since_is_marked_as_new(cast: Cast, signed_in: Any) -> None:
    case = a_complete_case(by=cast.mira)
    browser = signed_in(cast.otto)
    browser.get(url(case))
    assert "new since you last looked" not in text(browser.get(url(case)))
    intake.comment(case.ref, by=cast.mira, text="The customer called.")
    page = text(browser.get(url(case)))
    assert "1 entry is new since you last looked." in page
    assert "The customer called." in page


def test_a_document_is_handed_out_to_be_saved_and_never_shown(cast: Cast, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    browser = signed_in(cast.mira)
    upload = SimpleUploadedFile("采购订单.pdf", b"%PDF-1.7 order", content_type="text/html")
    assert browser.post(url(case, "case_attach"), {"kind": "purchase_order", "upload": upload}).status_code == 303
    row = case.documents.get()
    got = browser.get(url(case, "case_document", row.pk))
    assert got.status_code == 200
    assert got["Content-Disposition"].startswith("attachment")
    assert got["Content-Type"] == "application/pdf"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert b"".join(got.streaming_content) == b"%PDF-1.7 order"
    assert signed_in(cast.carl).get(url(case, "case_document", row.pk)).status_code == 404


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(cast: Cast, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    upload = SimpleUploadedFile("order.pdf", b"<html>no</html>")
    answer = signed_in(cast.mira).post(url(case, "case_attach"), {"kind": "other", "upload": upload})
    assert answer.status_code == 400
    assert "is not what its ending says" in text(answer)
    assert not case.documents.exists()


def test_htmx_gets_the_case_without_the_frame(cast: Cast, signed_in: Any) -> None:
    case = a_case(by=cast.mira)
    part = text(signed_in(cast.mira).get(url(case), headers={"HX-Request": "true"}))
    assert '<div id="case"' in part
    assert "<html" not in part


def test_the_page_speaks_chinese(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = reviewed(cast)
    browser = signed_in(cast.lena)
    browser.cookies["django_language"] = "zh-hans"
    page = text(browser.get(url(case)))
    assert "受EAR管辖" in page
    assert "红旗警示" in page
    assert "What stands in the way" not in page


@pytest.mark.parametrize("given", ["\x00", "x" * 10_000, "=HYPERLINK(1)", "مرحبا", "<script>alert(1)</script>"])
def test_strange_comments_are_kept_or_refused_and_never_run(cast: Cast, signed_in: Any, given: str) -> None:
    case = a_case(by=cast.mira)
    answer = signed_in(cast.mira).post(url(case, "case_comment"), {"text": given})
    assert answer.status_code in {303, 400}
    assert "<script>alert(1)</script>" not in text(signed_in(cast.mira).get(url(case)))


def test_an_unknown_flag_is_refused_in_words(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = reviewed(cast)
    answer = signed_in(cast.otto).post(url(case, "case_close_flag"), {"code": "NO-SUCH", "reason": "why"})
    assert answer.status_code == 400
    assert "There is no flag NO-SUCH in this case." in text(answer)


def test_two_findings_that_differ_are_both_shown_with_their_reading(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = reviewed(cast)
    latest = case.determinations.first()
    page = text(signed_in(cast.otto).get(url(case)))
    assert latest is not None
    assert latest.outcome_codified != latest.outcome_enforced
    assert "As codified" in page
    assert "As enforced" in page
    assert "as codified</span>" in page


def test_a_flag_closed_elsewhere_meanwhile_says_so(cast: Cast, signed_in: Any) -> None:
    lists_loaded()
    case = reviewed(cast)
    flag = next(each for each in case.flags.all() if each.answer == "unknown" and each.is_open)
    flags.close_flag(case.ref, by=cast.lena, code=flag.code, reason="Known customer.", acknowledged_unknown=True)
    answer = signed_in(cast.otto).post(url(case, "case_close_flag"), {"code": flag.code, "reason": "Mine."})
    assert answer.status_code == 400
    assert f"Flag {flag.code} is not open." in text(answer)


def test_an_approved_application_is_filed_and_granted_from_the_page(cast: Cast, signed_in: Any, today: Any) -> None:
    lists_loaded()
    case = proposed(cast, country="CN", recommendation="apply")
    content = waiting(case).content
    for person in (cast.rhea, cast.sam):
        signed_in(person).post(
            url(case, "case_approve"), {"reason": "Read.", "fingerprint": content, "acknowledged_readings": "on"}
        )
    case.refresh_from_db()
    assert case.state == "authorization_needed"
    browser = signed_in(cast.lena)
    filing = {"kind": "license", "application": "Z1234567", "filed_on": today, "quantity": "24", "proof_id": ""}
    assert browser.post(url(case, "case_file"), filing).status_code == 303
    assert browser.post(url(case, "case_grant"), {"number": "D1", "granted_on": today}).status_code == 400
    page = text(browser.post(url(case, "case_grant"), {"number": "D1", "granted_on": today}))
    assert "A license has an expiry date: take it from its face." in page
    granted = {"number": "D1234567", "granted_on": today, "expires_on": "2030-01-31", "proof_id": ""}
    assert browser.post(url(case, "case_grant"), granted).status_code == 303
    page = text(browser.get(url(case)))
    assert "D1234567" in page
    assert "0 of 24 used, 24 left" in page
    assert "license expiry" in page


def test_the_iaas_questionnaire_is_about_the_customer_and_keeps_what_stands(cast: Cast, signed_in: Any) -> None:
    party = a_party(by=cast.mira, name="Linhai Cloud SG", country="SG")
    case = a_case(by=cast.mira, activity="iaas")
    intake.add_line(case.ref, by=cast.mira, item_ref=an_item(by=cast.mira).ref, quantity=8)
    intake.add_party(case.ref, by=cast.mira, party_ref=a_party(by=cast.mira, name="Users").ref, role="iaas_user")
    intake.add_party(case.ref, by=cast.mira, party_ref=party.ref, role="iaas_customer")
    browser = signed_in(cast.mira)
    page = text(browser.get(url(case)))
    assert "IaaS customer questionnaire" in page
    assert f'name="fact|party.headquarters|{party.ref}|"' in page
    before = Fact.objects.get(party=party, key="party.country", replaced_at=None).pk
    answer = browser.post(
        url(case, "case_questionnaire"),
        {
            "panel": "iaas",
            "party": party.ref,
            f"fact|party.headquarters|{party.ref}|": "CN",
            f"fact|party.country|{party.ref}|": "",
        },
    )
    assert answer.status_code == 303
    assert Fact.objects.get(party=party, key="party.headquarters", replaced_at=None).value == "CN"
    assert Fact.objects.get(party=party, key="party.country", replaced_at=None).pk == before
