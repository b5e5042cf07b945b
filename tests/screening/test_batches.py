"""Spreadsheets of parties: a result for every row, a bad row stops no other, and nothing is half-kept."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Entry
from screening import queries, services
from screening.models import Batch, BatchChunk, BatchRow
from screening.queries import batches as reading
from screening.reasons import Refusal
from screening.services import batches, sheet
from tests.screening.build import FORTY, LANTERN, file_of, row
from tests.screening.test_pages import _by_themselves, client_of  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.screening.urls")]

THREE = f'query,country,qid\n"{LANTERN["name"]}",CN,a\nHoly Oaks Bakery,NO,b\n,CN,c\n'


def taken(content: str | bytes, name: str = "ours.csv") -> Batch:
    raw = content.encode() if isinstance(content, str) else content
    pk = batches.take_in(sheet.rows(name, raw), by="mira", title=name, sha256="0" * 64)
    return Batch.objects.get(pk=pk)


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def states(batch: Batch) -> dict[int, str]:
    told = batch.rows.values_list("number", "problem", "hits")
    return {
        number: problem or ("found" if hits else "waiting" if hits is None else "nothing")
        for number, problem, hits in told
    }


def test_every_row_gets_its_result(lists: Any) -> None:
    batch = taken(THREE)
    assert batches.work(batch.pk) == 1
    batch.refresh_from_db()
    assert (batch.standing, batch.size, batch.bad_rows) == ("done", 3, 1)
    assert states(batch) == {2: "found", 3: "nothing", 4: "row_no_name"}
    assert batch.rows.get(number=2).hits[0]["entity_id"] == LANTERN["_id"]
    assert batch.coverage["searched"] == {"EL": 41}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_spreadsheet_may_separate_its_columns_otherwise(lists: Any, delimiter: str) -> None:
    batch = taken(THREE.replace('"', "").replace("Co., Ltd.", "Co. Ltd.").replace(",", delimiter))
    batches.work(batch.pk)
    assert states(batch) == {2: "found", 3: "nothing", 4: "row_no_name"}


def test_a_workbook_is_read_as_a_table_is_and_a_formula_is_text(lists: Any) -> None:
    content = workbook(["名称", "国家"], [LANTERN["name"], "CN"], ["=1+1 Quorvel", ""], [None, None], ["★", "CN"])
    batch = taken(content, "ours.xlsx")
    batches.work(batch.pk)
    assert states(batch)[2] == "found"
    assert states(batch)[5] == "row_empty_name"
    assert batch.rows.get(number=3).asked["query"] == "=1+1 Quorvel"


def bomb() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w") as part,
    ):
        for _piece in range(160):
            part.write(b" " * 1024 * 1024)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("ours.csv", b"", "bulk_empty"),
        ("ours.csv", b"query,country\n", "sheet_no_rows"),
        ("ours.csv", b"company;country\nQuorvel;CN\n", "bulk_no_query"),
        ("ours.csv", b"query,query\na,b\n", "bulk_twice"),
        ("ours.pdf", b"%PDF-", "sheet_kind"),
        ("ours.xlsx", b"PK\x03\x04 cut", "sheet_broken"),
        ("ours.xlsx", bomb(), "sheet_unpacks"),
    ],
)
def test_what_is_no_table_is_refused_and_nothing_is_kept(lists: Any, name: str, content: bytes, key: str) -> None:
    with pytest.raises(Refusal) as refused:
        taken(content, name)
    assert (refused.value.key, refused.value.field) == (key, "file")
    assert str(refused.value) != key
    assert not Batch.objects.exists()
    assert not BatchRow.objects.exists()


def test_too_many_rows_keep_nothing(lists: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 3)
    with pytest.raises(Refusal, match="more than 3 rows"):
        taken("query\n" + "Quorvel\n" * 4)
    assert not Batch.objects.exists()


def test_without_lists_nothing_is_taken_in(db: Any) -> None:
    with pytest.raises(Refusal, match="No lists are loaded"):
        taken(THREE)
    assert not Batch.objects.exists()


def test_a_batch_is_searched_in_the_lists_it_began_with(lists: Any, tmp_path: Any) -> None:
    batch = taken(THREE)
    services.refresh(file_of(tmp_path, FORTY, "second.csv"), by="mira", confirm_shrink="It was delisted.")
    batches.work(batch.pk)
    batch.refresh_from_db()
    assert batch.standing == "done"
    assert states(batch)[2] == "found"


def test_what_was_done_before_a_worker_died_is_not_done_again(lists: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(batches, "ROWS", 2)
    rows = [LANTERN["name"], "Holy Oaks Bakery", "Quartz Lantern", "Brontix Quorvel Works", "Marsh Tea"]
    whole = taken("query\n" + "".join(f'"{one}"\n' for one in rows))
    batches.work(whole.pk)
    cut = taken("query\n" + "".join(f'"{one}"\n' for one in rows))
    assert batches.work(cut.pk, most=1) == 1
    first = cut.chunks.get(number=1).done_at
    assert batches.work(cut.pk) == 2
    assert cut.chunks.get(number=1).done_at == first
    said = [list(one.rows.values_list("number", "hits")) for one in (whole, cut)]
    assert said[0] == said[1]
    told = Entry.objects.filter(action="batch.finish").order_by("sequence").values_list("payload", flat=True)
    assert len(told) == 2
    assert told[0]["results"] == told[1]["results"] != ""
    assert batches.work(cut.pk) == 0
    assert Entry.objects.filter(action="batch.finish").count() == 2


def test_a_chunk_that_breaks_is_counted_and_stops_no_other(lists: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(batches, "ROWS", 1)
    batch = taken("query\nQuorvel Works\nQuartz Lantern\n")
    BatchRow.objects.filter(batch=batch, number=2).update(asked={"query": "Quorvel Works"})
    batches.work(batch.pk)
    batch.refresh_from_db()
    assert batch.standing == "done"
    assert list(BatchChunk.objects.filter(batch=batch).values_list("examined", "failed")) == [(0, 1), (1, 0)]
    assert states(batch) == {2: "waiting", 3: "found"}


def posted(client: Any, content: bytes, name: str = "ours.csv") -> Any:
    return client.post("/screening/many/", {"file": SimpleUploadedFile(name, content)})


def test_a_short_spreadsheet_comes_back_at_once(client_of: Any, lists: Any) -> None:  # noqa: F811
    client = client_of("screening.view_snapshot", "screening.judge_match")
    answer = posted(client, THREE.encode())
    assert answer.status_code == 303
    html = client.get(answer.headers["Location"]).content.decode()
    for words in ("2 of 3 rows searched", "1 row could not be searched", "no match in the lists searched", "1260H"):
        assert words in html
    assert "clear" not in html.lower()
    rows = list(
        csv.reader(io.StringIO(b"".join(client.get(f"{answer.headers['Location']}file.csv")).decode("utf-8-sig")))
    )
    assert rows[0][:4] == ["Row", "Name", "Your number", "Result"]
    assert rows[1][:5] == ["2", LANTERN["name"], "a", "possible match", "1"]
    assert rows[-1][:4] == ["4", "", "c", "not searched"]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{answer.headers['Location']}file.xlsx"))))
    assert [sheet.title for sheet in book] == ["Results", "About this export"]
    assert book["Results"]["B2"].value == LANTERN["name"]
    assert Entry.objects.filter(action="batch.export").count() == 2


def test_a_bad_file_is_refused_at_its_field(client_of: Any, lists: Any) -> None:  # noqa: F811
    client = client_of("screening.view_snapshot", "screening.judge_match")
    answer = posted(client, b"company\nQuorvel\n")
    assert answer.status_code == 422
    assert "does not name a column “query”" in answer.content.decode()


def test_who_may_only_look_hands_nothing_in(client_of: Any, lists: Any) -> None:  # noqa: F811
    client = client_of("screening.view_snapshot")
    assert '<form method="post" enctype' not in client.get("/screening/many/").content.decode()
    assert posted(client, THREE.encode()).status_code == 403
    assert client.post("/screening/many/rescreen/").status_code == 403
    assert not Batch.objects.exists()


def test_another_persons_spreadsheet_is_not_there(client_of: Any, lists: Any, scope: Any) -> None:  # noqa: F811
    batch = taken(THREE)
    Batch.objects.filter(pk=batch.pk).update(made_by="otto")
    client = client_of("screening.view_snapshot")
    assert client.get(f"/screening/many/{batch.pk}/").status_code == 200
    scope["refs"] = ["party:1"]
    assert client.get(f"/screening/many/{batch.pk}/").status_code == 404
    assert client.get(f"/screening/many/{batch.pk}/file.csv").status_code == 404


def test_a_cell_that_looks_like_a_formula_leaves_as_text(client_of: Any, lists: Any) -> None:  # noqa: F811
    client = client_of("screening.view_snapshot", "screening.judge_match")
    where = posted(client, b"query\n=HYPERLINK(1) Quorvel\n").headers["Location"]
    assert "'=HYPERLINK" in b"".join(client.get(f"{where}file.csv")).decode()


def test_the_page_of_batches_costs_a_constant_number_of_queries(
    client_of: Any,  # noqa: F811
    lists: Any,
    django_assert_max_num_queries: Any,
) -> None:
    client = client_of("screening.view_snapshot")
    for _number in range(12):
        taken("query\nQuorvel\n")
    with django_assert_max_num_queries(16):
        assert client.get("/screening/many/").status_code == 200


# --- what keeps one from relying on a batch -----------------------------------------------------------------------


def exported(client: Any, batch: Batch) -> tuple[str, list[dict[str, str]]]:
    answer = client.get(f"/screening/many/{batch.pk}/file.csv")
    text = b"".join(answer).decode("utf-8-sig")
    return answer.headers["Content-Disposition"], list(csv.DictReader(io.StringIO(text)))


def test_a_batch_whose_lists_changed_midway_keeps_its_lists_and_says_so_aloud(
    client_of: Any,  # noqa: F811
    lists: Any,
    tmp_path: Any,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(batches, "ROWS", 1)
    batch = taken(f'query\nNewcomer Ristano\n"{LANTERN["name"]}"\nNewcomer Ristano\n')
    batches.work(batch.pk, most=1)
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN, row("Newcomer Ristano")], "next.csv"), by="mira")
    batches.work(batch.pk)
    assert states(batch) == {2: "nothing", 3: "found", 4: "nothing"}
    client = client_of("screening.view_snapshot")
    changed = "The lists, the thresholds or the matcher have changed since."
    html = client.get(f"/screening/many/{batch.pk}/").content.decode()
    assert "Do not rely on this as it stands" in html
    assert changed in html
    name, rows = exported(client, batch)
    assert "-with-gaps.csv" in name
    assert all(changed in one["Caution"] for one in rows)


def test_a_stopped_batch_says_how_much_was_not_searched_on_page_and_in_its_files(
    client_of: Any,  # noqa: F811
    lists: Any,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(batches, "ROWS", 1)
    batch = taken("query\nQuorvel One\nQuorvel Two\nQuorvel Three\n")
    batches.work(batch.pk, most=1)
    monkeypatch.setattr(batches, "MATCHER_VERSION", "another")
    batches.work(batch.pk)
    client = client_of("screening.view_snapshot")
    stopped = "It was stopped before its end: 2 of 3 were NOT searched."
    page = client.get(f"/screening/many/{batch.pk}/?which=bad").content.decode()
    assert stopped in page
    assert "Quorvel Two" in page
    assert "Quorvel One" not in page
    _name, rows = exported(client, batch)
    assert [one["Result"] for one in rows][1:] == ["could not be searched"] * 2
    assert all(stopped in one["Caution"] for one in rows)
    about = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"/screening/many/{batch.pk}/file.xlsx"))))
    assert ("Caution", stopped) in [cells[:2] for cells in about["About this export"].iter_rows(values_only=True)]


def test_a_batch_with_a_part_that_failed_is_done_with_gaps(
    client_of: Any,  # noqa: F811
    lists: Any,
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(batches, "ROWS", 1)
    batch = taken("query\nQuorvel One\nQuorvel Two\n")
    real = batches._search_rows
    monkeypatch.setattr(batches, "_search_rows", lambda one, chunk: 1 / 0 if chunk.number == 2 else real(one, chunk))
    batches.work(batch.pk)
    client = client_of("screening.view_snapshot")
    html = client.get(f"/screening/many/{batch.pk}/").content.decode()
    assert "Done, with gaps" in html
    assert "1 of 2 could NOT be searched." in html
    assert "done, with gaps" in client.get("/screening/many/").content.decode()
    assert "-with-gaps" in exported(client, batch)[0]


def test_lists_out_of_date_when_the_batch_began_are_named_for_ever(lists: Any) -> None:
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=9), tick=False):
        batch = taken("query\nQuorvel One\n")
        batches.work(batch.pk)
    batch.refresh_from_db()
    told = reading.cautions(batch, reading.batch_progress(batch))
    assert told[0] == "Lists that were out of date: EL."
    assert told[1].startswith("Lists that belong to every search and were in no file: UVL, MEU, DPL, SDN")


def test_a_row_with_more_hits_than_are_kept_says_how_many_are_missing(
    client_of: Any,  # noqa: F811
    lists: Any,
    tmp_path: Any,
) -> None:
    many = [row("Quorvel Signal Works", _id=f"q-{n}", addresses=f"{n} Quay Street, CN") for n in range(12)]
    services.refresh(file_of(tmp_path, [*FORTY, LANTERN, *many], "many.csv"), by="mira")
    batch = taken("query\nQuorvel Signal Works\n")
    batches.work(batch.pk)
    [kept] = reading.shown_rows(reading.batch_rows(batch))
    assert (len(kept.hits), kept.more) == (10, 2)
    says = "Less sure and not kept: 2 more."
    client = client_of("screening.view_snapshot")
    assert says in client.get(f"/screening/many/{batch.pk}/").content.decode()
    assert {line["Caution"].startswith(says) for line in exported(client, batch)[1]} == {True}


def test_a_cell_that_was_not_understood_is_said_at_its_row(client_of: Any, lists: Any) -> None:  # noqa: F811
    batch = taken("query,type\nQuorvel One,robot\nQuorvel Two,公司\n")
    batches.work(batch.pk)
    client = client_of("screening.view_snapshot")
    assert (
        "“robot” is not a type; the name was searched without one."
        in client.get(f"/screening/many/{batch.pk}/").content.decode()
    )
    _name, rows = exported(client, batch)
    assert "“robot” is not a type" in rows[0]["Not understood"]
    assert rows[1]["Not understood"] == ""


def test_a_row_whose_letters_are_turned_round_is_not_searched_and_one_letter_is_said_to_be_little(
    client_of: Any,  # noqa: F811
    lists: Any,
) -> None:
    batch = taken("query\n\u202egnahC moc\nX\nQuorvel\n")
    batches.work(batch.pk)
    _name, rows = exported(client_of("screening.view_snapshot"), batch)
    assert [one["Result"] for one in rows] == ["not searched", *["no match in the lists searched"] * 2]
    assert "U+202E" in rows[0]["Why"]
    assert rows[1]["Not understood"].startswith("The name is a single letter")
    assert rows[2]["Not understood"] == ""


def test_every_row_that_leaves_names_the_lists_searched_with_their_days_and_those_that_were_not(
    client_of: Any,  # noqa: F811
    lists: Any,
) -> None:
    batch = taken("query\nQuorvel\n")
    batches.work(batch.pk)
    client = client_of("screening.view_snapshot")
    day = batch.coverage["as_of"][:10]
    _name, (row,) = exported(client, batch)
    assert row["Lists searched"] == f"EL {day}"
    assert "Section 1260H list of Chinese military companies" in row["Not searched"]
    html = client.get(f"/screening/many/{batch.pk}/").content.decode()
    assert "1 list searched, with its date" in html


def test_a_stored_search_names_its_lists_in_the_order_of_the_lists() -> None:
    of_a_day = {"published_at": "2026-07-31T00:00:00+00:00"}
    told = {"searched": {"CAP": 1, "DPL": 2, "EL": 3, "CMIC": 4}, "dates": {"EL": of_a_day, "CAP": of_a_day}}
    assert queries.dated(told) == "EL 2026-07-31; DPL; CMIC; CAP 2026-07-31"


def test_an_open_quotation_mark_costs_its_own_row_whatever_separates_the_columns(lists: Any) -> None:
    batch = taken('query;country\n"Open Quarry;CN\nHoly Oaks Bakery;NO\n')
    batches.work(batch.pk)
    assert states(batch) == {2: "row_unreadable", 3: "nothing"}


def test_a_day_in_a_workbook_is_read_as_a_day(lists: Any) -> None:
    batch = taken(workbook(["query", "qid"], ["Quorvel One", dt.date(2026, 3, 31)]), "ours.xlsx")
    assert batch.rows.get().asked["qid"] == "2026-03-31"
