"""Who hears of what, and that everybody hears exactly once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.services import record
from compliance.models import Case, User
from compliance.services import intake
from notifications import services
from notifications.models import Channel, Cursor, Notice
from tests.build import a_case, a_submitted_case
from tests.cast import Cast, enter_cast


def heard(action: str) -> set[str]:
    from audit.models import Entry

    entries = Entry.objects.filter(action=action).values_list("sequence", flat=True)
    rows = Notice.objects.filter(entry__in=list(entries), channel=Channel.INBOX)
    return set(rows.values_list("recipient__username", flat=True))


def write(action: str, case: Case, *, by: str, **payload: Any) -> None:
    with transaction.atomic():
        record(action, case.subject, by=by, **payload)


def test_the_officers_of_the_unit_hear_of_a_case_handed_in(cast: Cast) -> None:
    a_submitted_case(by=cast.mira)
    services.read_new_entries()
    assert heard("case.submit") == {"otto", "lena"}
    assert heard("case.open") == set()


def test_whoever_did_it_does_not_hear_of_it_herself(cast: Cast) -> None:
    case = a_submitted_case(by=cast.mira)
    write("case.hold", case, by="mira", reason="wait")
    write("case.resume", case, by="otto", reason="go on")
    services.read_new_entries()
    assert heard("case.hold") == set()
    assert heard("case.resume") == {"mira"}


def test_a_proposal_waits_for_the_reviewers_and_a_first_approval_for_the_other_one(cast: Cast) -> None:
    case = a_submitted_case(by=cast.mira)
    write("case.propose", case, by="otto")
    write("case.countersign", case, by="rhea", proposed_by="otto")
    services.read_new_entries()
    assert heard("case.propose") == {"rhea", "sam"}
    assert heard("case.countersign") == {"sam"}


def test_nobody_of_another_unit_hears_of_a_case(cast: Cast) -> None:
    case = a_submitted_case(by=cast.mira)
    Case.objects.filter(pk=case.pk).update(assigned_to=cast.carl)
    write("case.reopen", case, by="system", because="lists")
    services.read_new_entries()
    assert not Notice.objects.filter(recipient=cast.carl).exists()


def test_a_legal_deadline_reaches_its_owner_and_when_overdue_the_officers_too(cast: Cast) -> None:
    case = a_submitted_case(by=cast.mira)
    write("clock.warn", case, by="system", owner="mira", kind="nac", due_on="2026-12-01")
    write("clock.overdue", case, by="system", owner="mira", kind="nac", due_on="2026-12-01")
    services.read_new_entries()
    assert heard("clock.warn") == {"mira"}
    assert heard("clock.overdue") == {"mira", "otto", "lena"}


def test_a_legal_deadline_whose_owner_has_left_reaches_the_officers(cast: Cast) -> None:
    case = a_submitted_case(by=cast.mira)
    User.objects.filter(username="mira").update(is_active=False)
    write("clock.warn", case, by="system", owner="mira", kind="nac", due_on="2026-12-01")
    services.read_new_entries()
    assert heard("clock.warn") == {"otto", "lena"}


def test_an_account_whose_password_was_changed_is_told(cast: Cast) -> None:
    with transaction.atomic():
        record("person.new_password", "person:rhea", by="adam")
    services.read_new_entries()
    assert heard("person.new_password") == {"rhea"}


def test_an_entry_is_read_once(cast: Cast) -> None:
    a_submitted_case(by=cast.mira)
    assert services.read_new_entries() == 4  # two officers, by inbox and e-mail
    assert services.read_new_entries() == 0
    assert Notice.objects.count() == 4


def test_a_chain_longer_than_one_piece_is_read_to_its_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PIECE", 3)
    case = a_case(by=cast.mira)
    for _number in range(10):
        write("case.hold", case, by="otto")
    services.read_new_entries()
    assert Notice.objects.filter(recipient=cast.mira).count() == 10


def test_the_database_refuses_a_second_notice_of_the_same_entry_person_and_channel(cast: Cast) -> None:
    Notice.objects.create(entry=1, recipient=cast.mira, channel="inbox", urgency="soon")
    with pytest.raises(IntegrityError, match="one_notice_per_entry_and_channel"), transaction.atomic():
        Notice.objects.create(entry=1, recipient=cast.mira, channel="inbox", urgency="soon")


def test_a_reader_that_dies_before_its_end_has_read_nothing(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = enter_cast()
    a_submitted_case(by=cast.mira)

    def die(notices: list[Notice]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("notifications.channels.inbox.arrived", die)
        services.read_new_entries()
    assert Cursor.objects.filter(sequence__gt=0).count() == 0
    assert services.read_new_entries() == 4


def test_two_readers_at_once_tell_everybody_once(transactional_db: None) -> None:
    cast = enter_cast()
    case = a_submitted_case(by=cast.mira)
    for _number in range(20):
        intake.comment(case.ref, by=cast.otto, text="Have a look.")

    def read(_number: int) -> int:
        try:
            return services.read_new_entries()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as readers:
        assert sum(readers.map(read, range(4))) == 24
    assert Notice.objects.filter(channel=Channel.INBOX).count() == 22
    assert Notice.objects.filter(channel=Channel.EMAIL).count() == 2


def test_a_choice_is_kept_and_legal_deadlines_stay_in_the_inbox(cast: Cast, letters: Any) -> None:
    off = {(urgency, channel): False for urgency in ("legal", "soon", "note") for channel in ("inbox", "email")}
    services.choose(cast.otto, wanted=off)
    case = a_submitted_case(by=cast.mira)
    write("clock.overdue", case, by="system", owner="otto", kind="nac", due_on="2026-12-01")
    services.read_new_entries()
    assert [(row.urgency, row.channel) for row in Notice.objects.filter(recipient=cast.otto)] == [("legal", "inbox")]


def test_where_no_mail_is_set_up_no_letter_is_kept_for_later(cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    a_submitted_case(by=cast.mira)
    services.read_new_entries()
    assert not Notice.objects.filter(channel=Channel.EMAIL).exists()
