"""The dated law itself: cited, ascending, locked, and refused when malformed."""

import datetime as dt
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest

from compliance.ear import NotYetEncoded, Reading, Span, the_book
from compliance.ear import law as law_module
from compliance.ear.law import PARAMETERS, BadParameter, load
from compliance.ear.lock import LOCK, lines_of, problems, read

NOTICE = re.compile(r"\d+ FR \d+|15 CFR|FR Doc|BIS|notice", re.IGNORECASE)
HEAD = 'title: {en: X, zh: X}\ncite: "15 CFR 1.1"\n'


def test_every_line_names_its_notice_and_paragraph() -> None:
    for parameter in the_book().parameters.values():
        assert parameter.lines, parameter.key
        assert set(parameter.title) == {"en", "zh"}, parameter.key
        for line in parameter.lines:
            assert NOTICE.search(line.cited.by), f"{parameter.key}: {line.cited.by}"
            assert line.cited.cite, parameter.key


def test_dates_ascend_and_members_do_not_overlap() -> None:
    for parameter in the_book().parameters.values():
        runs = (
            [list(parameter.lines)] if parameter.shape == "history" else list(map(list, parameter.by_member.values()))
        )
        for run in runs:
            days = [line.span.effective for line in run]
            assert days == sorted(set(days)), parameter.key
            for before, after in pairwise(run):
                if parameter.shape == "members":
                    assert before.span.end is not None, parameter.key
                    assert before.span.end < after.span.effective, parameter.key


def test_no_released_line_changed_silently() -> None:
    assert problems(the_book(), read(LOCK.read_text("utf-8"))) == []


def test_a_changed_a_lost_and_a_new_line_are_told_apart() -> None:
    locked = read(LOCK.read_text("utf-8"))
    identity = "part_740.nac_days from=2023-11-17"
    changed = {**locked, identity: read(f"0000000000000000 -,- {identity}")[identity]}
    assert problems(the_book(), changed) == [
        f"{identity}: a released line was changed without 'corrects: {{was, on, why}}'"
    ]
    gone = read("0000000000000000 -,- part_740.nac_days from=1999-01-01")
    assert "a released line is gone" in " ".join(problems(the_book(), {**locked, **gone}))
    del locked[identity]
    assert problems(the_book(), locked) == [f"{identity}: not locked yet; run with --write"]


def test_ending_a_line_is_an_amendment_and_moving_an_end_is_not() -> None:
    identity = "part_740.group_d4 AE from=2022-10-07"
    locked, _ = lines_of(the_book())[identity]
    open_line = {identity: type(locked)(identity, locked.fingerprint, "-,-")}
    moved = {identity: type(locked)(identity, locked.fingerprint, "2026-08-01,-")}
    assert not any(identity in said and "not locked" not in said for said in problems(the_book(), open_line))
    assert f"{identity}: 'to' was 2026-08-01 and is now 2026-07-09, without 'corrects'" in problems(the_book(), moved)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD + "history:\n  - {from: 2020-01-01, value: 1}\n", "x, line 1: 'by' is missing"),
        (HEAD + "history:\n  - {from: soon, value: 1, by: n}\n", "x, line 1: 'from' is not a date"),
        (HEAD + "history:\n  - {from: 2020-01-01, to: 2019-01-01, value: 1, by: n}\n", "x, line 1: ends before"),
        (HEAD + "history:\n  - {from: 2020-01-01, value: 1, by: n, form: 2}\n", "x, line 1: unknown key form"),
        ('cite: "1"\nhistory:\n  - {from: 2020-01-01, value: 1, by: n}\n', "x: 'title' is missing"),
    ],
)
def test_a_malformed_parameter_is_refused_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.yaml").write_text(content, "utf-8")
    with pytest.raises(BadParameter, match=re.escape(message)):
        load(tmp_path)


@pytest.mark.parametrize(
    ("day", "codified", "enforced"),
    [("2024-12-01", 0, 0), ("2024-12-02", 1, 0), ("2024-12-31", 1, 1), ("2025-05-13", 1, 0), ("2025-06-02", 0, 0)],
)
def test_a_span_has_two_readings(day: str, codified: int, enforced: int) -> None:
    span = Span(dt.date(2024, 12, 2), dt.date(2024, 12, 31), dt.date(2025, 6, 1), dt.date(2025, 5, 13))
    on = dt.date.fromisoformat(day)
    assert span.covers(on, Reading.CODIFIED) is bool(codified)
    assert span.covers(on, Reading.ENFORCED) is bool(enforced)


def test_the_law_of_a_day_before_the_first_line_is_not_encoded() -> None:
    law = the_book().on(dt.date(2022, 10, 20), Reading.CODIFIED)
    with pytest.raises(NotYetEncoded):
        law.value("part_774.ic_2022")
    with pytest.raises(NotYetEncoded):
        the_book().on(dt.date(2022, 10, 6), Reading.CODIFIED).member("part_740.group_d5", "CN")


@pytest.mark.parametrize(
    ("group", "code", "day", "inside"),
    [
        ("d5", "CY", "2023-09-30", True),
        ("d5", "CY", "2023-10-01", False),
        ("d5", "NI", "2024-03-14", False),
        ("d5", "NI", "2024-03-15", True),
        ("d5", "KH", "2025-11-06", True),
        ("d5", "KH", "2025-11-07", False),
        ("d4", "AE", "2026-07-09", True),
        ("d4", "AE", "2026-07-10", False),
        ("a5", "AE", "2026-07-09", False),
        ("a5", "AE", "2026-07-10", True),
        ("d5", "HK", "2023-01-01", True),
        ("d5", "MO", "2023-01-01", False),
        ("d5", "ET", "2023-01-01", None),
        ("d5", "XX", "2023-01-01", None),
        ("a1", "NO", "2023-01-01", True),
    ],
)
def test_country_groups_by_day(group: str, code: str, day: str, inside: bool | None) -> None:
    law = the_book().on(dt.date.fromisoformat(day), Reading.CODIFIED)
    assert law.member(f"part_740.group_{group}", code).value is inside


@pytest.mark.parametrize(
    ("group", "count"), [("a5", 38), ("a6", 8), ("b", 173), ("d1", 25), ("d4", 22), ("d5", 23), ("e1", 3), ("e2", 1)]
)
def test_open_memberships_on_the_day_the_table_was_read(group: str, count: int) -> None:
    """Hong Kong, which follows China, is counted on top of the printed members."""
    law = the_book().on(dt.date(2026, 9, 24), Reading.CODIFIED)
    members = the_book().parameters[f"part_740.group_{group}"].by_member
    assert sum(law.member(f"part_740.group_{group}", code).value is True for code in members) == count


def test_the_book_loads_fast() -> None:
    best = min(_timed() for _ in range(3))
    assert best < 0.15 * 3, f"{best:.3f} s"


def _timed() -> float:
    started = time.perf_counter()
    load(PARAMETERS)
    return time.perf_counter() - started


def test_the_digest_changes_with_one_parameter(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(HEAD + "history:\n  - {from: 2020-01-01, value: 1, by: n}\n", "utf-8")
    first = load(tmp_path).digest
    (tmp_path / "x.yaml").write_text(HEAD + "history:\n  - {from: 2020-01-01, value: 2, by: n}\n", "utf-8")
    assert load(tmp_path).digest != first
    assert law_module.the_book().digest == the_book().digest
