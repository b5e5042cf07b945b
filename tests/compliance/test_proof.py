"""The proof file: checked offline by a script that knows nothing of this program, and broken by every change."""

from __future__ import annotations

import copy
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import RequestFactory

from audit.queries import entries_about
from audit.services import seal
from compliance.models import Case
from compliance.queries.proof import proof, proof_for
from compliance.queries.replay import NoSuchDetermination
from compliance.services import determine
from compliance.services.export import proof_file
from compliance.web.reports import case_proof
from tests import build
from tests.cast import Cast

pytestmark = pytest.mark.django_db

SCRIPT = Path(__file__).parents[2] / "tools" / "check_proof.py"


def script() -> Any:
    spec = importlib.util.spec_from_file_location("check_proof", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def case(cast: Cast) -> Case:
    held = build.a_submitted_case(by=cast.mira, item=build.an_item(by=cast.mira, eccn_given="3A090.a"))
    determine.determine_case(held.ref, by=cast.mira)
    build.a_party(by=cast.mira)
    return Case.objects.get(pk=held.pk)


def broken(made: dict[str, Any], **given: Any) -> list[str]:
    """Return what the script says does not hold."""
    return [what for what, holds, _remark in script().check(json.loads(json.dumps(made)), **given) if holds is False]


def test_a_proof_holds_and_its_seal_is_the_one_that_was_sent(case: Case) -> None:
    assert broken(proof(case.ref)) == []
    kept = seal()
    assert kept is not None
    made = proof(case.ref)
    assert made["chain"]["seal"]["digest"] == kept.digest
    assert broken(made, seal=kept.digest) == []
    assert broken(made, seal="0" * 64) == ["given_seal"]


def test_without_a_seal_the_script_says_so_and_invents_none(case: Case) -> None:
    found = {what: holds for what, holds, _remark in script().check(proof(case.ref))}
    assert found["seal"] is None
    assert broken(proof(case.ref), seal="0" * 64) == ["given_seal"]


def change(made: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(made)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


LINE = ("body", "lines", 0)


@pytest.mark.parametrize(
    ("path", "value", "found"),
    [
        ((*LINE, "facts", "destination"), "GB", {"file", "digest", "facts"}),
        ((*LINE, "enforced", "outcome"), "not_subject", {"file", "digest", "readings", "outcome"}),
        ((*LINE, "codified", "findings", 0, "answer"), "applies!", {"file", "digest", "readings"}),
        ((*LINE, "enforced", "rulebook"), "0" * 64, {"file", "digest", "readings", "rulebook"}),
        (("body", "on"), "2026-01-01", {"file", "digest", "readings"}),
        (("body", "tolerance"), 9999, {"file", "digest"}),
        (("body", "snapshots"), ["0" * 64], {"file", "digest", "screening"}),
        (("body", "outcomes", "enforced"), "not_subject", {"file", "digest", "outcome"}),
        (("outcome",), "not_subject", {"file", "outcome", "told"}),
        (("digest",), "0" * 64, {"file", "digest", "told"}),
        (("facts_digest",), "0" * 64, {"file", "facts"}),
        (("determinations", 0, "digest"), "0" * 64, {"file", "readings"}),
        (("parameters",), [], {"file", "parameters"}),
        (("sha256",), "0" * 64, {"file"}),
        (("about", "case"), "GH-1999-00001", {"file", "told"}),
        (("about", "determination"), 0, {"file", "told"}),
        (("chain", "entry", "previous"), "0" * 64, {"file", "entry", "links"}),
        (("chain", "entry", "digest"), "0" * 64, {"file", "entry", "links"}),
        (("chain", "entry"), None, {"file", "entry"}),
        (("chain", "before", "digest"), "1" * 64, {"file", "links"}),
        (("chain", "after", 0, "previous"), "1" * 64, {"file", "links"}),
        (("chain", "after", -1, "digest"), "1" * 64, {"file", "seal"}),
        (("chain", "seal", "digest"), "1" * 64, {"file", "seal"}),
        (("chain", "seal", "sequence"), 1, {"file", "seal"}),
    ],
    ids=lambda value: "/".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_change_of_any_part_is_found(case: Case, path: tuple[Any, ...], value: Any, found: set[str]) -> None:
    seal()
    assert set(broken(change(proof(case.ref), path, value))) == found


def test_whoever_computes_every_digest_anew_is_found_by_the_entry(case: Case) -> None:
    """Rewrite the outcome and mend every digest in the file: the entry still tells the first one."""
    check = script()
    made = proof(case.ref)
    for reading in ("codified", "enforced"):
        made["body"]["lines"][0][reading]["outcome"] = "not_subject"
        made["body"]["outcomes"][reading] = "not_subject"
    made["outcome"] = "not_subject"
    for place, one in enumerate(made["determinations"]):
        line = made["body"]["lines"][0][one["reading"]]
        made["determinations"][place] = one | {"outcome": "not_subject", "digest": check.sha256(check.canonical(line))}
    made["digest"] = check.sha256(check.canonical(made["body"]))
    rest = {name: value for name, value in made.items() if name != "sha256"}
    made["sha256"] = check.sha256(check.canonical(rest))
    assert broken(made) == ["told"]


def test_the_script_needs_nothing_but_python(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    call_command("replay", case.ref, "--proof", str(path))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(SCRIPT), *words]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    good = run(str(path))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "VERDICT: the proof holds." in good.stdout
    assert "结论：证明成立。" in good.stdout
    path.write_text(path.read_text("utf-8").replace('"outcome": "', '"outcome": "x', 1), "utf-8")
    bad = run(str(path))
    assert bad.returncode in {1, 2}
    path.write_text('{"format": "another"}', "utf-8")
    other = run(str(path))
    assert other.returncode == 2
    assert "这不是判定的证明文件" in other.stdout
    assert "Traceback" not in good.stderr + bad.stderr + other.stderr
    assert run(str(tmp_path / "none")).returncode == 2


def test_what_other_cases_say_is_not_in_the_file(cast: Cast, case: Case) -> None:
    build.a_case(by=cast.mira, title="Something secret")
    seal()
    made = proof(case.ref)
    assert len(made["chain"]["after"]) >= 2
    assert "secret" not in json.dumps(made)
    assert all(set(one) == {"sequence", "previous", "digest"} for one in made["chain"]["after"])


def test_taking_a_proof_leaves_an_entry_with_its_digest(cast: Cast, case: Case) -> None:
    made = proof_file(case.ref, by=cast.ada)
    entry = entries_about(case.subject).last()
    assert entry is not None
    assert (entry.action, entry.payload["number"], entry.payload["sha256"]) == ("proof.export", 1, made.sha256)
    assert broken(json.loads(made.content)) == []


def test_a_proof_is_for_those_who_may_see_the_case(cast: Cast, case: Case) -> None:
    with pytest.raises(Case.DoesNotExist):
        proof_for(cast.carl, case.ref)
    with pytest.raises(NoSuchDetermination):
        proof_for(cast.ada, case.ref, 2)


def ask(user: Any, ref: str, view: Callable[..., Any] = case_proof, **query: str) -> Any:
    request = RequestFactory().get("/", query)
    request.user = user
    return view(request, ref)


def test_the_button_gives_the_file(cast: Cast, case: Case) -> None:
    answer = ask(cast.ada, case.ref)
    assert answer["Content-Disposition"] == f'attachment; filename="{case.ref}-proof-1.json"'
    assert broken(json.loads(answer.content)) == []
    assert ask(cast.ada, case.ref, number="first").status_code == 400
