"""Lines as careless programs write them: each bad one is named, and the others go on."""

import io

import pytest

from compliance.ear.facts import BadFacts
from compliance.exchange.lines import LONGEST_LINE, read_csv, read_json_lines


def read(raw: bytes) -> list[object]:
    return [one.key if isinstance(one, BadFacts) else one for _, one in read_json_lines(io.BytesIO(raw))]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"", None),
        (b"\n", "blank_line"),
        (b"   \t\n", "blank_line"),
        (b'{"a": 1', "cut_line"),
        (b'{"a": "b', "cut_line"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 1} {"b": 2}', "not_json"),
        (b"[1, 2]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"a": NaN}', "no_number"),
        (b'{"a": -Infinity}', "no_number"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no_number"),
        (b'{"a": 0.' + b"9" * 5000 + b"}", "no_number"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"item": {"tpp": 1, "tpp": 1}}', "duplicate_key"),
        (b"\xff\xfe{}", "not_utf8"),
        (b'{"a": ["\\ud800"]}', "half_a_character"),
        (b'{"\\udfff": 1}', "half_a_character"),
        (b'{"a":' * 200_000, "too_deep"),
    ],
)
def test_a_bad_line_is_named(raw: bytes, key: str | None) -> None:
    assert read(raw) == ([] if key is None else [key])


def test_a_line_of_ten_megabytes_is_refused_and_the_next_one_read() -> None:
    long = b'{"a": "' + b"x" * 10_000_000 + b'"}\n'
    assert read(long + b'{"b": 1}\n') == ["line_too_long", {"b": 1}]


def test_a_line_of_exactly_the_longest_length_is_read() -> None:
    frame = len(b'{"a": ""}')
    line = b'{"a": "' + b"x" * (LONGEST_LINE - frame) + b'"}'
    assert len(read(line + b"\n" + line)) == 2
    assert "line_too_long" not in read(line + b"\n" + line)
    assert read(b" " + line + b"1\n{}") == ["line_too_long", {}]


def test_a_byte_order_mark_and_carriage_returns_are_taken_as_they_come() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}\r\n{"b": "\xe4\xb8\xad"}\r\n') == [{"a": 1}, {"b": "中"}]


def test_a_byte_order_mark_in_the_middle_is_no_json() -> None:
    assert read(b'{"a": 1}\n\xef\xbb\xbf{"b": 1}\n') == [{"a": 1}, "not_json"]


def test_lines_are_numbered_from_one_and_bad_ones_count() -> None:
    numbers = [number for number, _ in read_json_lines(io.BytesIO(b"{}\n\n{}\nx\n{}"))]
    assert numbers == [1, 2, 3, 4, 5]


def test_lines_are_read_one_at_a_time() -> None:
    class Endless(io.RawIOBase):
        def readline(self, size: int | None = -1, /) -> bytes:
            return b'{"a": 1}\n'

    lines = read_json_lines(Endless())  # type: ignore[arg-type]
    assert [next(lines)[0] for _ in range(3)] == [1, 2, 3]


def test_decimals_stay_exact() -> None:
    [row] = read(b'{"a": 19.450000000000000001}')
    assert str(row["a"]) == "19.450000000000000001"  # type: ignore[index]


def rows(raw: bytes) -> list[tuple[int, object]]:
    found = read_csv(io.BytesIO(raw), ("id", "eccn", "tpp"))
    return [(number, one.key if isinstance(one, BadFacts) else one) for number, one in found]


def test_a_row_is_an_object_and_an_empty_cell_is_unknown() -> None:
    assert rows(b"id,eccn,item.tpp\r\na,3A090.a,4800\r\nb,,\r\n") == [
        (2, {"id": "a", "eccn": "3A090.a", "tpp": "4800"}),
        (3, {"id": "b"}),
    ]


def test_bad_rows_are_named_and_the_others_go_on() -> None:
    assert rows(b"\xef\xbb\xbfid,tpp\na\n\nb,1,2\n\xff,1\nc,5\n") == [
        (2, "cells"),
        (3, "blank_line"),
        (4, "cells"),
        (5, "not_utf8"),
        (6, {"id": "c", "tpp": "5"}),
    ]


def test_a_quoted_cell_over_two_lines_counts_both() -> None:
    assert rows(b'id,tpp\n"a\nb",1\nc,2\n') == [(2, {"id": "a\nb", "tpp": "1"}), (4, {"id": "c", "tpp": "2"})]


@pytest.mark.parametrize(
    ("raw", "key"),
    [(b"id,price\na,1\n", "unknown_column"), (b"id,id\na,1\n", "column_twice"), (b"\n", "blank_line")],
)
def test_a_heading_that_cannot_be_used_ends_the_reading(raw: bytes, key: str) -> None:
    assert [error for _, error in rows(raw)] == [key]
