"""Letters leave once, in the language of the person, and never with what she may not see."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from audit.services import record
from compliance.models import Case
from notifications import letters as wording
from notifications import services
from notifications.channels import email
from notifications.models import Channel, Notice
from tests.build import a_submitted_case
from tests.cast import Cast

State = Notice.State


@pytest.fixture
def case(cast: Cast, letters: Any) -> Case:
    """A case handed in, of which Otto and Lena are to hear."""
    case = a_submitted_case(by=cast.mira)
    services.read_new_entries()
    return case


def states() -> list[str]:
    return list(Notice.objects.filter(channel=Channel.EMAIL).order_by("pk").values_list("state", flat=True))


class Unwilling:
    """A mail server that answers as it is told."""

    def __init__(self, *answers: Exception | None, ready: Exception | None = None) -> None:
        self.answers = list(answers)
        self.ready = ready
        self.got: list[str] = []

    def get_ready(self) -> None:
        if self.ready:
            raise self.ready

    def hand_over(self, name: str, letter: EmailMessage) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        self.got.append(name)

    def has_left(self, name: str) -> bool | None:
        return None

    def go(self) -> None:
        return


def test_each_person_gets_one_letter_in_her_language(cast: Cast, case: Case, letters: Any) -> None:
    assert services.deliver_waiting()["sent"] == 2
    assert services.deliver_waiting()["sent"] == 0
    [to_otto], [to_lena] = letters.to(cast.otto), letters.to(cast.lena)
    assert to_otto["Subject"] == f"[Gatehouse] {case.ref}: Mira Lindqvist submitted the case: it is ready for review"
    assert to_lena["Content-Language"] == "zh-hans"
    assert f"/cases/{case.ref}/" in to_otto.get_content()
    assert case.title in to_otto.get_content()


def test_a_letter_keeps_its_message_id_and_belongs_to_the_thread_of_its_case(case: Case) -> None:
    notice = Notice.objects.filter(channel=Channel.EMAIL).first()
    assert notice is not None
    first, again = wording.letter(notice), wording.letter(notice)
    assert first is not None
    assert again is not None
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.extra_headers["References"].startswith(f"<about-{case.ref}.")


def test_a_person_who_may_not_see_the_case_any_more_gets_no_letter(cast: Cast, case: Case, letters: Any) -> None:
    cast.otto.units.set([cast.optics])
    services.deliver_waiting()
    assert letters.to(cast.otto) == []
    assert sorted(states()) == ["given_up", "sent"]


def test_a_title_cannot_smuggle_a_header(cast: Cast, case: Case, letters: Any) -> None:
    with transaction.atomic():
        record("case.file", case.subject, by="otto", application="X\r\nBcc: evil@example.com")
    services.choose(cast.mira, wanted={("note", "email"): True})
    services.read_new_entries()
    services.deliver_waiting()
    [letter] = letters.to(cast.mira)
    assert letter["Bcc"] is None
    assert "X Bcc: evil@example.com" in letter["Subject"]


def test_killed_after_the_claim_the_letter_leaves_with_the_next_run(case: Case, letters: Any) -> None:
    services._claim()
    assert states() == [State.CLAIMED, State.WAITING]
    services.deliver_waiting()
    assert states() == [State.SENT, State.SENT]
    assert len(letters.all()) == 2


@pytest.mark.parametrize("written", [False, True])
def test_killed_while_handing_over_a_folder_knows_what_left(case: Case, letters: Any, written: bool) -> None:
    notice = services._claim()
    assert notice is not None
    services._settle(notice, State.HANDED_OVER)
    if written:
        letter = wording.letter(notice)
        assert letter is not None
        email.Folder(letters.folder).get_ready()
        email.Folder(letters.folder).hand_over(wording.name_of(notice), letter)
    services.deliver_waiting()
    assert states() == [State.SENT, State.SENT]
    assert len(letters.all()) == 2


def test_handing_the_same_letter_to_a_folder_twice_leaves_one(case: Case, letters: Any) -> None:
    notice = Notice.objects.filter(channel=Channel.EMAIL).first()
    assert notice is not None
    folder, letter = email.Folder(letters.folder), wording.letter(notice)
    assert letter is not None
    folder.get_ready()
    for _time in range(2):
        folder.hand_over(wording.name_of(notice), letter)
    assert [path.name for path in letters.folder.iterdir()] == [f"{wording.name_of(notice)}.eml"]


def test_killed_while_handing_over_to_a_server_the_letter_is_not_sent_again_but_shown(
    cast: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    Notice.objects.filter(channel=Channel.INBOX).delete()
    notice = services._claim()
    assert notice is not None
    services._settle(notice, State.HANDED_OVER)
    server = Unwilling()
    monkeypatch.setattr(email, "postman", lambda: server)
    services.deliver_waiting()
    assert wording.name_of(notice) not in server.got
    assert len(server.got) == 1
    assert states() == [State.UNCONFIRMED, State.SENT]
    assert list(Notice.objects.filter(channel=Channel.INBOX).values_list("recipient_id", flat=True)) == [
        notice.recipient_id
    ]


def test_a_run_that_lost_its_claim_sends_nothing(case: Case, letters: Any) -> None:
    mine = services._claim()
    assert mine is not None
    services._take_up(email.postman())
    assert services._deliver(mine, email.postman()) == "later"
    assert letters.all() == []
    services.deliver_waiting()
    assert len(letters.all()) == 2


def test_a_server_that_is_away_is_tried_again_later_and_in_the_end_given_up(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "postman", lambda: Unwilling(ready=email.NotSent("connection refused")))
    assert services.deliver_waiting()["later"] == 2
    assert services.deliver_waiting() == {"sent": 0, "later": 0, "given_up": 0, "unconfirmed": 0}
    for _try in services.PATIENCE:
        Notice.objects.update(next_try_at=timezone.now() - dt.timedelta(minutes=1))
        services.deliver_waiting()
    assert states() == [State.GIVEN_UP, State.GIVEN_UP]


def test_a_server_that_says_no_for_good_is_not_asked_again(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Unwilling(email.NotSent("550 no such person", final=True))
    monkeypatch.setattr(email, "postman", lambda: server)
    assert services.deliver_waiting() == {"sent": 1, "later": 0, "given_up": 1, "unconfirmed": 0}


@pytest.mark.parametrize(
    ("error", "kind", "final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"unknown")}), email.NotSent, True),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"busy")}), email.NotSent, False),
        (smtplib.SMTPDataError(554, b"no"), email.NotSent, True),
        (smtplib.SMTPDataError(451, b"later"), email.NotSent, False),
        (smtplib.SMTPServerDisconnected("gone"), email.PerhapsSent, None),
        (TimeoutError("slow"), email.PerhapsSent, None),
    ],
)
def test_what_a_server_answers_decides_whether_the_letter_may_have_left(
    settings: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[Exception], final: bool | None
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    server = email.Server()

    def answer(messages: list[EmailMessage]) -> int:
        raise error

    monkeypatch.setattr(server.backend, "send_messages", answer)
    with pytest.raises(kind) as told:
        server.hand_over("notice-1", EmailMessage())
    assert getattr(told.value, "final", None) is final


def test_two_runs_at_once_send_each_letter_once(
    transactional_db: None, letters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from compliance.services import intake
    from tests.cast import enter_cast

    people = enter_cast()
    case = a_submitted_case(by=people.mira)
    services.choose(people.mira, wanted={("note", "email"): True})
    for _number in range(20):
        intake.comment(case.ref, by=people.otto, text="Have a look.")
    services.read_new_entries()

    def deliver(_number: int) -> int:
        try:
            return services.deliver_waiting()["sent"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as runs:
        list(runs.map(deliver, range(4)))
    services.deliver_waiting()
    assert len(letters.all()) == 22
    assert set(states()) == {"sent"}
