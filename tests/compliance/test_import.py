"""Importing parties: a result per row, nothing before the confirmation, never half a file."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.models import Fact, Party
from compliance.services import imports
from compliance.services import parties as keeping
from tests.build import a_party

HEAD = "name,kind,other names,address,address country,identifier kind,identifier,country,headquarters,source,as of\n"
GOOD = (
    "示例云计算有限公司,organization,Example Cloud; EC,上海市示例路1号,CN,USCC,91310000X,CN,China,"
    "annual report,2026-03-31\n"
)


@pytest.fixture
def mira(cast: Any, signed_in: Any) -> Any:
    return signed_in(cast.mira)


def csv(text: str, encoding: str = "utf-8-sig") -> SimpleUploadedFile:
    return SimpleUploadedFile("parties.csv", text.encode(encoding))


def read(mira: Any, upload: SimpleUploadedFile) -> Any:
    return mira.post("/parties/import/", {"file": upload})


def confirm(mira: Any, preview: Any, **more: str) -> Any:
    return mira.post("/parties/import/confirm/", {"sheet": preview.context["form"]["sheet"].value(), **more})


def test_nothing_is_kept_before_the_confirmation(mira: Any) -> None:
    preview = read(mira, csv(HEAD + GOOD))
    assert (preview.status_code, preview.context["sheet"].good) == (200, 1)
    assert not Party.objects.exists()
    done = confirm(mira, preview)
    assert done.status_code == 200
    party = Party.objects.get()
    stands = keeping.what_stands(party)
    assert (party.name, stands["names"]) == ("示例云计算有限公司", ["Example Cloud", "EC"])
    assert stands["addresses"] == [["上海市示例路1号", "CN"]]
    facts = {fact.key: (fact.value, fact.source) for fact in Fact.objects.filter(party=party)}
    assert facts == {"party.country": ("CN", "annual report"), "party.headquarters": ("CN", "annual report")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_of_chinese_offices_are_read(mira: Any, encoding: str) -> None:
    preview = read(mira, csv(HEAD + GOOD, encoding))
    assert preview.context["sheet"].rows[0].cells["name"] == "示例云计算有限公司"


def test_headings_may_be_chinese_and_semicolons_may_separate(mira: Any) -> None:
    preview = read(mira, csv("名称;总部;来源\n示例;中国;年报\n"))
    assert preview.context["sheet"].rows[0].problems == []


def test_every_bad_row_is_named_with_its_number_and_every_reason(mira: Any) -> None:
    text = (
        "name,country,as of,source\n"
        "Good Ltd,SG,2026-01-01,register\n"
        ",SG,2026-01-01,register\n"
        "Bad Ltd,Atlantis,2026-02-30,\n"
        f"{'x' * 10_240},,,\n"
        "Good Ltd,,,\n"
    )
    sheet = read(mira, csv(text)).context["sheet"]
    found = {row.number: [column for column, _sentence in row.problems] for row in sheet.rows}
    assert found == {2: [], 3: ["name"], 4: ["as_of", "country", "source"], 5: ["name"], 6: ["name"]}
    assert (sheet.good, sheet.bad) == (1, 4)


def test_one_bad_row_keeps_the_whole_file_out(mira: Any) -> None:
    preview = read(mira, csv("name,country,source\nGood Ltd,SG,x\nBad Ltd,Atlantis,x\n"))
    answer = confirm(mira, preview)
    assert answer.status_code == 409
    assert not Party.objects.exists()


def test_only_the_sound_rows_are_taken_in_when_that_is_chosen(mira: Any) -> None:
    preview = read(mira, csv("name,country,source\nGood Ltd,SG,x\nBad Ltd,Atlantis,x\n"))
    assert confirm(mira, preview, only_sound="1").status_code == 200
    assert [party.name for party in Party.objects.all()] == ["Good Ltd"]


def test_a_row_that_fails_at_the_last_moment_takes_everything_back(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = imports.read_sheet(csv("name\nFirst Ltd\nSecond Ltd\n"), by=cast.mira)
    # The table is changed between judging and writing, as only a fault of ours could.
    monkeypatch.setattr(imports, "judge", lambda sheet, by: None)
    sheet.rows[1].cells["name"] = "x" * 400
    with pytest.raises(imports.BadInput) as caught:
        imports.take_in(sheet, by=cast.mira)
    assert "Row 3 (name)" in str(caught.value)
    assert not Party.objects.exists()


@pytest.mark.parametrize("cell", ["=1+1", '=HYPERLINK("http://x")', "+49", "-5", "@SUM(A1)"])
def test_a_cell_that_looks_like_a_formula_is_kept_as_text(mira: Any, cell: str) -> None:
    quoted = cell.replace('"', '""')
    preview = read(mira, csv(f'name\n"{quoted}"\n'))
    row = preview.context["sheet"].rows[0]
    assert (row.cells["name"], len(row.notes)) == (cell, 1)
    confirm(mira, preview)
    assert Party.objects.get().name == cell


def workbook(rows: list[list[Any]]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("parties.xlsx", out.getvalue())


def test_a_workbook_is_read_with_its_dates_numbers_and_formulas_as_text(mira: Any) -> None:
    upload = workbook(
        [["name", "identifier kind", "identifier", "as of"], ["=SUM(1,2)", "UEN", 42.0, dt.date(2026, 3, 31)]]
    )
    cells = read(mira, upload).context["sheet"].rows[0].cells
    assert cells == {"name": "=SUM(1,2)", "identifier_kind": "UEN", "identifier": "42", "as_of": "2026-03-31"}


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (SimpleUploadedFile("a.csv", b""), "empty"),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04 broken"), "not a readable XLSX workbook"),
        (SimpleUploadedFile("a.xlsx", b"name\nx"), "not a readable XLSX workbook"),
        (SimpleUploadedFile("a.pdf", b"%PDF"), ".csv or .xlsx"),
        (SimpleUploadedFile("a.csv", b"title\nx\n"), "headings"),
        (SimpleUploadedFile("a.csv", b"name\n"), "no rows"),
        (SimpleUploadedFile("a.csv", b"name,name\nx,y\n"), "twice"),
        (SimpleUploadedFile("a.csv", b'name\n"open quote\n'), "Line"),
        (SimpleUploadedFile("a.csv", b"name\n\xff\xff\xff\n"), "letters"),
        (SimpleUploadedFile("a.csv", b"name\n" + b"x\n" * 2001), "more than 2000 rows"),
    ],
)
def test_a_file_that_is_no_table_of_parties_is_refused_beside_the_file(
    mira: Any, upload: SimpleUploadedFile, sentence: str
) -> None:
    answer = read(mira, upload)
    assert 400 <= answer.status_code < 500
    assert sentence in answer.context["form"].errors["file"][0]


def test_a_name_that_is_already_kept_is_pointed_out(mira: Any, cast: Any) -> None:
    party = a_party(by=cast.mira, name="Kept Ltd", names=["保留公司"])
    sheet = read(mira, csv("name\nkept ltd\n保留公司\n")).context["sheet"]
    assert party.ref in sheet.rows[1].problems[0][1]


def test_a_party_of_another_unit_does_not_show_through(mira: Any, cast: Any) -> None:
    a_party(by=cast.carl, name="Secret Ltd")
    assert read(mira, csv("name\nSecret Ltd\n")).context["sheet"].good == 1


def test_a_preview_of_somebody_else_cannot_be_confirmed(mira: Any, cast: Any, signed_in: Any) -> None:
    preview = read(mira, csv("name\nGood Ltd\n"))
    answer = confirm(signed_in(cast.otto), preview)
    assert answer.status_code == 400
    assert not Party.objects.exists()


@pytest.mark.parametrize("sheet", ["", "tampered:x:y"])
def test_a_preview_that_was_tampered_with_is_refused(mira: Any, sheet: str) -> None:
    assert mira.post("/parties/import/confirm/", {"sheet": sheet}).status_code == 400


def test_confirming_twice_keeps_each_party_once(mira: Any) -> None:
    preview = read(mira, csv("name\nGood Ltd\n"))
    assert confirm(mira, preview).status_code == 200
    assert confirm(mira, preview).status_code == 409
    assert Party.objects.count() == 1


def test_the_example_table_can_be_read_back(mira: Any) -> None:
    example = mira.get("/parties/import/example/").content
    sheet = read(mira, SimpleUploadedFile("example.csv", example)).context["sheet"]
    assert (sheet.good, sheet.ignored) == (1, [])


@pytest.mark.parametrize("who", ["rhea", "ada", "adam"])
def test_roles_that_keep_no_parties_cannot_import(cast: Any, signed_in: Any, who: str) -> None:
    assert signed_in(getattr(cast, who)).get("/parties/import/").status_code == 403
