"""Reading the Consolidated Screening List in both layouts. Needs neither Django nor a database."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from screening.sources import SOURCES, Unreadable
from screening.sources.consolidated_screening_list import names_in
from tests.screening.build import COLUMNS, LANTERN, SDN, csv_text, json_text, row

parse = SOURCES[0].parse


def read(text: str | bytes):
    return parse(io.BytesIO(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")))


def refused(text: str | bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(text)
    return caught.value


def test_a_row_is_read_with_all_its_names_and_what_the_law_needs() -> None:
    [entry] = read("\ufeff" + csv_text([LANTERN])).entries
    assert entry.list_code == "EL"
    assert entry.names == ("Quartz Lantern Computing Co., Ltd.", "QLC Computing", "Shiying Denglong Jisuan")
    assert entry.countries == ("CN",)
    assert entry.start_date == dt.date(2024, 5, 14)
    assert entry.license_policy == "Presumption of denial"


def test_the_older_layout_without_ids_is_read() -> None:
    [entry] = read(csv_text([LANTERN], columns=COLUMNS[1:])).entries
    assert len(entry.entity_id) == 32


def test_both_layouts_give_an_entry_the_same_key_and_fingerprint() -> None:
    [from_csv] = read(csv_text([LANTERN])).entries
    result = {
        "id": "another-id",
        "source": LANTERN["source"],
        "name": LANTERN["name"],
        "addresses": [
            {"address": "8 Lantern Road", "city": "Hefei", "state": "Anhui", "postal_code": None, "country": "CN"}
        ],
        "alt_names": ["QLC Computing", "Shiying Denglong Jisuan"],
        "federal_register_notice": "89 FR 41886",
        "start_date": "2024-05-14",
        "license_requirement": LANTERN["license_requirement"],
        "license_policy": "Presumption of denial",
    }
    [from_json] = read(json_text([result])).entries
    assert from_json.base_key == from_csv.base_key
    assert from_json.fingerprint == from_csv.fingerprint


def test_the_json_layout_says_when_it_was_published() -> None:
    sources = [{"source": "x", "last_imported": "2026-07-31T13:15:00Z"}]
    parsed = read(json_text([{"source": LANTERN["source"], "name": "Quorvel"}], sources_used=sources))
    assert parsed.published_at == dt.datetime(2026, 7, 31, 13, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("published", "names"),
    [
        ("Quorvel Group (QG). Affiliated Entity: Quorvel Marine Co.", ["Quorvel Marine Co."]),
        ("Second Quorvel Academy. Subordinate Institution - 284 Factory", ["284 Factory"]),
        ("Quorvel Export; and any successor, sub-unit, or subsidiary thereof", ["Quorvel Export"]),
        ("Quorvel Center (QRDC)", ["Quorvel Center (QRDC)", "Quorvel Center", "QRDC"]),
        ("Quorvel a.k.a. Ristano", ["Quorvel", "Ristano"]),
    ],
)
def test_a_published_name_that_holds_more_is_taken_apart(published: str, names: list[str]) -> None:
    assert names_in(published) == names


def test_a_person_is_turned_into_reading_order() -> None:
    [entry] = read(csv_text([row("QUORVELOV, Ivan", type="Individual", source=SDN, entity_number="7")])).entries
    assert entry.names == ("Ivan QUORVELOV",)
    assert entry.base_key == "SDN:7"


def test_a_company_keeps_its_comma() -> None:
    assert read(csv_text([row("Quorvel, Inc.", type="Entity")])).entries[0].names == ("Quorvel, Inc.",)


def test_a_bare_address_has_no_name_and_is_counted() -> None:
    parsed = read(csv_text([row("Address 01", addresses="Unit 1, 9 Harbour Road, Kowloon, HK")]))
    assert parsed.entries[0].names == ()
    assert parsed.entries[0].addresses == ("Unit 1, 9 Harbour Road, Kowloon, HK",)
    assert parsed.defects["bare_address"] == 1


def test_a_row_without_a_name_survives_by_its_alias() -> None:
    parsed = read(csv_text([row("", _id="1", alt_names="Quorvel Trading")]))
    assert parsed.entries[0].name == "Quorvel Trading"
    assert parsed.defects["no_name"] == 1


def test_control_characters_and_lone_surrogates_do_not_reach_the_database() -> None:
    entry = read(csv_text([row("Quor\x07vel Trading")])).entries[0]
    assert entry.name == "Quorvel Trading"
    [other] = read('{"results": [{"source": "Entity List (EL)", "name": "Quor\\ud800vel\\u0000"}]}').entries
    assert other.name == "Quor\ufffdvel"


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x")', "+1+1", "@SUM(A1)", "شركة كورفيل", "🚀 Quorvel", "Q" * 10_000]
)
def test_odd_names_are_kept_as_published(name: str) -> None:
    assert read(csv_text([row(name, _id="1")])).entries[0].name == name


def test_a_file_cut_inside_a_cell_says_where() -> None:
    text = csv_text([LANTERN, row("Quorvel")])
    problem = refused(text[: text.rindex("Quorvel") + 3])
    assert (problem.key, problem.values["row"]) == ("cut_short", 3)


def test_a_file_cut_between_cells_says_where() -> None:
    text = csv_text([LANTERN, row("Quorvel")])
    problem = refused(text[: text.rindex('"Quorvel"') + 9])
    assert (problem.key, problem.values["row"], problem.values["found"]) == ("row_length", 3, 6)


def test_a_header_that_lacks_a_column_names_it() -> None:
    problem = refused(csv_text([LANTERN], columns=[c for c in COLUMNS if c != "license_policy"]))
    assert (problem.key, problem.values["column"]) == ("missing_column", "license_policy")


def test_a_column_given_twice_is_refused() -> None:
    assert refused(csv_text([LANTERN], columns=[*COLUMNS, "name"])).key == "repeated_column"


@pytest.mark.parametrize(("delimiter", "word"), [(";", "semicolon"), ("\t", "tab")])
def test_another_delimiter_is_recognized(delimiter: str, word: str) -> None:
    text = delimiter.join(COLUMNS) + "\n" + delimiter.join("x" for _ in COLUMNS) + "\n"
    problem = refused(text)
    assert (problem.key, problem.values["found"]) == ("wrong_delimiter", word)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        (csv_text([]), "no_rows"),
        ("<!doctype html><html>\n", "no_header"),
        (b"\xff\xfe_\x00i\x00d\x00", "not_utf8"),
        ('{"results": [', "bad_json"),
        ('{"results": []}', "no_rows"),
        ('{"message": "rate limited"}', "no_results"),
        ('{"results": [1]}', "not_an_object"),
        ('{"results": [{"name": "x"}]}', "missing_key"),
        ("[" * 100_000, "bad_json"),
        (json_text([{"source": "Entity List (EL)", "name": "x"}], total=9), "total_differs"),
        (csv_text([row("x", source="")]), "no_source"),
        (csv_text([row("x", source="Some list")]), "unknown_source"),
        (csv_text([row("x", _id="1"), row("y", _id="1")]), "duplicate_id"),
    ],
)
def test_a_file_that_is_not_the_list_is_refused_with_its_reason(text: str | bytes, key: str) -> None:
    assert refused(text).key == key


def test_one_id_on_two_lists_is_two_entries() -> None:
    assert len(read(csv_text([row("x", _id="1"), row("x", _id="1", source=SDN)])).entries) == 2
