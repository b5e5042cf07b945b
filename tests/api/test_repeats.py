"""Sending a request twice, in every way a network makes one."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from compliance.models import AnsweredRequest, Item
from tests.api.conftest import Program
from tests.cast import Cast

ITEM = {"kind": "chip", "vendor": "NVIDIA", "model": "H20"}


def test_the_same_key_gives_the_first_answer_and_changes_nothing(cast: Cast, program: Callable[..., Program]) -> None:
    mira = program(cast.mira)
    first = mira.post("items", ITEM, **{"Idempotency-Key": "order-17"})
    again = mira.post("items", ITEM, **{"Idempotency-Key": "order-17"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Item.objects.count() == 1


def test_the_same_key_for_another_request_is_refused(cast: Cast, program: Callable[..., Program]) -> None:
    mira = program(cast.mira)
    mira.post("items", ITEM, **{"Idempotency-Key": "order-17"})
    answer = mira.post("items", ITEM | {"model": "H100"}, **{"Idempotency-Key": "order-17"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "key_reused"
    assert Item.objects.count() == 1


def test_the_keys_of_two_people_are_two_keys(cast: Cast, program: Callable[..., Program]) -> None:
    program(cast.mira).post("items", ITEM, **{"Idempotency-Key": "order-17"})
    answer = program(cast.otto).post("items", ITEM | {"model": "H100"}, **{"Idempotency-Key": "order-17"})
    assert answer.status_code == 201
    assert Item.objects.count() == 2


def test_what_was_refused_may_be_mended_under_the_same_key(cast: Cast, program: Callable[..., Program]) -> None:
    mira = program(cast.mira)
    assert mira.post("items", ITEM | {"eccn": "?"}, **{"Idempotency-Key": "order-17"}).status_code == 400
    assert not AnsweredRequest.objects.exists()
    assert mira.post("items", ITEM, **{"Idempotency-Key": "order-17"}).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "schlüssel", "x" * 101])
def test_a_key_that_is_none_is_refused(cast: Cast, program: Callable[..., Program], key: str) -> None:
    answer = program(cast.mira).post("items", ITEM, **{"Idempotency-Key": key})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert not Item.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_make_one(cast: Cast, program: Callable[..., Program]) -> None:
    mira = program(cast.mira)
    answers = []

    def send() -> None:
        try:
            answers.append(mira.post("items", ITEM, **{"Idempotency-Key": "order-17"}))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Item.objects.count() == 1
