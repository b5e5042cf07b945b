"""Reports, exports and the printed case file, opened with the programs people open them with."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from audit.queries import entries_about, head
from compliance.models import Case, CaseScreening, Decision, StoredDetermination
from compliance.reports import BY_SLUG, REPORTS, formats
from compliance.reports.case_file import case_file_pdf
from compliance.reports.copied import csv_of
from compliance.reports.printable import Printable
from compliance.reports.shape import Filters, Stamp
from compliance.services import determine, screen
from compliance.services.export import note_export
from compliance.services.refusals import BadInput, NotYours
from compliance.web import reports as door
from screening.models import Judgement, Match
from screening.services import judge, load_sample
from tests import build
from tests.cast import Cast

pytestmark = pytest.mark.django_db

STAMP = Stamp(dt.datetime(2026, 11, 21, 10, tzinfo=dt.UTC), 7, "ab" * 32, "ada", "en")
CASES = BY_SLUG["cases"]


def ask(user: Any, view: Any, *args: Any, **query: str) -> Any:
    request = RequestFactory().get("/", query)
    request.user = user
    return view(request, *args)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def squeezed(pdf: bytes) -> str:
    """The text without blanks: how a PDF breaks its lines is not what is tested."""
    return "".join(text_of(pdf).split())


def rows_of(slug: str, user: Any, **filters: Any) -> list[dict[str, Any]]:
    report = BY_SLUG[slug]
    keys = [column.key for column in report.columns]
    return [dict(zip(keys, row, strict=True)) for row in report.rows(user, Filters(**filters))]


def a_determined_case(cast: Cast, **given: Any) -> Case:
    load_sample(by="system")
    case = build.a_submitted_case(by=cast.mira, **given)
    screen.screen_parties(case.ref, by=cast.mira)
    determine.determine_case(case.ref, by=cast.mira)
    return Case.objects.get(pk=case.pk)


# --- Rows ------------------------------------------------------------------------------------------------------------


def test_every_report_documents_its_columns_and_gives_as_many_cells(cast: Cast) -> None:
    a_determined_case(cast)
    for report in REPORTS:
        assert len({column.key for column in report.columns}) == len(report.columns)
        assert all(str(column.help) for column in report.columns)
        for row in report.rows(cast.ada, Filters()):
            assert len(row) == len(report.columns)


def test_a_row_tells_the_story_of_its_case(cast: Cast) -> None:
    case = a_determined_case(cast, title="12 accelerators to Singapore")
    law = StoredDetermination.objects.get(case=case)
    (row,) = rows_of("cases", cast.ada)
    assert row["ref"] == case.ref
    assert row["title"] == "12 accelerators to Singapore"
    assert row["unit"] == "compute"
    assert row["state"] == "under_review"
    assert (row["outcome"], row["determination"]) == (law.outcome, law.digest)
    assert row["outcome_codified"] == law.outcome_codified
    assert row["screening_run"] == CaseScreening.objects.get(case=case).run_id
    assert row["sample"] == "true"
    assert row["open_flags"] == case.flags.filter(answer__in=("raised", "unknown")).count() > 0
    assert row["created_by"] == "Mira Lindqvist"


def test_a_row_of_another_unit_is_not_there_and_the_auditor_sees_all(cast: Cast) -> None:
    build.a_case(by=cast.mira, title="compute case")
    build.a_case(by=cast.carl, title="optics case")
    assert [row["title"] for row in rows_of("cases", cast.mira)] == ["compute case"]
    assert [row["title"] for row in rows_of("cases", cast.carl)] == ["optics case"]
    assert len(rows_of("cases", cast.ada)) == 2
    assert CASES.count(cast.carl, Filters()) == 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "draft"}, 1),
        ({"state": "shipped"}, 0),
        ({"unit": "compute"}, 1),
        ({"unit": "optics"}, 0),
        ({"person": "mira"}, 1),
        ({"person": "otto"}, 0),
        ({"by": "planned", "since": dt.date(2026, 12, 15), "until": dt.date(2026, 12, 15)}, 1),
        ({"by": "planned", "until": dt.date(2026, 12, 14)}, 0),
        ({"by": "shipped", "since": dt.date(2020, 1, 1)}, 0),
        ({"outcome": "prohibited"}, 0),
    ],
)
def test_filters_keep_what_they_name(cast: Cast, filters: dict[str, Any], found: int) -> None:
    build.a_case(by=cast.mira, planned_on="2026-12-15")
    assert len(rows_of("cases", cast.ada, **filters)) == found
    assert CASES.count(cast.ada, Filters(**filters)) == found


def test_the_day_a_case_was_opened_is_within_the_range_that_ends_on_it(cast: Cast) -> None:
    case = build.a_case(by=cast.mira)
    opened = case.created_at.date()
    assert len(rows_of("cases", cast.ada, since=opened, until=opened)) == 1
    assert rows_of("cases", cast.ada, until=opened - dt.timedelta(days=1)) == []


def test_the_number_of_queries_does_not_grow_with_the_rows(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _each in range(12):
        build.a_case(by=cast.mira)
    with django_assert_max_num_queries(12):
        assert len(rows_of("cases", cast.ada)) == 12


# --- Formats ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x"], ids=ascii
)
def test_no_cell_of_a_csv_can_be_taken_for_a_formula(cell: str) -> None:
    assert formats.neutral(cell) == f"'{cell}"


def test_a_csv_opens_with_its_mark_headings_and_hostile_titles_made_harmless(cast: Cast) -> None:
    build.a_case(by=cast.mira, title='=HYPERLINK("http://x","y"), "quoted"')
    build.a_case(by=cast.mira, title="示例云计算 مثال")
    response = ask(cast.ada, door.export, "cases", "csv")
    content = body(response)
    assert content.startswith(b"\xef\xbb\xbfCase,Title,")
    rows = read_csv(content)
    assert [row["Title"] for row in rows] == ['\'=HYPERLINK("http://x","y"), "quoted"', "示例云计算 مثال"]
    assert rows[0]["State"] == "draft"
    assert rows[0]["Value"] == "250000.00"


def test_a_workbook_holds_values_not_formulas_and_says_what_it_is(cast: Cast) -> None:
    build.a_case(by=cast.mira, title="=1+1", planned_on="2026-12-15")
    before = head()
    content = body(ask(cast.ada, door.export, "cases", "xlsx", state="draft"))
    book = load_workbook(io.BytesIO(content))
    sheet, about = book.worksheets
    headings = [cell.value for cell in sheet[1]]
    row = dict(zip(headings, sheet[2], strict=True))
    assert (row["Title"].value, row["Title"].data_type) == ("=1+1", "s")
    assert f"{row['Planned'].value:%Y-%m-%d}" == "2026-12-15"
    assert row["Value"].value == 250000
    told = {line[0].value: line[1].value for line in about.iter_rows()}
    assert told["Head digest of the chain"] == before.digest
    assert told["Filters"] == "state=draft"
    assert told["Rows"] == "1"
    assert told["Title"].startswith("What the case is about")


def test_a_cell_longer_than_a_workbook_allows_says_that_it_was_cut(cast: Cast) -> None:
    case = build.a_case(by=cast.mira)
    row = list(next(iter(CASES.rows(cast.ada, Filters()))))
    row[1] = "x" * 40_000
    sheet = load_workbook(formats.xlsx_file(CASES, [tuple(row)], told=[], stamp=STAMP)).worksheets[0]
    assert sheet["A2"].value == case.ref
    assert len(sheet["B2"].value) <= 32_767
    assert "cut" in sheet["B2"].value[-120:]


def test_json_keeps_codes_exact_numbers_and_the_head_of_the_chain(cast: Cast) -> None:
    build.a_case(by=cast.mira, value="250000.10")
    before = head()
    told = json.loads(body(ask(cast.ada, door.export, "cases", "json", unit="compute")))
    assert told["chain"] == {"sequence": before.sequence, "head": before.digest}
    assert told["filters"] == {"unit": "compute"}
    assert told["count"] == len(told["rows"]) == 1
    assert told["rows"][0]["state"] == "draft"
    assert told["rows"][0]["value"] == "250000.10"
    assert {column["key"] for column in told["columns"]} == set(told["rows"][0])


def test_an_empty_report_is_a_whole_file_in_every_format(cast: Cast) -> None:
    assert read_csv(body(ask(cast.ada, door.export, "cases", "csv"))) == []
    assert json.loads(body(ask(cast.ada, door.export, "cases", "json")))["rows"] == []
    assert load_workbook(io.BytesIO(body(ask(cast.ada, door.export, "cases", "xlsx")))).worksheets[0].max_row == 1
    assert "No row passes the filters." in text_of(body(ask(cast.ada, door.export, "cases", "pdf")))


def test_the_printed_report_carries_rows_page_numbers_and_the_head_digest(cast: Cast) -> None:
    case = build.a_case(by=cast.mira)
    before = head()
    said = text_of(body(ask(cast.ada, door.export, "cases", "pdf")))
    assert case.ref in said
    assert "page 1 of 1" in said
    assert before.digest in said.replace("\n", "")


def test_a_report_too_long_to_print_is_refused_with_the_way_round(cast: Cast, monkeypatch: Any) -> None:
    build.a_case(by=cast.mira)
    monkeypatch.setattr(door, "MOST_ROWS", 0)
    response = ask(cast.ada, door.export, "cases", "pdf")
    assert response.status_code == 400
    assert "take the workbook" in response.content.decode()
    assert not entries_about("report:cases").exists()


def test_headings_and_words_follow_the_readers_language(cast: Cast) -> None:
    build.a_case(by=cast.mira)
    with translation.override("zh-hans"):
        made = b"".join(csv_of(CASES, cast.ada, Filters())).decode("utf-8-sig")
    assert "草稿" in made
    assert "标题" in made


# --- Evidence --------------------------------------------------------------------------------------------------------


def test_every_export_leaves_one_entry_with_filters_format_count_and_head(cast: Cast) -> None:
    build.a_case(by=cast.mira)
    before = head()
    response = ask(cast.ada, door.export, "cases", "csv", state="draft")
    (entry,) = entries_about("report:cases")
    assert entry.sequence == before.sequence + 1
    assert (entry.action, entry.actor) == ("report.export", "ada")
    assert entry.payload == {
        "role": "auditor",
        "report": "cases",
        "form": "csv",
        "language": "en",
        "head": before.digest,
        "filters": {"state": "draft"},
        "rows": 1,
        "sha256": "",
    }
    assert response["X-Gatehouse-Head"] == before.digest
    assert response["X-Gatehouse-Entry"] == str(entry.sequence)
    assert before.digest[:12] in response["Content-Disposition"]


@pytest.mark.parametrize("form", ["xlsx", "pdf"])
def test_a_file_that_is_whole_before_it_is_sent_is_recorded_with_its_digest(cast: Cast, form: str) -> None:
    build.a_case(by=cast.mira)
    content = body(ask(cast.ada, door.export, "cases", form))
    assert entries_about("report:cases").get().payload["sha256"] == hashlib.sha256(content).hexdigest()


def test_who_may_not_report_leaves_no_entry(cast: Cast) -> None:
    cast.carl.groups.clear()
    nobody = type(cast.carl).objects.get(pk=cast.carl.pk)
    with pytest.raises(NotYours):
        note_export("report:cases", by=nobody, report="cases", form="csv", language="en", head="")
    assert not entries_about("report:cases").exists()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"since": "2026-02-30"}, "From: This is not a date"),
        ({"since": "2026-05-01", "until": "2026-04-01"}, "To: The last day lies before the first"),
        ({"state": "gone"}, "State of the case: “gone” is not among the choices"),
        ({"by": "born"}, "Date: “born” is not among the choices"),
    ],
)
def test_a_filter_that_cannot_be_read_is_named_and_nothing_is_exported(
    cast: Cast, query: dict[str, str], sentence: str
) -> None:
    form = door.FilterForm(query, report=CASES, user=cast.ada)
    with pytest.raises(BadInput) as refused:
        form.filters()
    assert str(refused.value).startswith(sentence)
    assert not entries_about("report:cases").exists()


# --- The printed case file -------------------------------------------------------------------------------------------

PARTS = (
    "1 Cover", "2 Summary and reasons", "3 Facts relied on", "4 Parties, roles and ownership",
    "5 Items and calculations", "6 Screening", "7 Determination", "8 Red flags", "9 Authorization", "10 Clocks",
    "11 Approvals", "12 Documents", "13 Complete history", "14 What this file does not cover", "15 Retention",
)  # fmt: skip


def test_the_case_file_holds_fifteen_parts_in_order_and_marks_the_sample_on_every_page(cast: Cast) -> None:
    case = a_determined_case(cast, title="12 accelerators to Singapore")
    made = case_file_pdf(cast.ada, case.ref, language="en", stamp=STAMP)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    whole = squeezed(made)
    places = [whole.rindex("".join(part.split())) for part in PARTS]
    assert places == sorted(places)
    for number, page in enumerate(pages, start=1):
        assert case.ref in page
        assert f"page {number} of {len(pages)}" in page
        assert "SAMPLE LIST" in page
        assert STAMP.digest in page.replace("\n", "")
    law = StoredDetermination.objects.get(case=case)
    assert law.digest in whole
    assert law.rulebook in whole
    for entry in entries_about(case.subject):
        assert entry.digest in whole


def test_the_case_file_speaks_chinese_and_both_languages_side_by_side(cast: Cast) -> None:
    case = a_determined_case(cast)
    chinese = squeezed(case_file_pdf(cast.ada, case.ref, language="zh-hans", stamp=STAMP))
    assert "摘要与理由" in chinese
    assert "Summaryandreasons" not in chinese
    both = squeezed(case_file_pdf(cast.ada, case.ref, language="both", stamp=STAMP))
    assert "Summaryandreasons" in both
    assert "摘要与理由" in both
    digest = StoredDetermination.objects.get(case=case).digest
    assert digest in chinese
    assert digest in both


def test_the_same_state_and_stamp_give_the_same_bytes(cast: Cast) -> None:
    case = build.a_complete_case(by=cast.mira)
    first = case_file_pdf(cast.ada, case.ref, language="both", stamp=STAMP)
    assert case_file_pdf(cast.ada, case.ref, language="both", stamp=STAMP) == first


def test_an_unscreened_undetermined_draft_prints_and_says_that_nobody_is_cleared(cast: Cast) -> None:
    case = build.a_case(by=cast.mira)
    said = " ".join(text_of(case_file_pdf(cast.ada, case.ref, language="en", stamp=STAMP)).split())
    assert "Nobody in this file is cleared." in said
    assert "The law has not been asked yet" in said
    assert "SAMPLE LIST" not in said


def test_what_people_wrote_is_set_as_text_in_any_script(cast: Cast) -> None:
    hostile = '#import "x.typ" $a$ *b* `c` <d> \\ @e [f] //g'
    party = build.a_party(by=cast.mira, name="محمد للحوسبة")
    case = build.a_complete_case(by=cast.mira, party=party, title=hostile, end_use="漢字 한글 кириллица 😀")
    said = text_of(case_file_pdf(cast.ada, case.ref, language="en", stamp=STAMP))
    assert hostile in said
    assert "漢字 한글 кириллица" in said
    assert "〔mhmd llhwsbh〕" in said
    assert "U+0645 U+062D U+0645 U+062F" in " ".join(said.split())


def test_the_longest_words_stay_on_the_page(cast: Cast) -> None:
    case = build.a_case(by=cast.mira, title="W" * 200, end_use="字" * 4000)
    made = case_file_pdf(cast.ada, case.ref, language="en", stamp=STAMP)
    assert squeezed(made).count("W") >= 200
    assert squeezed(made).count("字") == 4000


def test_a_case_outside_the_readers_units_cannot_be_printed(cast: Cast) -> None:
    case = build.a_case(by=cast.mira)
    with pytest.raises(Case.DoesNotExist):
        case_file_pdf(cast.carl, case.ref, language="en", stamp=STAMP)


def test_printing_a_case_leaves_an_entry_about_it_with_the_digest_of_the_file(cast: Cast) -> None:
    case = build.a_case(by=cast.mira)
    response = ask(cast.ada, door.case_pdf, case.ref, language="zh-hans")
    content = body(response)
    entry = entries_about(case.subject).last()
    assert entry.action == "report.export"
    assert entry.payload["language"] == "zh-hans"
    assert entry.payload["sha256"] == hashlib.sha256(content).hexdigest() == response["X-Gatehouse-SHA256"]
    assert response["Content-Type"] == "application/pdf"


def test_the_file_says_pdf_a_and_names_its_case(cast: Cast) -> None:
    case = build.a_case(by=cast.mira)
    made = case_file_pdf(cast.ada, case.ref, language="en", stamp=STAMP)
    reader = PdfReader(io.BytesIO(made))
    assert case.ref in reader.metadata.title
    assert b"pdfaid:part" in made


def test_a_proposal_is_printed_with_its_maker_reason_and_fingerprint(cast: Cast) -> None:
    case = a_determined_case(cast)
    law = StoredDetermination.objects.get(case=case)
    Decision.objects.create(
        case=case, determination=law, recommendation="refuse", reason="Parent unknown.", proposed_by=cast.otto,
        content="cd" * 32,
    )  # fmt: skip
    whole = squeezed(case_file_pdf(cast.ada, case.ref, language="en", stamp=STAMP))
    assert "Parentunknown." in whole
    assert "OttoBrandt" in whole
    assert "cd" * 32 in whole
    assert "thecasehaschangedsince" in whole


def test_two_stretches_spelled_alike_are_told_apart() -> None:
    printable = Printable()
    first, second = printable.text("ﷲ"), printable.text("الله")
    assert len(printable.spelled) == 2 or first != second
    for mark in (first, second):
        assert mark in printable.spelled


def test_the_csv_of_the_database_says_what_the_rows_say_in_both_languages(cast: Cast) -> None:
    build.a_case(by=cast.mira, title='=1+1 "quoted", 对华')
    a_determined_case(cast, title="-2 boards")
    for language in ("en", "zh-hans"):
        with translation.override(language):
            copied = b"".join(csv_of(CASES, cast.ada, Filters())).decode("utf-8-sig")
            written = b"".join(formats.csv_pieces(CASES, CASES.rows(cast.ada, Filters()))).decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(copied, newline=""))) == list(csv.reader(io.StringIO(written, newline="")))
        assert copied.count("\r\n") == 3


# --- Match judgements ------------------------------------------------------------------------------------------------


@pytest.fixture
def answered(cast: Cast) -> Judgement:
    """One clearance of a match of a party of the computing unit."""
    party = build.a_party(by=cast.mira, name="Sample Quartz Computing Co., Ltd.", country="CN", headquarters="CN")
    case = a_determined_case(cast, party=party)
    match = Match.objects.filter(run=CaseScreening.objects.get(case=case).run).first()
    assert match is not None
    judge(
        match.pk,
        by="mira",
        verdict="no_match",
        code="different_address",
        reason="Founded in Oslo in 1994; the listed one is in Hefei.",
        answers={"entry": "yes", "kind": "same"},
    )
    return Judgement.objects.get()


def test_every_answer_to_a_match_is_a_row_with_its_ground_reason_and_end(cast: Cast, answered: Judgement) -> None:
    (row,) = rows_of("judgements", cast.ada)
    assert (row["verdict"], row["ground"]) == ("no_match", "no_match:different_address")
    assert row["reason"] == "Founded in Oslo in 1994; the listed one is in Hefei."
    assert row["walk"].startswith("Did the search meet an entry of the list itself? yes, an entry.")
    assert row["by"] == "Mira Lindqvist"
    assert (row["party"], row["score"]) == (answered.subject_ref.partition(":")[2], answered.match.score)
    assert (row["list"], row["entry"]) == (answered.match.listed.list_code, answered.match.listed.entity_id)
    assert row["expires_on"] == answered.expires_on
    assert row["listed_fingerprint"] == answered.listed_fingerprint


def test_answers_for_parties_of_another_unit_are_not_shown(cast: Cast, answered: Judgement) -> None:
    assert rows_of("judgements", cast.carl) == []
    assert len(rows_of("judgements", cast.ada, unit="compute", person="mira")) == 1
    assert rows_of("judgements", cast.ada, unit="optics") == []
    assert rows_of("judgements", cast.ada, person="otto") == []
    assert rows_of("judgements", cast.ada, since=answered.at.date() + dt.timedelta(days=1)) == []
