"""Bodies that are not what they say they are: always a clear 4xx, never a 5xx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from compliance.models import Party
from tests.api.conftest import Program
from tests.cast import Cast


@pytest.fixture
def mira(cast: Cast, program: Callable[..., Program]) -> Program:
    return program(cast.mira)


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"\xff\xfe",
        b'{"name": "a"} trailing',
        b'{"name": NaN}',
        b'{"name": Infinity}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\u0000"}',
        b'{"name": "\\ud800"}',
        b'{"na\\u0000me": "a"}',
        b'{"name": ' + b"9" * 5000 + b"}",
        b'{"name": 1e999999999999999999999}',
        b'{"name": 0.' + b"0" * 500 + b"1}",
        b"[" * 100_000,
        b'{"a":' * 30 + b"1" + b"}" * 30,
        b"\xef\xbb\xbf{}",
        b"'name'",
    ],
)
def test_a_body_that_is_no_sound_json_is_400(mira: Program, raw: bytes) -> None:
    answer = mira.ask("POST", "parties", raw=raw)
    assert answer.status_code == 400
    assert answer.json()["code"] == "parse_error"
    assert answer.json()["detail"]
    assert not Party.objects.exists()


@pytest.mark.parametrize(
    "body", [[], "name", 1, None, True, [{"name": "a"}], {}, {"name": None}, {"name": []}, {"name": {"en": "a"}}]
)
def test_a_body_of_another_shape_is_400(mira: Program, body: Any) -> None:
    assert mira.ask("POST", "parties", raw=__import__("json").dumps(body).encode()).status_code == 400


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "json",
        "/",
    ],
)
def test_a_body_declared_as_something_else_is_415(mira: Program, content_type: str) -> None:
    answer = mira.ask("POST", "parties", raw=b'{"name": "a"}', content_type=content_type)
    assert answer.status_code == 415
    assert not Party.objects.exists()


def test_a_body_over_the_limit_is_413_before_it_is_read_whole(mira: Program, settings: Any) -> None:
    settings.API_BODY_MAX_BYTES = 1000
    answer = mira.post("parties", {"name": "x" * 2000})
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert mira.post("parties", {"name": "x" * 200}).status_code == 201


def test_every_unknown_field_is_named(mira: Program) -> None:
    answer = mira.post("parties", {"name": "a", "naem": "b", "x" * 500: 1})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["naem", "x" * 80]


def test_names_of_ten_thousand_characters_are_refused_with_both_numbers(mira: Program) -> None:
    answer = mira.post("parties", {"name": "名" * 10_000})
    assert answer.status_code == 400
    assert "300" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("where", ["nothing", "cases/", "cases/GH-2026-00001/nothing", "", "cases/x/y/z", "%00"])
def test_an_address_that_is_none_is_404_in_json(mira: Program, where: str) -> None:
    answer = mira.get(where)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("ref", ["%00", "GH", "gh-2026-00001", "GH-2026-00001%0A", "GH-9999-99999", "é", "-" * 3000])
def test_a_number_that_is_none_is_404_in_json(mira: Program, ref: str) -> None:
    answer = mira.get(f"cases/{ref}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"


def test_nobody_without_a_token_learns_which_addresses_there_are(db: None) -> None:
    for where in ("nothing", "cases", "cases/GH-2026-00001", "schema"):
        assert Program().get(where).status_code == 401, where


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_method_that_is_not_there_is_405_with_those_that_are(mira: Program, method: str) -> None:
    answer = mira.ask(method, "parties")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST"


def test_sentences_come_in_chinese_where_asked_for(cast: Cast, program: Callable[..., Program]) -> None:
    answer = program(cast.mira, "zh-hans").post("parties", {"name": ""})
    assert answer["Content-Language"] == "zh-hans"
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer.json()["errors"][0]["detail"])


def test_answers_are_kept_by_no_cache(mira: Program) -> None:
    assert mira.get("cases")["Cache-Control"] == "private, no-store"


def test_what_a_client_accepts_changes_nothing(mira: Program) -> None:
    assert mira.get("cases", Accept="text/html").headers["Content-Type"] == "application/json"
    assert mira.get("cases?format=xml").status_code == 400
