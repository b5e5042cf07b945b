"""Asking the law about facts of no case, and taking a proof, by token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from compliance.exchange import schema
from compliance.models import Case, StoredDetermination
from tests import build
from tests.api.conftest import Program
from tests.cast import Cast
from tests.ear.scenarios import build as facts_of


@pytest.fixture
def mira(cast: Cast, program: Callable[..., Program]) -> Program:
    return program(cast.mira)


def test_the_law_answers_and_nothing_is_kept(mira: Program) -> None:
    body = {"on": "2026-03-01", "reading": "both", "facts": facts_of("h100", {}).to_dict()}
    answer = mira.post("determinations", body)
    assert answer.status_code == 200
    told = answer.json()
    assert told["outcome"] == "license_required"
    assert told["readings"]["enforced"]["outcome"] == "no_license_required"
    assert told["readings"]["enforced"]["findings"][0]["sentence"]
    assert (Case.objects.count(), StoredDetermination.objects.count()) == (0, 0)


def test_the_sentences_come_in_the_language_asked_for(cast: Cast, program: Callable[..., Program]) -> None:
    answer = program(cast.mira, "zh-hans").post("determinations", {"facts": {"destination": "CN"}}).json()
    assert any("\u4e00" <= sign <= "\u9fff" for sign in answer["outcome_sentence"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"facts": {"destination": "Britain"}}, "facts.destination"),
        ({"facts": {"parties": [{"ref": "a", "role": "boss"}]}}, "facts.parties[0].role"),
        ({"facts": {"item": {"tpp": "a lot"}}}, "facts.item.tpp"),
        ({"facts": []}, "facts"),
        ({"facts": {}, "on": "2026-02-30"}, "on"),
        ({"facts": {}, "reading": "kind"}, "reading"),
        ({"facts": {}, "day": "2026-02-01"}, "day"),
        ({}, "facts"),
    ],
)
def test_what_cannot_be_read_names_its_field(mira: Program, body: dict[str, Any], field: str) -> None:
    answer = mira.post("determinations", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_the_schema_is_that_of_the_command(mira: Program) -> None:
    told = mira.get("determinations/schema").json()
    assert told == schema.of_determine()
    jsonschema.Draft202012Validator.check_schema(told)


def test_a_proof_is_read_by_program(cast: Cast, program: Callable[..., Program], lists: None) -> None:
    mira = program(cast.mira)
    ref = build.a_complete_case(by=cast.mira).ref
    assert mira.get(f"cases/{ref}/proof").json()["code"] == "not_determined"
    mira.post(f"cases/{ref}/submit")
    told = mira.get(f"cases/{ref}/proof?number=1").json()
    assert (told["format"], told["about"]["case"]) == ("gatehouse-proof/1", ref)
    assert mira.get(f"cases/{ref}/proof?number=2").status_code == 404
    assert program(cast.carl).get(f"cases/{ref}/proof").status_code == 404
