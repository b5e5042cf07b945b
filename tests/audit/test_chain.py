"""The chain holds, and everything that is done to it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from audit import queries, services
from audit.chain import GENESIS, Break, canonical, first_break, link
from audit.models import Entry, Head, LastCheck, Seal
from audit.services import NotInTransaction, record, verify
from tests.cast import Cast


def write(number: int, *, action: str = "case.comment") -> None:
    with transaction.atomic():
        for count in range(number):
            record(action, "case:GH-2026-00001", by="mira", text=f"气象 “{count}”\n\t\\", share=1.5, none=None, on=True)


@pytest.fixture
def ten(db: None) -> Iterator[None]:
    """A chain of ten, whose triggers somebody with the owner's rights has switched off."""
    write(10)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    yield
    # The transaction of the test is rolled back, and the triggers with it.


def broken() -> Break | None:
    return verify().broken


def chain_again(*, after: int) -> None:
    """Compute every digest after an entry anew, as somebody who owns the table could."""
    previous = Entry.objects.get(sequence=after).digest if after else GENESIS
    for entry in Entry.objects.filter(sequence__gt=after).order_by("sequence"):
        digest = link(previous, entry.text)
        Entry.objects.filter(sequence=entry.sequence).update(previous=previous, digest=digest)
        previous = digest
    Head.objects.update(digest=previous)


def test_a_digest_is_sha256_over_the_one_before_and_the_text() -> None:
    text = canonical({"b": 1, "a": "气"})
    assert text == '{"a":"气","b":1}'
    assert link(GENESIS, text) == "65c00bc34a32fe56709e8677530ccf7edec99db3e45c55c6ed86a72a12ce77cf"
    assert first_break([(1, GENESIS, text, link(GENESIS, text))]) == (1, link(GENESIS, text), None)


def test_a_value_without_a_form_in_json_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"share": float("nan")})


def test_a_chain_left_alone_is_whole(ten: None) -> None:
    found = verify()
    assert found.whole
    assert found.upto == 10
    assert found.digest == queries.head().digest


def test_an_entry_at_a_whole_second_is_whole_too(db: None, time_machine: object) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 21, 9, 0, 0, tzinfo=dt.UTC), tick=False)  # type: ignore[attr-defined]
    write(2)
    assert verify().whole


def test_part_of_a_chain_can_be_verified(ten: None) -> None:
    assert verify(since=7).whole
    assert verify(since=11).broken == Break(11, "gap")


def test_evidence_outside_a_transaction_is_refused(transactional_db: None) -> None:
    with pytest.raises(NotInTransaction):
        record("case.comment", "case:GH-2026-00001", by="mira")


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "otto"},
        {"action": "case.approve"},
        {"subject": "case:GH-2026-00002"},
        {"payload": {"text": "something else"}},
        {"at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_a_searchable_column_that_was_altered_is_found(ten: None, change: dict[str, object]) -> None:
    Entry.objects.filter(sequence=4).update(**change)
    found = verify()
    assert found.broken == Break(4, "columns")
    assert found.upto == 3


def test_a_text_that_was_altered_is_found(ten: None) -> None:
    entry = Entry.objects.get(sequence=4)
    Entry.objects.filter(sequence=4).update(text=entry.text.replace("mira", "otto"), actor="otto")
    assert broken() == Break(4, "digest")


def test_a_text_that_is_not_json_is_found(ten: None) -> None:
    Entry.objects.filter(sequence=4).update(text="nothing to see here")
    assert broken() == Break(4, "digest")


def test_a_text_that_is_not_json_in_a_chain_computed_anew_is_found(ten: None) -> None:
    Entry.objects.filter(sequence=4).update(text="nothing to see here")
    chain_again(after=3)
    assert broken() == Break(4, "columns")


def test_an_entry_that_was_removed_is_found(ten: None) -> None:
    Entry.objects.filter(sequence=4).delete()
    assert broken() == Break(4, "gap")


def test_entries_that_changed_places_are_found(ten: None) -> None:
    Entry.objects.filter(sequence=4).update(sequence=99)
    Entry.objects.filter(sequence=5).update(sequence=4)
    Entry.objects.filter(sequence=99).update(sequence=5)
    assert broken() == Break(4, "previous")


def test_a_tail_that_was_cut_off_is_found(ten: None) -> None:
    Entry.objects.filter(sequence__gt=7).delete()
    assert broken() == Break(8, "tail")


def test_a_tail_that_was_cut_off_together_with_the_head_shows_against_the_seal(ten: None) -> None:
    services.seal(day=dt.date(2026, 11, 20))
    Entry.objects.filter(sequence__gt=7).delete()
    Head.objects.update(sequence=7, digest=Entry.objects.get(sequence=7).digest)
    assert broken() == Break(10, "seal")


def test_a_head_that_was_turned_back_is_found(ten: None) -> None:
    Head.objects.update(sequence=7, digest=Entry.objects.get(sequence=7).digest)
    assert broken() == Break(10, "head")


def test_a_table_that_was_rewritten_as_a_whole_shows_against_the_seal(ten: None) -> None:
    services.seal(day=dt.date(2026, 11, 20))
    entry = Entry.objects.get(sequence=4)
    Entry.objects.filter(sequence=4).update(text=entry.text.replace("mira", "otto"), actor="otto")
    chain_again(after=3)
    assert broken() == Break(10, "seal")


def test_a_day_is_sealed_once_and_its_seal_leaves_the_machine(db: None, settings: object, mailoutbox: list) -> None:
    settings.GATEHOUSE_SEAL_RECIPIENTS = ["safe@example.com"]  # type: ignore[attr-defined]
    write(3)
    first = services.seal(day=dt.date(2026, 11, 20))
    write(1)
    again = services.seal(day=dt.date(2026, 11, 20))
    assert first == again
    assert Seal.objects.count() == 1
    assert len(mailoutbox) == 1
    assert first is not None
    assert first.digest in mailoutbox[0].body
    assert first.sent_to == "safe@example.com"


def test_a_seal_that_could_not_be_sent_does_not_say_it_was(db: None, settings: object) -> None:
    settings.GATEHOUSE_SEAL_RECIPIENTS = ["safe@example.com"]  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    write(3)
    sealed = services.seal(day=dt.date(2026, 11, 20))
    assert sealed is not None
    assert (sealed.sequence, sealed.sent_to) == (3, "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'otto' WHERE sequence = 1",
        "DELETE FROM audit_entry WHERE sequence = 1",
        "TRUNCATE audit_entry",
        "UPDATE audit_seal SET digest = ''",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ],
)
def test_the_database_refuses_to_change_evidence_even_to_its_owner(db: None, statement: str) -> None:
    write(1)
    services.seal(day=dt.date(2026, 11, 20))
    with (
        connection.cursor() as cursor,
        pytest.raises((InternalError, ProgrammingError), match="append-only"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


def test_eight_writers_leave_one_chain_without_gaps(transactional_db: None) -> None:
    def work(name: str) -> None:
        try:
            for _number in range(25):
                with transaction.atomic():
                    record("case.comment", f"case:{name}", by=name)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(work, [f"writer-{number}" for number in range(8)]))
    assert list(Entry.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 201))
    assert verify().whole


def test_an_action_that_fails_leaves_no_entry_and_no_gap(cast: Cast) -> None:
    write(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        record("case.approve", "case:GH-2026-00001", by="rhea")
        raise RuntimeError
    write(1)
    assert queries.head().sequence == 2
    assert verify().whole


def emptied() -> None:
    Entry.objects.all().delete()
    Head.objects.all().delete()


def test_a_chain_that_was_never_begun_is_whole(db: None) -> None:
    get_user_model().objects.create_superuser("root")
    services.check()
    assert verify().whole


def test_a_chain_that_was_emptied_with_its_head_shows_against_the_seal(ten: None) -> None:
    services.seal(day=dt.date(2026, 11, 20))
    emptied()
    assert broken() == Break(1, "emptied")


def test_a_chain_that_was_emptied_shows_against_the_last_walk_and_keeps_showing(ten: None) -> None:
    services.check()
    emptied()
    assert services.check().broken == Break(1, "emptied")
    assert services.check().broken == Break(1, "emptied")
    assert LastCheck.objects.get().reason == "emptied"


def test_a_chain_that_was_emptied_shows_by_the_people_who_were_entered(cast: Cast) -> None:
    assert broken() == Break(1, "emptied")
    write(1)
    assert verify().whole


@pytest.mark.parametrize("number", [0, -3])
def test_an_entry_before_the_first_is_found_and_the_database_refuses_it(ten: None, number: int) -> None:
    copy = Entry.objects.get(sequence=4)
    copy.sequence = number
    with pytest.raises(IntegrityError, match="entries_count_from_one"), transaction.atomic():
        copy.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DROP CONSTRAINT entries_count_from_one")
    copy.save(force_insert=True)
    assert broken() == Break(number, "forged")


def test_an_entry_moved_to_the_end_of_time_is_named(ten: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET at = 'infinity' WHERE sequence = 4")
    assert broken() == Break(4, "columns")
    Entry.objects.filter(sequence=6).update(text="nothing to see here")
    assert broken() == Break(4, "columns")
