"""Impact day: whose answer a rule change would move, before it is published."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, transaction
from django.utils import translation

from audit.models import Entry
from compliance.models import Case, Fact, ImpactRow, ImpactRun, Reliance, StoredDetermination
from compliance.queries import impact as reading
from compliance.services import impact, reliance
from compliance.services.refusals import BadInput, NotYours
from tests.build import a_complete_case
from tests.cast import Cast
from tests.compliance.walk import lists_loaded, reviewed

pytestmark = pytest.mark.django_db

SCOPE = "part_742/advanced_scope_a.yaml"
WORLDWIDE = """title: {en: Scope, zh: 范围}
cite: "15 CFR 742.6(a)(6)(iii)"
history:
  - {from: 2023-11-17, by: "88 FR 73458", value: d145x}
  - {from: 2025-01-13, by: "a draft of 2026", value: worldwide}
"""


@pytest.fixture(autouse=True)
def november(settings: Any) -> Iterator[None]:
    settings.GATEHOUSE_DEMO = True
    with time_machine.travel("2026-11-21T09:00:00Z", tick=True):
        yield


@pytest.fixture
def case(cast: Cast) -> Case:
    """An H100 for a company in the United Kingdom: as enforced it needs no license."""
    lists_loaded()
    return reviewed(cast)


def asked(**given: Any) -> ImpactRun:
    run = impact.start(by=None, **given)
    impact.work(run.pk)
    return ImpactRun.objects.get(pk=run.pk)


def test_a_draft_of_the_law_names_the_case_it_would_hold(case: Case, cast: Cast) -> None:
    run = asked(overlay={SCOPE: WORLDWIDE})
    row = run.rows.get()
    assert run.standing == "done"
    assert (row.case_id, row.old_outcome, row.new_outcome) == (case.pk, "no_license_required", "license_required")
    assert row.because[0]["rule"] == "advanced_a_destination"
    assert "part_742.advanced_scope_a" in row.because[0]["parameters"]
    assert "a draft of 2026" in row.because[0]["notices"]
    shown = reading.shown([row])[0]
    assert (shown.ref, shown.owner, shown.direction) == (case.ref, cast.mira.name, "stricter")
    assert str(shown.value) == "250000.00"


def test_what_moves_in_each_reading_is_said_in_the_language_of_the_reader(case: Case) -> None:
    row = asked(overlay={SCOPE: WORLDWIDE}).rows.get()
    row.old_answers = {"codified": {"outcomes": ["license_required"], "policies": ["case_by_case"]}, "enforced": {}}
    row.new_answers = {"codified": {"outcomes": ["undetermined"], "policies": []}, "enforced": {}}
    with translation.override("en"):
        assert reading.shown([row])[0].details == (
            "As codified: license required → undetermined: decide by hand; As codified: case by case → –"
        )
    with translation.override("zh-hans"):
        told = reading.shown([row])[0].details
    assert not re.search("[A-Za-z]", told), told


def test_a_rule_that_only_an_earlier_rulebook_had_is_named_by_its_paragraph_and_has_no_link() -> None:
    moved = {"rule": "gone_since", "cite": "15 CFR 740.9", "was": "applies", "now": "", "parameters": [], "notices": []}
    told = reading.because(moved)
    assert (told["title"], told["page"]) == ("15 CFR 740.9", "")


def test_asking_changes_no_case(case: Case) -> None:
    before = Case.objects.filter(pk=case.pk).values().get(), StoredDetermination.objects.count()
    asked(overlay={SCOPE: WORLDWIDE})
    assert (Case.objects.filter(pk=case.pk).values().get(), StoredDetermination.objects.count()) == before


def test_another_day_is_asked_for_every_case(case: Case) -> None:
    row = asked(on=dt.date(2023, 1, 10)).rows.get()
    assert (row.old_on, row.new_on) == (dt.date(2026, 11, 25), dt.date(2023, 1, 10))
    assert row.old_answers != row.new_answers


def test_the_day_of_the_case_itself_moves_nothing(case: Case) -> None:
    run = asked(on=dt.date(2026, 11, 25))
    assert run.rows.count() == 0
    assert reading.progress(run).examined == 1


def test_determinations_of_an_earlier_rulebook_are_asked_again(case: Case) -> None:
    latest = StoredDetermination.objects.get(case=case)
    fields = {f.name: getattr(latest, f.name) for f in latest._meta.fields if f.name not in {"id", "made_at"}}
    lines = json.loads(json.dumps(latest.lines))
    for name in ("codified", "enforced"):
        lines[0][name]["outcome"] = "prohibited"
    older = StoredDetermination.objects.create(
        **fields | {"rulebook": "ab" * 32, "outcome": "prohibited", "lines": lines}
    )
    reliance.keep(older)
    row = asked(against="abababab").rows.get()
    assert (row.old_outcome, row.new_outcome) == ("prohibited", "no_license_required")
    # Determined since under the rulebook in use: the question is not about it, so it was not asked.
    StoredDetermination.objects.create(**fields | {"lines": latest.lines})
    told = reading.progress(asked(against="abababab"))
    assert (told.examined, told.unasked) == (0, 1)


def test_equal_transactions_are_alike_whoever_the_parties_are() -> None:
    one = {"parties": [{"ref": "P-1", "country": "GB"}], "activity": "export"}
    other = {"parties": [{"ref": "P-9", "country": "GB"}], "activity": "export"}
    assert reliance.numbered(one) == reliance.numbered(other)
    assert one["parties"] == [{"ref": "P-1", "country": "GB"}]


def test_what_a_determination_rests_on_is_kept_with_it(case: Case) -> None:
    kept = Reliance.objects.get(case=case)
    assert "part_742.advanced_scope_a" in kept.provisions
    assert kept.facts[0]["parties"][0]["ref"] == "p1"
    assert kept.answers["enforced"]["outcomes"] == ["no_license_required"]


def test_what_is_missing_is_made_when_it_is_needed(case: Case) -> None:
    Reliance.objects.all().delete()
    assert asked(overlay={SCOPE: WORLDWIDE}).rows.count() == 1
    assert Reliance.objects.count() == 1
    assert reliance.fill_missing() == 0


def test_a_determination_kept_without_its_facts_is_counted_and_never_called_unchanged(case: Case) -> None:
    latest = StoredDetermination.objects.get(case=case)
    fields = {f.name: getattr(latest, f.name) for f in latest._meta.fields if f.name not in {"id", "made_at", "lines"}}
    StoredDetermination.objects.create(**fields, lines=[])
    told = reading.progress(asked(overlay={SCOPE: WORLDWIDE}))
    assert (told.examined, told.without, told.differing) == (0, 1, 0)


def test_facts_this_program_cannot_read_are_listed(case: Case) -> None:
    Reliance.objects.update(facts=[{"no_such_fact": 1}])
    row = asked(overlay={SCOPE: WORLDWIDE}).rows.get()
    assert row.unreadable
    assert reading.shown([row])[0].direction == "unreadable"


def test_a_draft_whose_values_no_rule_can_read_ends_the_run_and_lists_the_cases(case: Case) -> None:
    path = "part_774/ic_thresholds.yaml"
    text = Path("compliance/ear/parameters", path).read_text("utf-8")
    run = asked(overlay={path: text.replace("tpp", "ttp")})
    assert run.standing == ImpactRun.Standing.DONE
    assert [row.unreadable for row in run.rows.all()] == [True]


def test_a_run_cut_off_anywhere_ends_with_the_same_rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    lists_loaded()
    for _number in range(3):
        reviewed(cast)
    monkeypatch.setattr(impact, "CHUNK", 1)
    whole = asked(overlay={SCOPE: WORLDWIDE})
    cut = impact.start(by=None, overlay={SCOPE: WORLDWIDE})
    assert impact.work(cut.pk, most=1) == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        impact.work(cut.pk, most=1)
        raise RuntimeError("killed")
    assert reading.progress(cut).done == 1
    assert impact.unfinished() == [cut.pk]
    impact.work(cut.pk)
    said = [list(run.rows.values_list("case", "old_outcome", "new_outcome", "because")) for run in (whole, cut)]
    assert said[0] == said[1]
    assert len(said[0]) == 3
    assert impact.unfinished() == []
    assert Entry.objects.filter(action="impact.finish", subject=f"impact:{cut.pk}").count() == 1


def test_what_is_determined_after_the_question_does_not_enter_it(case: Case) -> None:
    run = impact.start(by=None, overlay={SCOPE: WORLDWIDE})
    latest = StoredDetermination.objects.get(case=case)
    fields = {f.name: getattr(latest, f.name) for f in latest._meta.fields if f.name not in {"id", "made_at", "lines"}}
    StoredDetermination.objects.create(**fields, lines=[])
    impact.work(run.pk)
    assert run.rows.count() == 1


def test_a_run_of_another_rulebook_stops_and_says_so(case: Case) -> None:
    run = impact.start(by=None, overlay={SCOPE: WORLDWIDE})
    ImpactRun.objects.filter(pk=run.pk).update(base_rulebook="0" * 64)
    impact.work(run.pk)
    run.refresh_from_db()
    assert (run.standing, run.stopped_because, run.rows.count()) == ("stopped", "rulebook", 0)


def test_a_stretch_that_breaks_stops_its_run_and_says_so(
    case: Case, cast: Cast, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = impact.start(by=None, overlay={SCOPE: WORLDWIDE})
    monkeypatch.setattr(impact, "_latest", lambda chunk: 1 / 0)
    impact.work(run.pk)
    run.refresh_from_db()
    assert (run.standing, run.stopped_because) == ("stopped", "failed")
    assert impact.unfinished() == []
    assert Entry.objects.get(action="impact.stop", subject=f"impact:{run.pk}").payload["because"] == "failed"
    page = signed_in(cast.otto).get(f"/rulebook/impact/{run.pk}/").content.decode()
    assert "The program broke off in the middle" in page
    assert "No case would get another answer" not in page
    assert signed_in(cast.otto).get(f"/rulebook/impact/{run.pk}/file.csv").status_code == 409
    with pytest.raises(CommandError, match="broke off"):
        call_command("law_impact", run=run.pk, stderr=io.StringIO())


def test_a_database_that_went_away_stops_no_run(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_chunk: Any) -> None:
        raise OperationalError("gone")

    run = impact.start(by=None, overlay={SCOPE: WORLDWIDE})
    monkeypatch.setattr(impact, "_latest", gone)
    with pytest.raises(OperationalError):
        impact.work(run.pk)
    assert impact.unfinished() == [run.pk]


def test_a_run_no_worker_takes_up_says_that_it_waits(case: Case, cast: Cast, signed_in: Any) -> None:
    run = impact.start(by=None, overlay={SCOPE: WORLDWIDE})
    address = f"/rulebook/impact/{run.pk}/"
    assert "Waiting for workers" not in signed_in(cast.otto).get(address).content.decode()
    ImpactRun.objects.filter(pk=run.pk).update(made_at=run.made_at - dt.timedelta(minutes=11))
    assert "Waiting for workers" in signed_in(cast.otto).get(address).content.decode()
    assert signed_in(cast.otto).get(f"{address}file.csv").status_code == 409


def test_good_news_is_told_only_where_every_determination_was_asked(case: Case, cast: Cast, signed_in: Any) -> None:
    good, rest = "No case would get another answer", "No case that could be asked would get another answer"

    def page(run: ImpactRun, who: Any = cast.otto) -> str:
        told: str = signed_in(who).get(f"/rulebook/impact/{run.pk}/").content.decode()
        return told

    assert good in page(asked(on=dt.date(2026, 11, 25)))
    latest = StoredDetermination.objects.get(case=case)
    fields = {f.name: getattr(latest, f.name) for f in latest._meta.fields if f.name not in {"id", "made_at", "lines"}}
    StoredDetermination.objects.create(**fields, lines=[])
    told = page(asked(on=dt.date(2026, 11, 25)))
    assert good not in told
    assert rest in told


def test_what_moves_outside_ones_units_is_not_called_no_change(case: Case, cast: Cast, signed_in: Any) -> None:
    run = asked(overlay={SCOPE: WORLDWIDE})
    cast.carl.groups.set(cast.otto.groups.all())
    page = signed_in(cast.carl).get(f"/rulebook/impact/{run.pk}/")
    assert page.status_code == 200
    assert "No case would get another answer" not in page.content.decode()
    assert "None of those cases is among the ones you may see" in page.content.decode()


def test_cases_nobody_has_determined_are_counted_as_not_asked(case: Case, cast: Cast, signed_in: Any) -> None:
    a_complete_case(by=cast.mira)
    run = asked(on=dt.date(2026, 11, 25))
    told = reading.progress(run)
    assert (told.cases, told.examined, told.unasked) == (2, 1, 1)
    assert "1 case was not asked" in signed_in(cast.otto).get(f"/rulebook/impact/{run.pk}/").content.decode()


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({}, "Say what changes"),
        ({"on": dt.date(2022, 10, 6)}, "before 2022-10-07"),
        ({"against": "zzz"}, "no fingerprint"),
        ({"against": "12345678"}, "No determination"),
        ({"against": "12345678", "on": dt.date(2026, 1, 1)}, "compared alone"),
        ({"overlay": {"affiliates.yaml": WORLDWIDE}}, "no place in the rulebook"),
        ({"overlay": {"../part_742/a.yaml": WORLDWIDE}}, "no place in the rulebook"),
        ({"overlay": {SCOPE: "title: [\nhistory:\n"}}, "cannot be read"),
        ({"overlay": {SCOPE: "title: {en: a, zh: b}\ncite: x\nhistory:\n  - {value: 1}\n"}}, "line 1"),
        ({"overlay": {SCOPE: "title: x"}}, "is no parameter"),
        ({"overlay": {SCOPE: WORLDWIDE.replace("worldwide", "[worldwide]")}}, "line 2: the rules cannot read"),
        ({"overlay": {SCOPE: WORLDWIDE.replace("d145x", ".nan")}}, "line 1: the rules cannot read"),
        ({"overlay": {SCOPE: WORLDWIDE.replace("history", "rows").replace("value", "code")}}, "is history in the"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(given: dict[str, Any], part: str) -> None:
    with pytest.raises(BadInput) as refused:
        impact.start(by=None, **given)
    assert part in str(refused.value)
    assert ImpactRun.objects.count() == 0


def test_files_that_change_nothing_are_refused() -> None:
    text = Path("compliance/ear/parameters", SCOPE).read_text("utf-8")
    with pytest.raises(BadInput):
        impact.start(by=None, overlay={SCOPE: text})


def test_an_analyst_may_not_ask(cast: Cast) -> None:
    with pytest.raises(NotYours):
        impact.start(by=cast.mira, on=dt.date(2026, 1, 1))


def test_an_officer_sees_the_cases_of_her_units_only(case: Case, cast: Cast) -> None:
    run = asked(overlay={SCOPE: WORLDWIDE})
    assert reading.rows(cast.otto, run).count() == 1
    assert reading.rows(cast.carl, run).count() == 0
    assert reading.rows(None, run, which="past").count() == 0
    assert reading.rows(None, run, which="open").count() == 1


def test_the_command_prints_rows_and_sums(case: Case, tmp_path: Path) -> None:
    (tmp_path / "part_742").mkdir()
    (tmp_path / SCOPE).write_text(WORLDWIDE, "utf-8")
    for overlay in (tmp_path, tmp_path / SCOPE):
        out, said = io.StringIO(), io.StringIO()
        call_command("law_impact", overlay=overlay, stdout=out, stderr=said)
        row = json.loads(out.getvalue())
        assert (row["ref"], row["new_outcome"], row["direction"]) == (case.ref, "license_required", "stricter")
        assert "1 would differ" in said.getvalue()
    out = io.StringIO()
    call_command("law_impact", run=ImpactRun.objects.latest("pk").pk, format="csv", stdout=out, stderr=io.StringIO())
    assert next(csv.DictReader(io.StringIO(out.getvalue())))["ref"] == case.ref


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"on": "soon"}, "is no day"),
        ({"overlay": Path("/nowhere/at/all")}, "there is nothing"),
        ({"workers": 0}, "from 1 to 64"),
        ({"run": 99}, "no run 99"),
        ({}, "Say what changes"),
    ],
)
def test_the_command_refuses_in_words(given: dict[str, Any], part: str) -> None:
    with pytest.raises(CommandError, match=part):
        call_command("law_impact", **given)


def test_the_screen_shows_progress_then_rows_and_hands_them_out(case: Case, cast: Cast, signed_in: Any) -> None:
    run = impact.start(by=cast.otto, overlay={SCOPE: WORLDWIDE})
    browser = signed_in(cast.otto)
    going = browser.get(f"/rulebook/impact/{run.pk}/").content.decode()
    assert "every 2s" in going
    impact.work(run.pk)
    done = browser.get(f"/rulebook/impact/{run.pk}/").content.decode()
    assert "every 2s" not in done
    assert case.ref in done
    assert "742.6(a)(6)" in done
    file = browser.get(f"/rulebook/impact/{run.pk}/file.csv")
    assert case.ref in b"".join(file.streaming_content).decode()
    book = browser.get(f"/rulebook/impact/{run.pk}/file.xlsx")
    assert b"".join(book.streaming_content)[:2] == b"PK"
    assert Entry.objects.filter(action="report.export", subject=f"report:impact-{run.pk}").count() == 2


def test_the_pages_of_a_provision_and_a_rule_name_the_case_that_relied_on_them(
    case: Case, cast: Cast, signed_in: Any
) -> None:
    for address in ("/rulebook/part_742.advanced_scope_a/", "/rulebook/rules/records_five_years/"):
        assert case.ref in signed_in(cast.otto).get(address).content.decode()
        assert case.ref not in signed_in(cast.carl).get(address).content.decode()


def test_the_coverage_page_names_chapters_points_flags_and_deadlines(cast: Cast, signed_in: Any) -> None:
    page = signed_in(cast.ada).get("/rulebook/coverage/").content.decode()
    for words in ("General prohibitions and purchase paths", "O22", "EAR-RF-01", "LE-NAC-REG-25", "shown only"):
        assert words in page


def test_after_the_horizon_the_rulebook_warns(cast: Cast, signed_in: Any) -> None:
    browser = signed_in(cast.ada)
    assert "What changed after that is not here" not in browser.get("/rulebook/?day=2026-11-21").content.decode()
    assert "What changed after that is not here" in browser.get("/rulebook/?day=2026-11-22").content.decode()


def test_side_duties_stand_outside_the_determination(case: Case, cast: Cast, signed_in: Any) -> None:
    browser = signed_in(cast.otto)
    assert "Executive Order 14117" in browser.get(f"/cases/{case.ref}/").content.decode()
    before = StoredDetermination.objects.filter(case=case).first()
    given = {"panel": "side-duties", "fact|side.us_bulk_data||": "true"}
    assert browser.post(f"/cases/{case.ref}/questionnaire/", given).status_code == 303
    assert Fact.objects.filter(key="side.us_bulk_data").count() == 1
    after = StoredDetermination.objects.filter(case=case).first()
    assert before is not None
    assert after is not None
    assert after.facts_digest == before.facts_digest
    assert after.outcome == before.outcome
    assert ImpactRow.objects.count() == 0


def test_asking_on_the_screen_begins_a_run_and_a_refusal_keeps_the_form(
    case: Case, cast: Cast, signed_in: Any, tmp_path: Path
) -> None:
    browser = signed_in(cast.otto)
    bad = browser.post("/rulebook/impact/", {"folder": "part_742", "on": "2020-01-01"})
    assert bad.status_code == 400
    assert "No law is encoded before 2022-10-07" in bad.content.decode()
    file = tmp_path / "advanced_scope_a.yaml"
    file.write_text(WORLDWIDE, "utf-8")
    with file.open("rb") as handed_in:
        begun = browser.post("/rulebook/impact/", {"folder": "part_742", "files": handed_in, "title": "A draft"})
    assert begun.status_code == 303
    run = ImpactRun.objects.get(title="A draft")
    assert list(run.overlay) == [SCOPE]
    assert run.made_by == cast.otto


def test_a_case_planned_past_the_horizon_says_so_beside_its_determination(
    case: Case, cast: Cast, signed_in: Any
) -> None:
    # The case is planned for 25 November, four days after the law was read.
    assert "What changed after that is not here" in signed_in(cast.otto).get(f"/cases/{case.ref}/").content.decode()
