"""One export from an empty desk to the audit report: five people, one case, nothing but the browser."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from openpyxl import load_workbook
from pypdf import PdfReader

from audit.services import verify
from compliance.management.demo.play import plain_answers
from compliance.models import Case, FlagState
from screening.models import Match
from tests.cast import Cast
from tests.compliance.walk import H100

from .browser import Visitor
from .conftest import Door

OPEN = "facility.physically_connected_to_advanced_node_facility"
NAME = "Sample Harbor Photonics Ltd"


def enter_item(mira: Visitor) -> None:
    """Enter an accelerator with the figures of its data sheet, as the pages ask for them."""
    mira.go("/items/new/")
    form = mira.page.locator("main form").first
    mira.fill(form, kind="chip", vendor="Example", model="H100", eccn_given="3A090.a")
    form.locator("button").last.click()
    mira.page.wait_for_url(re.compile(r"/items/I-\d+/"))
    ref = mira.path.split("/")[2]
    for key, value in H100.items():
        record_fact(mira, f"/items/{ref}/facts/{key}/", value)


def enter_party(mira: Visitor) -> None:
    """Enter the buyer, with everything known of it."""
    mira.go("/parties/new/")
    form = mira.page.locator("main form").first
    mira.fill(form, name=NAME, kind="organization", addresses="1 Quay, Bristol | GB")
    form.locator("button").last.click()
    mira.page.wait_for_url(re.compile(r"/parties/P-\d+/"))
    ref = mira.path.split("/")[2]
    for key, value in {
        "party.country": "GB",
        "party.headquarters": "GB",
        "party.own_ultimate_parent": True,
        "party.ultimate_parent_headquarters": "GB",
        "party.military_end_user": False,
        "party.owned_50_percent_by_listed": False,
    }.items():
        record_fact(mira, f"/parties/{ref}/facts/{key}/", value)


def record_fact(mira: Visitor, path: str, value: object) -> None:
    mira.go(path)
    form = mira.page.locator("main form").first
    given = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    mira.fill(form, state="known", value=given, source="data sheet and registry extract")
    form.locator("button").last.click()
    mira.page.wait_for_url(re.compile(r"/(items|parties)/[IP]-\d+/(#.*)?$"))


def take_in(mira: Visitor) -> str:
    """Open the case, add the item and the party, and return its number."""
    mira.go("/cases/new/")
    mira.page.locator("input[name=activity][value=export]").check()
    form = mira.page.locator("#case-fields")
    form.locator("[name=title]").wait_for()
    mira.fill(
        form,
        title="12 H100 to Sample Harbor, Bristol",
        exporting_from="US",
        destination="GB",
        planned_on="2026-11-25",
        end_use="Weather models in the customer's own hall.",
        purchase_order="PO-1",
        value="240000",
    )
    form.get_by_role("button", name="Keep and add items and parties").click()
    mira.page.wait_for_url(re.compile(r"/cases/GH-\d+-\d+/edit/"))
    mira.page.locator("[name=item_q]").press_sequentially("H100")
    mira.page.locator("#item-found [name=item_ref]").check()
    mira.fill(mira.page.locator("#lines form.adding"), quantity="12", unit_value="20000")
    mira.page.locator("#lines form.adding button").click()
    mira.page.locator("#lines tbody tr").wait_for()
    mira.page.locator("[name=party_q]").press_sequentially("Harbor")
    mira.page.locator("#party-found [name=party_ref]").check()
    mira.fill(mira.page.locator("#parties form.adding"), role="ultimate_consignee")
    mira.page.locator("#parties form.adding button").click()
    mira.page.locator("#parties tbody tr").wait_for()
    return mira.path.split("/")[2]


def answer_rail(mira: Visitor, case: str) -> int:
    """Answer every question of the rail with *no* until none is left to answer so; return how many there were."""
    mira.go(f"/cases/{case}/")
    answered = 0
    while (no := mira.page.locator("#questions .question form button[value=no]")).count() and answered < 30:
        asked = mira.page.locator("#questions .question:has(button[value=no])").first
        before = asked.get_attribute("id")
        no.first.click()
        mira.page.locator(f"#{before}").wait_for(state="detached")
        answered += 1
    return answered


def judge_every_match(otto: Visitor) -> None:
    """Judge what is undecided, one after the other, each with ground and reason."""
    for match in Match.objects.all():
        otto.go(f"/screening/matches/{match.pk}/")
        form = otto.page.locator("#judge form")
        form.locator("[name=verdict][value=no_match]").check()
        form.locator("[name=code]").select_option("no_match:different_name")
        form.locator("[name=reason]").fill("Register extract compared: another company, another city.")
        otto.press("Record", within="#judge")
        otto.reads("The answer is recorded.")


def work_flag(otto: Visitor, case: str, code: str, evidence: Path) -> None:
    """Ask, upload what came back, record the answer with it as evidence, and close the flag by name."""
    otto.go(f"/cases/{case}/")
    otto.deed("attach", kind="other", upload=evidence)
    asking = otto.unfold(f"#flag-{code} form[action$='inquire/']")
    otto.fill(asking, question="Please send the site plan with every connection.", asked_of="the buyer")
    asking.locator("button").click()
    otto.reads("The inquiry is recorded.")
    answering = otto.unfold(f"#flag-{code} form[action$='record-answer/']")
    plan = answering.locator("[name=evidence_id] option").last.get_attribute("value")
    otto.fill(answering, answer="The hall stands alone; see the plan.", evidence_id=plan)
    answering.locator("button").click()
    otto.reads("The answer is recorded.")
    close_flag(otto, code, "The plan shows a hall of its own, with no bridge to a fab.")


def close_flag(otto: Visitor, code: str, reason: str) -> None:
    closing = otto.unfold(f"#flag-{code} form[action$='close-flag/']")
    otto.fill(closing, reason=reason, acknowledged_unknown=True)
    closing.locator("button").click()
    otto.reads("The flag is closed, with your name.")


def close_the_other_flags(otto: Visitor, case: str) -> None:
    """Close what is still open from the page: by hand it is one form per flag, so here they are sent one by one."""
    otto.go(f"/cases/{case}/")
    for flag in FlagState.objects.filter(case__ref=case):
        if flag.is_open:
            close_flag(otto, flag.code, "Looked at; the papers in the file explain it.")


def answer_questionnaire(mira: Visitor, case: str) -> None:
    """Answer the questions of the red flags in one sheet, unremarkably, but for the one only the buyer can answer."""
    mira.go(f"/cases/{case}/")
    sheet = mira.unfold("#questionnaire").locator("form")
    answers = plain_answers()
    for name in sheet.evaluate("form => [...new Set([...form.elements].map((one) => one.name))]"):
        if name.startswith("fact|") and (key := name.split("|")[1]) in answers and key != OPEN:
            value = answers[key]
            if isinstance(value, tuple):
                sheet.locator(f"[name='{name}'][value='{value[0]}']").check()
            else:
                words = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
                mira.fill(sheet, **{name: words})
    mira.fill(sheet, source="the customer's questionnaire")
    sheet.locator("button").last.click()
    mira.page.wait_for_url(re.compile(r"#flags$"))


def download(ada: Visitor, path: str) -> bytes:
    answer = ada.context.request.get(f"{ada.server}{path}")
    assert answer.status == 200
    assert "attachment" in answer.headers["content-disposition"]
    return answer.body()


def test_an_export_from_intake_to_the_audit_report(people: Cast, lists: Path, door: Door, tmp_path: Path) -> None:
    mira = door("mira")
    enter_item(mira)
    enter_party(mira)
    case = take_in(mira)
    mira.go(f"/cases/{case}/")
    mira.press("Submit", within=".case-head")
    mira.reads("Submitted, screened and determined.")
    assert answer_rail(mira, case) >= 3
    answer_questionnaire(mira, case)
    assert Case.objects.get(ref=case).state == "under_review"

    otto = door("otto")
    assert Match.objects.exists()
    judge_every_match(otto)
    plan = tmp_path / "site plan.txt"
    plan.write_text("One hall, one gate, no bridge.", encoding="utf-8")
    work_flag(otto, case, "EAR-RF-27", plan)
    close_the_other_flags(otto, case)
    otto.press("Determine again d", within=".case-head")
    otto.reads("The law was asked again.")
    otto.deed("propose", recommendation="proceed", reason="Facts complete, match judged, flags explained.")
    otto.reads("Proposed. A colleague is asked to decide.")
    assert otto.page.locator("#deed-approve").count() == 0
    otto.go(f"/cases/{case}/")
    assert "You prepared this proposal" in otto.page.locator("#deciding .wall").inner_text()

    rhea = door("rhea")
    rhea.go("/queue/")
    rhea.page.locator(f"main a[href*='{case}']").first.click()
    rhea.page.wait_for_load_state("load")
    assert "approve" not in (rhea.page.evaluate("document.activeElement.textContent") or "").lower()[:40]
    tick = rhea.page.locator("#deed-approve [name=acknowledged_readings]").count()
    rhea.deed("approve", reason="I read it all.", **({"acknowledged_readings": True} if tick else {}))
    rhea.reads("Your approval is recorded.")
    assert Case.objects.get(ref=case).state == "authorized"

    otto.go(f"/cases/{case}/")
    otto.press("Release the shipment", within=".case-head")
    otto.reads("Released: lists and law were asked once more and answer as they did.")

    ada = door("ada")
    ada.go(f"/cases/{case}/")
    ada.reads("Reading only")
    rows = list(csv.reader(io.StringIO(download(ada, "/reports/cases.csv").decode("utf-8-sig"))))
    assert any(case in row for row in rows)
    book = load_workbook(io.BytesIO(download(ada, "/reports/cases.xlsx")), read_only=True)
    assert any(case in map(str, row) for sheet in book for row in sheet.iter_rows(values_only=True))
    printed = PdfReader(io.BytesIO(download(ada, f"/cases/{case}/file.pdf")))
    assert case in "".join(page.extract_text() for page in printed.pages)
    ada.go("/evidence/")
    ada.reads(case)
    assert verify().whole

    otto.go(f"/cases/{case}/")
    otto.deed("close", reason="Clearance filed; records complete.")
    assert Case.objects.get(ref=case).state == "closed"
