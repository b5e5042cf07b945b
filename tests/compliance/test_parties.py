"""Parties through the pages: names in any script, facts with their evidence, owners, documents."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from audit.queries import entries_about
from compliance.models import Document, Fact, Ownership, Party
from compliance.queries import parties as reading
from compliance.services import parties as keeping
from compliance.services.refusals import BadInput, Circular
from tests.build import a_party
from tests.cast import enter_cast


@pytest.fixture
def mira(cast: Any, signed_in: Any) -> Any:
    return signed_in(cast.mira)


def given(**more: str) -> dict[str, str]:
    return {"name": "Example Cloud Pte Ltd", "kind": "organization", **more}


@pytest.mark.parametrize(
    "name",
    [
        "中芯示例国际集成电路有限公司",
        "شركة المثال للحوسبة",
        "חברת דוגמה",
        "ООО «Пример»",
        "株式会社サンプル",
        "=HYPERLINK(1)",
        "<b>x</b>",
    ],
)
def test_a_name_in_any_script_is_kept_and_shown_as_it_is(mira: Any, name: str) -> None:
    answer = mira.post("/parties/new/", given(name=name))
    party = Party.objects.get()
    assert answer["Location"] == f"/parties/{party.ref}/"
    assert party.name == name
    page = mira.get(answer["Location"]).content.decode()
    assert "<b>x</b>" not in page
    if "<" not in name:
        assert name in page


def test_a_party_is_entered_with_names_addresses_and_numbers(mira: Any) -> None:
    mira.post(
        "/parties/new/",
        given(
            names="示例云\n\nExample Cloud",
            addresses="1 Example Road | SG\n上海市示例路1号 | 中国",
            identifiers="LEI | 5493001KJTIIGC8Y1R12\nUEN | 201912345K | Singapore",
        ),
    )
    stands = keeping.what_stands(Party.objects.get())
    assert stands["names"] == ["示例云", "Example Cloud"]
    assert stands["addresses"] == [["1 Example Road", "SG"], ["上海市示例路1号", "CN"]]
    assert stands["identifiers"] == [["LEI", "5493001KJTIIGC8Y1R12", ""], ["UEN", "201912345K", "SG"]]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Fill this in."),
        ("name", "   ", "Fill this in."),
        ("name", "x" * 10_240, "Use at most 300 characters"),
        ("name", "a\u0000b", "control character"),
        ("name", "a\u202eb\u0008", "control character"),
        ("names", "\n".join(["ok", "y" * 400]), "Use at most 300 characters"),
        ("addresses", "1 Road | Atlantis", "Line 1:"),
        ("identifiers", "LEI 123", "Line 1:"),
        ("kind", "robot", "is not one of the answers"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(mira: Any, field: str, value: str, sentence: str) -> None:
    answer = mira.post("/parties/new/", given(**{field: value}))
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[field][0]
    assert not Party.objects.exists()


def test_too_many_names_are_refused_beside_the_names(mira: Any) -> None:
    answer = mira.post("/parties/new/", given(names="\n".join(f"name {number}" for number in range(60))))
    assert answer.status_code == 400
    assert answer.context["form"].errors["names"] == ["A party has at most 50 names."]
    assert not Party.objects.exists()


def test_changing_a_name_keeps_the_one_before_in_the_history(mira: Any, cast: Any) -> None:
    party = a_party(by=cast.mira, name="Old Name Ltd")
    mira.post(f"/parties/{party.ref}/edit/", {"name": "New Name Ltd", "names": "Old Name Ltd"})
    entry = entries_about(party.subject).last()
    assert (entry.payload["was"]["name"], entry.payload["now"]["name"]) == ("Old Name Ltd", "New Name Ltd")


def test_the_edit_form_gives_back_what_it_was_given(mira: Any, cast: Any) -> None:
    party = a_party(
        by=cast.mira, addresses=[{"text": "1 Road", "country": "SG"}, {"text": "no country", "country": ""}]
    )
    form = mira.get(f"/parties/{party.ref}/edit/").context["form"]
    mira.post(f"/parties/{party.ref}/edit/", {name: form[name].value() or "" for name in form.fields})
    assert keeping.what_stands(party)["addresses"] == [["1 Road", "SG"], ["no country", ""]]


def test_a_party_of_another_unit_is_not_there(cast: Any, signed_in: Any) -> None:
    party = a_party(by=cast.mira)
    browser = signed_in(cast.carl)
    for path in ("", "edit/", "facts/party.headquarters/"):
        assert browser.get(f"/parties/{party.ref}/{path}").status_code == 404
    assert browser.post(f"/parties/{party.ref}/owners/add/", {}).status_code == 404
    assert browser.post(f"/parties/{party.ref}/documents/add/", {}).status_code == 404
    assert browser.get("/parties/").context["rows"] == []


def test_the_auditor_reads_parties_and_changes_none(cast: Any, signed_in: Any) -> None:
    party = a_party(by=cast.mira)
    browser = signed_in(cast.ada)
    assert browser.get(f"/parties/{party.ref}/").status_code == 200
    assert browser.post(f"/parties/{party.ref}/edit/", given()).status_code == 403
    assert browser.post("/parties/new/", given()).status_code == 403


def test_a_fact_is_recorded_with_its_evidence_and_day(mira: Any, cast: Any) -> None:
    party = a_party(by=cast.mira, headquarters="")
    answer = mira.post(
        f"/parties/{party.ref}/facts/party.headquarters/",
        {"state": "known", "value": "China", "source": "annual report 2025", "as_of": "2026-03-31"},
    )
    fact = Fact.objects.get(party=party, key="party.headquarters")
    assert answer.status_code == 303
    assert (fact.value, fact.source, fact.as_of) == ("CN", "annual report 2025", dt.date(2026, 3, 31))


def test_cannot_be_known_is_kept_apart_from_not_known(mira: Any, cast: Any) -> None:
    party = a_party(by=cast.mira, parent="")
    key = "party.ultimate_parent_headquarters"
    mira.post(f"/parties/{party.ref}/facts/{key}/", {"state": "cannot", "source": "asked by letter"})
    file = reading.party_file(cast.mira, party.ref)
    states = {known.key: known.state for known in file.places}
    assert (states[key], states["party.own_ultimate_parent"]) == ("cannot", "unknown")
    mira.post(f"/parties/{party.ref}/facts/{key}/", {"state": "unknown"})
    assert {known.key: known.state for known in reading.party_file(cast.mira, party.ref).places}[key] == "unknown"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"state": "known", "value": "Atlantis", "source": "x"}, "value"),
        ({"state": "known", "value": "", "source": "x"}, "value"),
        ({"state": "known", "value": "CN", "source": ""}, "source"),
        ({"state": "cannot", "source": ""}, "source"),
        ({"state": "known", "value": "CN", "source": "x", "as_of": "2026-13-01"}, "as_of"),
        ({"state": "perhaps", "value": "CN", "source": "x"}, "state"),
    ],
)
def test_a_fact_without_answer_or_evidence_is_refused(mira: Any, cast: Any, answer: dict[str, str], field: str) -> None:
    party = a_party(by=cast.mira, headquarters="")
    page = mira.post(f"/parties/{party.ref}/facts/party.headquarters/", answer)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert not Fact.objects.filter(party=party, key="party.headquarters").exists()


@pytest.mark.parametrize("key", ["party.role", "party.listings", "case.destination", "item.tpp", "nonsense"])
def test_facts_that_are_not_asked_of_a_party_have_no_page(mira: Any, cast: Any, key: str) -> None:
    assert mira.get(f"/parties/{a_party(by=cast.mira).ref}/facts/{key}/").status_code == 404


def owner(ref: str, percent: str = "51") -> dict[str, str]:
    return {"owner_ref": ref, "percent": percent, "source": "register", "as_of": "2026-01-01"}


def test_an_empty_share_is_kept_as_unknown_and_never_as_zero(mira: Any, cast: Any) -> None:
    owned, holder = a_party(by=cast.mira), a_party(by=cast.mira, name="Holder")
    mira.post(f"/parties/{owned.ref}/owners/add/", owner(holder.ref, ""))
    assert Ownership.objects.get().percent is None
    assert "share unknown" in mira.get(f"/parties/{owned.ref}/").content.decode()


@pytest.mark.parametrize("percent", ["0", "-5", "100.001", "101", "half", "1.23456"])
def test_a_share_that_is_none_is_refused(mira: Any, cast: Any, percent: str) -> None:
    owned, holder = a_party(by=cast.mira), a_party(by=cast.mira)
    answer = mira.post(f"/parties/{owned.ref}/owners/add/", owner(holder.ref, percent))
    assert 400 <= answer.status_code < 500
    assert "percent" in answer.context["ownership_form"].errors
    assert not Ownership.objects.exists()


def test_ownership_cannot_run_in_a_circle(mira: Any, cast: Any) -> None:
    first, second, third = (a_party(by=cast.mira, name=name) for name in ("First", "Second", "Third"))
    mira.post(f"/parties/{second.ref}/owners/add/", owner(first.ref))
    mira.post(f"/parties/{third.ref}/owners/add/", owner(second.ref))
    answer = mira.post(f"/parties/{first.ref}/owners/add/", owner(third.ref))
    assert answer.status_code == 409
    assert "cannot run in a circle" in answer.content.decode()
    assert mira.post(f"/parties/{first.ref}/owners/add/", owner(first.ref)).status_code == 409
    assert Ownership.objects.count() == 2


def test_an_owner_of_another_unit_cannot_be_named(mira: Any, cast: Any) -> None:
    owned, foreign = a_party(by=cast.mira), a_party(by=cast.carl, name="Foreign")
    answer = mira.post(f"/parties/{owned.ref}/owners/add/", owner(foreign.ref))
    assert answer.context["ownership_form"].errors["owner_ref"] == [f"There is no party {foreign.ref}."]


def test_the_tree_shows_owners_above_owners_and_holdings_below(cast: Any) -> None:
    top, middle, bottom = (a_party(by=cast.mira, name=name) for name in ("Top", "Middle", "Bottom"))
    for holder, owned, share in ((top, middle, ""), (middle, bottom, "60")):
        keeping.record_ownership(
            by=cast.mira, owner_ref=holder.ref, owned_ref=owned.ref, percent=share, source="s", as_of="2026-01-01"
        )
    above = reading.tree(cast.mira, bottom, up=True)
    assert [(branch.name, branch.percent) for branch in above] == [("Middle", 60)]
    assert [(branch.name, branch.percent) for branch in above[0].branches] == [("Top", None)]
    assert [branch.name for branch in reading.tree(cast.mira, top, up=False)[0].branches] == ["Bottom"]


def test_the_tree_hides_the_name_of_a_party_the_reader_may_not_see(cast: Any) -> None:
    owned, holder = a_party(by=cast.mira), a_party(by=cast.carl, name="Secret Holder")
    Ownership.objects.create(owner=holder, owned=owned, percent=10, source="s", as_of=dt.date(2026, 1, 1))
    branch = reading.tree(cast.mira, owned, up=True)[0]
    assert (branch.name, branch.ref, branch.percent) == ("", "", 10)
    assert reading.tree(cast.ada, owned, up=True)[0].name == "Secret Holder"


def test_a_share_is_ended_with_a_reason_and_stays_in_the_history(mira: Any, cast: Any) -> None:
    owned, holder = a_party(by=cast.mira), a_party(by=cast.mira)
    mira.post(f"/parties/{owned.ref}/owners/add/", owner(holder.ref))
    share = Ownership.objects.get()
    path = f"/parties/{owned.ref}/owners/{share.pk}/end/"
    assert mira.post(path, {"reason": ""}).status_code == 422
    assert mira.post(path, {"reason": "sold"}).status_code == 303
    assert Ownership.objects.get().until is not None
    assert mira.post(path, {"reason": "again"}).status_code == 404


def test_a_document_is_kept_by_its_digest_and_handed_out_as_a_download(mira: Any, cast: Any) -> None:
    party = a_party(by=cast.mira)
    upload = SimpleUploadedFile("登记摘录.pdf", b"%PDF-1.7 example")
    mira.post(f"/parties/{party.ref}/documents/add/", {"kind": "registry_extract", "file": upload})
    document = Document.objects.get()
    answer = mira.get(f"/parties/{party.ref}/documents/{document.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 example"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


def test_a_document_of_another_party_is_not_there(mira: Any, cast: Any, client: Any) -> None:
    party, other = a_party(by=cast.mira), a_party(by=cast.mira)
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7")
    mira.post(f"/parties/{party.ref}/documents/add/", {"kind": "other", "file": upload})
    assert mira.get(f"/parties/{other.ref}/documents/{Document.objects.get().pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"), [("run.exe", b"MZ"), ("a.pdf", b"not a pdf"), ("a.pdf", b""), ("a.txt", b"\x00\x01")]
)
def test_a_file_of_the_wrong_kind_is_refused_beside_the_file(mira: Any, cast: Any, name: str, content: bytes) -> None:
    party = a_party(by=cast.mira)
    upload = SimpleUploadedFile(name, content)
    answer = mira.post(f"/parties/{party.ref}/documents/add/", {"kind": "other", "file": upload})
    assert 400 <= answer.status_code < 500
    assert "file" in answer.context["document_form"].errors
    assert not Document.objects.exists()


def test_the_list_asks_the_database_the_same_number_of_times_for_one_party_and_for_forty(
    mira: Any, cast: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    a_party(by=cast.mira)
    mira.get("/parties/")
    with CaptureQueriesContext(connection) as one:
        mira.get("/parties/")
    for _each in range(39):
        a_party(by=cast.mira)
    with CaptureQueriesContext(connection) as forty:
        mira.get("/parties/")
    assert len(forty) == len(one)


def owns(cast: Any, owner: Party, owned: Party, percent: str, **given: str) -> Ownership:
    told = {"source": "register", "as_of": "2026-01-15", **given}
    return keeping.record_ownership(by=cast.mira, owner_ref=owner.ref, owned_ref=owned.ref, percent=percent, **told)


def test_known_shares_cannot_come_to_more_than_the_whole(cast: Any) -> None:
    owned, first, second, third = (a_party(by=cast.mira) for _ in range(4))
    owns(cast, first, owned, "60")
    owns(cast, third, owned, "")
    with pytest.raises(BadInput, match=r"would come to 100\.5 %\."):
        owns(cast, second, owned, "40.5")
    owns(cast, second, owned, "40")
    owns(cast, first, owned, "55")
    assert Ownership.objects.filter(owned=owned, until__isnull=True).count() == 3


def test_a_share_of_a_day_to_come_is_refused(cast: Any) -> None:
    owned, owner = a_party(by=cast.mira), a_party(by=cast.mira)
    with pytest.raises(BadInput, match="lies in the future") as refusal:
        owns(cast, owner, owned, "10", as_of=(timezone.localdate() + dt.timedelta(days=1)).isoformat())
    assert refusal.value.field == "as_of"


def test_of_two_who_enter_each_other_as_owners_at_once_one_is_told(transactional_db: None) -> None:
    cast = enter_cast()
    one, other = a_party(by=cast.mira), a_party(by=cast.mira)
    start = Barrier(2)

    def enter(owner: Party, owned: Party) -> str:
        try:
            start.wait(timeout=10)
            owns(cast, owner, owned, "10")
        except Circular:
            return "circle"
        finally:
            connection.close()
        return "kept"

    for _round in range(5):
        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(enter, (one, other), (other, one)))
        assert sorted(said) == ["circle", "kept"]
        Ownership.objects.all().delete()
