"""The sources beside the consolidated list: their published layouts, their defects, and what is refused."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest

from screening import reasons
from screening.sources import BY_CODE, Listed, Parsed, Unreadable

SAMPLES = Path(__file__).parent / "samples"
SET = ("sdn", "add", "alt", "sdn_comments")


def ofac(**changed: bytes | None) -> Parsed:
    told = {part: (SAMPLES / f"{part}.csv").read_bytes() for part in SET} | changed
    return BY_CODE["ofac"].parse_set({part: io.BytesIO(text) for part, text in told.items() if text is not None})


def parsed(code: str, text: str | bytes) -> Parsed:
    return BY_CODE[code].parse(io.BytesIO(text.encode() if isinstance(text, str) else text))


def entry(found: Parsed, ident: str) -> Listed:
    return next(one for one in found.entries if one.entity_id == ident)


def test_the_files_of_ofac_are_joined_by_its_number() -> None:
    airline = entry(ofac(), "36")
    assert airline.names == ("TEST CARGO AIRLINES", "TESTCARGO AIR")
    assert airline.addresses == ("Port Amber, CU", "1 Quay Street, London EC3N 1DY, GB")
    assert airline.countries == ("CU", "GB")
    assert (airline.kind, airline.programs, airline.base_key) == ("Entity", ("CUBA",), "SDN:36")


def test_a_person_of_ofac_is_read_in_order_with_numbers_and_the_rest_of_the_remarks() -> None:
    person = entry(ofac(), "7178")
    assert person.names == ("Tamsin QUORVEL RISTANO", "Tam RISTANO", "OLD TAMSIN")
    assert person.programs == ("SDGT", "IRAN")
    assert person.countries == ("KP",)
    assert person.identifiers == ("K1234567", "7744001497")
    assert person.remarks.endswith("Tax ID No. 7744001497 (Russia); Linked To: TEST CARGO AIRLINES.")
    assert "title=Chief of Works|DOB 01 Jan 1965|POB Port Amber" in person.details


def test_every_row_of_ofac_is_kept_as_published() -> None:
    raw = entry(ofac(), "4234").raw
    assert raw["sdn"][1:8] == ["AMBER GULL", "vessel", "CUBA", "", "CL2685", "General Cargo", "2597"]
    assert entry(ofac(), "36").raw["alt"] == [["36", "12", "aka", "TESTCARGO AIR", ""]]


def test_the_defects_of_ofacs_files_are_survived_and_counted() -> None:
    assert ofac().defects == {"names_in_remarks": 1, "addresses_of_nobody": 1}
    assert ofac(sdn_comments=None).defects["no_comments_file"] == 1


@pytest.mark.parametrize(
    ("part", "text", "words"),
    [
        ("sdn", b"", "The file has a header but no entries"),
        ("sdn", b'36,"A B"\r\n', "sdn.csv: Row 1 has 2 cells where the header has 12"),
        ("add", b'1,2,3,4,5,6\r\nx,2,3,4,5,6\r\n', "add.csv: Row 2 does not begin with OFAC's number"),
        ("alt", b"\xff\xfe\x00", "alt.csv: Row 1 is not UTF-8 text"),
        ("alt", b"ent_num;alt_num\r\n", "alt.csv: The first row is not the header of the list"),
        ("sdn", b"36,A" + b",-0- " * 10 + b"\n36,B" + b",-0- " * 10, "sdn.csv: Row 2 repeats the id 36 of row 1"),
    ],
)  # fmt: skip
def test_a_damaged_file_of_ofac_is_named(part: str, text: bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        ofac(**{part: text})
    assert words in reasons.sentence(refused.value.key, refused.value.values)


def test_files_of_different_days_do_not_pass_for_a_set() -> None:
    with pytest.raises(Unreadable) as refused:
        ofac(add=b"".join(b"%d,1,-0- ,-0- ,-0- ,-0- \r\n" % number for number in range(5000, 5021)))
    assert refused.value.key == "parts_differ"


def test_the_denied_persons_are_read_with_their_american_dates() -> None:
    found = parsed("dpl", (SAMPLES / "dpl.tsv").read_bytes())
    person, company, nameless = found.entries
    assert (person.name, person.countries) == ("TAMSIN B. QUORVEL", ("US",))
    assert person.addresses == ("INMATE NUMBER 1, FEDERAL INSTITUTION, PORT AMBER, TX, 75159, US",)
    assert (person.start_date, person.end_date) == (dt.date(2003, 6, 19), dt.date(2056, 6, 29))
    assert (company.end_date, company.federal_register_notice) == (None, "85 F.R. 2 3/20/2020")
    assert nameless.names == ()
    assert found.defects == {"no_type": 3, "country_from_state": 1, "bad_date": 2, "no_name": 1}
    assert found.published_at == dt.datetime(2022, 9, 2, tzinfo=dt.UTC)


def test_the_denied_persons_may_come_with_commas() -> None:
    text = (SAMPLES / "dpl.tsv").read_text().replace('"\t"', '","')
    assert [one.name for one in parsed("dpl", text).entries] == ["TAMSIN B. QUORVEL", "BRONTIX TRADING", ""]


def test_an_internal_list_is_read_whatever_the_order_and_case_of_its_columns() -> None:
    found = parsed("internal", (SAMPLES / "internal.csv").read_bytes())
    works, bare = found.entries
    assert works.list_code == "INT"
    assert works.names == ("Heliqua Sumbric Works", "Sumbric Heliqua", "赫利夸公司")
    assert works.countries == ("CN", "VN")
    assert (works.start_date, works.base_key) == (dt.date(2026, 1, 15), "INT:W-1")
    assert works.remarks == "Unpaid debts and false end-use statement"
    assert (bare.names, bare.kind) == (("Tandoora Uvlenko",), "")


@pytest.mark.parametrize("code", ["1260h", "1286", "uflpa", "meti"])
def test_a_list_outside_the_consolidated_one_bears_its_own_code(code: str) -> None:
    found = parsed(code, (SAMPLES / "outside.csv").read_bytes())
    assert {one.list_code for one in found.entries} == {code.upper()}
    assert found.entries[0].countries == ("CN",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The file is empty"),
        ("name\n", "has a header but no entries"),
        ("name;id\nx;1\n", "separated by semicolon, not by comma"),
        ("title\nx\n", "The first row is not the header of the list but “title”"),
        ("id,title\n1,x\n", "The header lacks the column name"),
        ("name,name\nx,y\n", "has the column name twice"),
        ("name,adress\nx,y\n", "The header has columns that are not read: adress"),
        ("name,id\nA,1\nB,1\n", "Row 3 repeats the id 1 of row 2"),
        ("name,id\n,1\n", "Row 2 has no name"),
        ("name,type\nA,Ship\n", "Row 2 has the type “Ship”"),
        ("name,countries\nA,Freedonia\n", "Row 2 has the country “Freedonia”"),
        ("name,effective\nA,31.12.2025\n", "Row 2 has “31.12.2025” in the column effective"),
        ('name\n"A\n', "The file breaks off in row 2"),
        (b"name\n\xb9\xab\xcb\xbe\n", "Row 2 is not UTF-8 text"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_list_of_ones_own_is_said_with_its_row(text: str | bytes, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parsed("internal", text)
    assert words in reasons.sentence(refused.value.key, refused.value.values)


def test_damaged_letters_in_a_name_are_counted() -> None:
    text = "name\nBEIJING?S WORKS\nWhat? Ltd.\nQuorv�l\n"
    assert parsed("internal", text).defects["damaged_letters"] == 2


def test_every_source_has_a_name_in_the_readers_language_and_a_code_of_its_own() -> None:
    from screening.lists import SOURCES as TITLES

    assert list(TITLES) == list(BY_CODE)
    assert len({code for source in BY_CODE.values() for code in source.lists} & {"INT", "METI", "1260H", "SDN"}) == 4
