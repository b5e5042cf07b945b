"""A stored determination computed again: the same bytes, an exact difference, or proof that it was changed."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from audit.models import Entry
from compliance.ear import the_book
from compliance.ear.law import PARAMETERS, load
from compliance.exchange.stored import digest_of
from compliance.models import Case, StoredDetermination
from compliance.queries.replay import NoSuchDetermination, Verdict, body_of_row, replay
from compliance.services import determine
from tests import build
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> Case:
    """Two determinations of a chip for Singapore."""
    item = build.an_item(by=cast.mira, eccn_given="3A090.a")
    held = build.a_submitted_case(by=cast.mira, item=item)
    determine.determine_case(held.ref, by=cast.mira)
    determine.determine_case(held.ref, by=cast.mira)
    return Case.objects.get(pk=held.pk)


def tamper(stored: StoredDetermination, **columns: Any) -> None:
    """Change a row as somebody would who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE compliance_storeddetermination DISABLE TRIGGER never_edited")
    StoredDetermination.objects.filter(pk=stored.pk).update(**columns)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE compliance_storeddetermination ENABLE TRIGGER never_edited")


def test_under_the_same_rulebook_every_byte_is_the_same(case: Case) -> None:
    found = replay(case.ref)
    assert (found.verdict, found.number, found.problems, found.difference) == (Verdict.IDENTICAL, 2, (), [])
    assert replay(case.ref, 1).stored.pk < found.stored.pk


def test_the_days_past_the_horizon_that_were_accepted_are_kept(case: Case, settings: Any) -> None:
    assert case.determinations.first().tolerance == settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS
    settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS = 0
    assert replay(case.ref).verdict is Verdict.IDENTICAL


def test_a_row_from_before_tolerance_was_kept_is_digested_without_it(case: Case) -> None:
    stored = case.determinations.first()
    stored.tolerance = None
    assert "tolerance" not in body_of_row(stored)
    assert digest_of(body_of_row(stored)) != stored.digest


def test_a_later_rulebook_gives_the_exact_difference(case: Case) -> None:
    path = "part_740/group_d1.yaml"
    text = (PARAMETERS / path).read_text("utf-8") + '  - {member: "SG", from: 2022-10-07, by: "99 FR 1"}\n'
    found = replay(case.ref, book=load(PARAMETERS, {path: text.encode()}))
    assert found.verdict is Verdict.DIFFERENT
    changed = [one for line in found.difference for one in line.get("findings", ())]
    assert {one["change"] for one in changed} <= {"added", "gone", "changed"}
    assert any(cited["by"] == "99 FR 1" for one in changed for cited in one.get("now", {}).get("relied_on", ()))


def test_another_rulebook_with_the_same_answers_says_so(case: Case) -> None:
    later = dataclasses.replace(the_book(), digest="f" * 64)
    assert replay(case.ref, book=later).verdict is Verdict.SAME_ANSWER


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"digest": "0" * 64}, "digest"),
        ({"outcome": "no_license_required"}, "outcome"),
        ({"outcome_enforced": "not_subject"}, "digest"),
        ({"snapshots": ["0" * 64]}, "digest"),
        ({"facts_digest": "0" * 64}, "facts"),
        ({"tolerance": 365}, "digest"),
        ({"rulebook": "0" * 64}, "digest"),
    ],
)
def test_a_row_that_was_changed_is_found(case: Case, columns: dict[str, Any], problem: str) -> None:
    tamper(case.determinations.first(), **columns)
    found = replay(case.ref)
    assert found.verdict is Verdict.TAMPERED
    assert problem in found.problems


def test_a_finding_that_was_changed_together_with_its_digest_is_found_by_the_chain(case: Case) -> None:
    stored = case.determinations.first()
    stored.lines[0]["enforced"]["findings"][0]["answer"] = "does_not_apply"
    tamper(stored, lines=stored.lines, digest=digest_of(body_of_row(stored)))
    assert replay(case.ref).problems == ("entry_digest",)


def test_a_determination_without_its_entry_is_found(case: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        Entry.objects.filter(payload__determination=case.determinations.first().pk).delete()
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    assert replay(case.ref).problems == ("no_entry",)


def test_what_is_not_there_is_said(case: Case) -> None:
    for ref, number in ((case.ref, 3), (case.ref, 0), ("C-1999-0001", None)):
        with pytest.raises(NoSuchDetermination):
            replay(ref, number)


def test_the_command_says_its_verdict_by_its_exit_code(case: Case, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "replay.json"
    call_command("replay", case.ref, "--out", str(out))
    assert "byte for byte the same" in capsys.readouterr().out
    assert json.loads(out.read_text("utf-8"))["verdict"] == "identical"
    tamper(case.determinations.first(), digest="0" * 64)
    with pytest.raises(SystemExit) as stopped:
        call_command("replay", case.ref)
    assert stopped.value.code == 4
    call_command("replay", case.ref, "--determination", "1")
