"""Rows of a screened spreadsheet become parties, whose matches are judged on the desk."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Entry
from audit.services import verify
from compliance.models import Fact, Party
from compliance.queries.party_screening import party_screening
from compliance.queries.rows import standings_of
from compliance.queries.subjects import subjects_of
from compliance.services import parties as keeping
from compliance.services import rows as making
from compliance.services.refusals import BadInput, NotYours
from screening import services as screening
from screening.models import Batch, Judgement, Match, Run
from tests.build import a_party
from tests.cast import Cast
from tests.screening.build import FORTY, LANTERN, file_of

LANTERN_NAME = "Quartz Lantern Computing Co., Ltd."
SHEET = (
    "query,country,type,address,identifier\n"
    f'"{LANTERN_NAME}",CN,company,88 Lantern Road,91310000X\n'
    "Holy Oaks Bakery,NO,,,\n"
    ",CN,,,\n"
    "Tail Number 7,US,aircraft,,\n"
    "Of Two Places,US;CN,,,\n"
    "Holy Oaks Bakery,NO,,,\n"
)


@pytest.fixture(autouse=True)
def _lists(db: Any, settings: Any, tmp_path: Any) -> None:
    settings.SCREENING_INDEX_DIR = tmp_path / "index"
    screening.refresh(file_of(tmp_path, [*FORTY, LANTERN], "first.csv"), by="adam")


@pytest.fixture
def mira(cast: Cast, signed_in: Any) -> Any:
    return signed_in(cast.mira)


@pytest.fixture
def batch(mira: Any) -> Batch:
    mira.post("/screening/many/", {"file": SimpleUploadedFile("ours.csv", SHEET.encode())})
    return Batch.objects.get()


def test_a_ticked_row_is_entered_screened_and_judged_on_the_desk(mira: Any, batch: Batch) -> None:
    assert 'name="row" form="make-parties" value="2"' in mira.get(f"/screening/many/{batch.pk}/").content.decode()
    where = f"/parties/of-rows/{batch.pk}/"
    preview = mira.get(where, {"row": ["2", "3"]})
    assert "2 new parties are entered." in preview.content.decode()
    assert not Party.objects.exists()
    done = mira.post(where, {"row": ["2", "3"]})
    assert done.status_code == 200
    party = Party.objects.get(name=LANTERN_NAME)
    match = Match.objects.get(subject_ref=party.subject)
    assert f"/screening/matches/{match.pk}/" in done.content.decode()
    assert LANTERN_NAME in mira.get("/screening/").content.decode()
    assert "no match in the lists searched" in done.content.decode()
    screening.judge(
        match.pk,
        by="mira",
        verdict="no_match",
        code="other",
        reason="Another company of that name in another trade.",
    )
    assert Judgement.objects.get().subject_ref == party.subject
    assert f"now party {party.ref}" in mira.get(f"/screening/many/{batch.pk}/").content.decode()


def test_everything_the_row_says_is_kept_with_where_it_comes_from(cast: Cast, mira: Any, batch: Batch) -> None:
    made = making.make_parties(batch.pk, [2], by=cast.mira)
    party = Party.objects.get(ref=made.refs[0])
    stands = keeping.what_stands(party)
    assert (party.kind, stands["addresses"]) == ("organization", [["88 Lantern Road", "CN"]])
    assert stands["identifiers"] == [["unspecified", "91310000X", ""]]
    fact = Fact.objects.get(party=party)
    assert (fact.key, fact.value, fact.source) == ("party.country", "CN", "ours.csv #2")
    assert made.run.subjects[party.subject]["countries"] == ["CN"]


def test_what_cannot_be_a_party_is_named_and_stops_no_other(cast: Cast, mira: Any, batch: Batch) -> None:
    made = making.make_parties(batch.pk, [2, 3, 4, 5, 6, 7], by=cast.mira)
    problems = {plan.number: plan.problem for plan in made.rows if plan.problem}
    assert problems == {
        4: "the column query is empty",
        5: "An aircraft is no kind of party. Enter who operates it instead.",
        6: "The row names several countries. Enter the party by hand, in the country it is located in.",
    }
    assert Party.objects.count() == 2
    rows = {plan.number: plan.ref for plan in made.rows if plan.ref}
    assert rows[3] == rows[7]
    imported = Entry.objects.get(action="party.import")
    assert imported.payload["left_out"] == [4, 5, 6]
    assert imported.payload["refs"] == {rows[2]: [2], rows[3]: [3, 7]}
    assert Entry.objects.filter(action="party.add").count() == 2
    screened = Entry.objects.get(action="party.screen", subject=f"party:{rows[2]}")
    assert (screened.payload["matches"], screened.payload["run"]) == (1, made.run.pk)
    assert verify().whole


def test_who_is_kept_already_is_screened_as_kept_with_the_earlier_answer(cast: Cast, mira: Any, batch: Batch) -> None:
    party = a_party(by=cast.mira, name=LANTERN_NAME)
    run = screening.screen(subjects_of([party]))
    screening.judge(
        Match.objects.get(run=run).pk,
        by="mira",
        verdict="no_match",
        code="other",
        reason="Another company of that name in another trade.",
    )
    before = keeping.what_stands(party)
    made = making.make_parties(batch.pk, [2], by=cast.mira)
    assert made.refs == [party.ref]
    assert Party.objects.count() == 1
    assert keeping.what_stands(party) == before
    assert Run.objects.count() == 2
    [standing] = standings_of(made.refs, made.run).values()
    assert (len(standing.cleared), len(standing.undecided)) == (1, 0)
    assert party_screening(party).words == "no match open"


def test_who_is_kept_in_other_capitals_is_not_entered_twice(cast: Cast, mira: Any, batch: Batch) -> None:
    party = a_party(by=cast.mira, name="HOLY OAKS BAKERY")
    named = a_party(by=cast.mira, name="Quartz Lantern", names=[LANTERN_NAME.upper()])
    made = making.make_parties(batch.pk, [2, 3], by=cast.mira)
    assert made.refs == [named.ref, party.ref]
    assert Party.objects.count() == 2


def test_a_row_becomes_a_party_once(cast: Cast, mira: Any, batch: Batch) -> None:
    first = making.make_parties(batch.pk, [2], by=cast.mira)
    again = making.make_parties(batch.pk, [2], by=cast.mira)
    assert again.rows[0].done
    assert again.refs == []
    assert again.rows[0].ref == first.refs[0]
    assert Party.objects.count() == 1
    assert Entry.objects.filter(action="party.import").count() == 1


def test_the_page_of_the_party_knows_the_search(cast: Cast, mira: Any, batch: Batch) -> None:
    made = making.make_parties(batch.pk, [2, 3], by=cast.mira)
    told = {party.name: party_screening(party) for party in Party.objects.filter(ref__in=made.refs)}
    assert told[LANTERN_NAME].words == "1 match not judged"
    assert told["Holy Oaks Bakery"].words == "no match open"


def test_nothing_ticked_too_much_ticked_and_strangers_are_refused(cast: Cast, mira: Any, batch: Batch) -> None:
    with pytest.raises(BadInput, match="Tick at least one row"):
        making.make_parties(batch.pk, [], by=cast.mira)
    with pytest.raises(BadInput, match="At most 100 rows"):
        making.make_parties(batch.pk, list(range(101)), by=cast.mira)
    with pytest.raises(NotYours):
        making.make_parties(batch.pk, [2], by=cast.ada)
    with pytest.raises(Batch.DoesNotExist):
        making.make_parties(batch.pk, [2], by=cast.carl)
    assert mira.get(f"/parties/of-rows/{batch.pk}/").status_code == 400
    assert not Party.objects.exists()
