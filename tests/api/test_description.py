"""The description is sound, whole and true: what it says is what the door does."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.api import urls
from compliance.api.permissions import DenyAll
from compliance.models import User
from compliance.services.tokens import create_token
from tests import build
from tests.api.conftest import Program
from tests.api.described import Operation, check_answer, description, following, operations, spoilt
from tests.cast import Cast


@cache
def document() -> dict[str, Any]:
    return description()


OPERATIONS = list(operations(description()))


def address(operation: Operation, ref: str = "GH-2026-00001") -> str:
    return operation.path.removeprefix("/api/v1/").replace("{ref}", ref)


def test_the_description_is_sound_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_every_address_is_described() -> None:
    described = {operation.path.removeprefix("/api/v1/").replace("{ref}", "<str:ref>") for operation in OPERATIONS}
    real = {str(each.pattern) for each in urls.urlpatterns if each.name not in ("schema", "nowhere")}
    assert described == real


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_operation_says_how_it_says_no(operation: Operation) -> None:
    wanted = {"400", "401", "403", "404", "409"} | ({"413", "415"} if operation.body else set())
    assert wanted <= set(operation.answers)


def test_every_body_is_closed_to_fields_nobody_knows() -> None:
    bodies = {name: each for name, each in document()["components"]["schemas"].items() if name.endswith("Request")}
    assert len(bodies) >= 10
    assert all(each["additionalProperties"] is False for each in bodies.values())


def test_what_says_nothing_lets_nobody_in() -> None:
    from rest_framework.settings import api_settings

    assert [DenyAll] == api_settings.DEFAULT_PERMISSION_CLASSES
    assert DenyAll().has_permission(None, None) is False


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_no_operation_lets_in_a_stranger_or_somebody_without_a_role(operation: Operation, cast: Cast) -> None:
    nobody = User.objects.create_user("nobody", unit=cast.compute)
    nobody.units.set([cast.compute])
    _row, token = create_token(by=nobody, name="nothing")
    assert Program().ask(operation.method, address(operation), {}).status_code == 401
    assert Program(token).ask(operation.method, address(operation), {}).status_code == 403


def test_the_description_is_given_to_programs(cast: Cast, program: Callable[..., Program]) -> None:
    answer = program(cast.ada).get("schema")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")
    assert answer.json()["info"]["title"] == "Gatehouse"


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_whatever_is_sent_the_answer_is_described_and_no_fault_of_ours(
    operation: Operation, cast: Cast, lists: None
) -> None:
    _row, token = create_token(by=cast.otto, name="fuzz")
    program = Program(token)
    item, party = build.an_item(by=cast.otto), build.a_party(by=cast.otto)
    case = build.a_complete_case(by=cast.otto, item=item, party=party)
    other = build.a_party(by=cast.carl)
    refs = [case.ref, party.ref, item.ref, other.ref, build.a_party(by=cast.otto).ref, "GH-2026-99999"]
    own = {"cases": case.ref, "parties": party.ref, "items": item.ref}.get(operation.path.split("/")[3], "")
    body = st.none() if operation.body is None else spoilt(following(document(), operation.body, refs))
    texts = st.text(max_size=20)
    query = st.fixed_dictionaries(
        {}, optional={name: following(document(), each, refs).map(str) | texts for name, each in operation.query}
    )

    @settings(max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(body=body, query=query, ref=st.sampled_from([own, own, own, *refs]) | st.text(min_size=1, max_size=12))
    def knock(body: Any, query: dict[str, str], ref: str) -> None:
        from urllib.parse import quote, urlencode

        where = address(operation, quote(ref, safe="", errors="replace"))
        if query:
            where += "?" + urlencode(query, errors="replace")
        point = transaction.savepoint()
        answer = program.ask(operation.method, where, raw=b"" if body is None else json.dumps(body).encode())
        transaction.savepoint_rollback(point)
        assert str(answer.status_code) in operation.answers, (answer.status_code, answer.content[:300])
        check_answer(document(), operation.answers[str(answer.status_code)], answer.json())

    knock()
