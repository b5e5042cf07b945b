"""Every page and every button, tried by every role: what answers whom is written down in access.yaml.

A row holds one status per kind of person, in the order of ``WHO``, for reading (``get``) and for sending an empty form
(``post``). A new address without a row fails, and the failure prints the row as the product answers now: read it, and
paste it if it is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from compliance.models import Case, Document
from tests.build import a_complete_case, a_party, an_item
from tests.cast import Cast

pytestmark = pytest.mark.django_db

WHO = ("nobody", "analyst", "officer", "reviewer", "auditor", "administrator", "stranger")
TABLE: dict[str, dict[str, list[int]]] = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text("utf-8"))

# Pages of libraries, which their own projects test; the API answers tokens and is tried in tests/api.
NOT_OURS = ("account_", "mfa_", "socialaccount", "styleguide", "api:", "knox", "usersessions")


def addresses(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return every named address of the product with the names of its parts."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from addresses(each, inner)
        elif isinstance(each, URLPattern) and each.name:
            given = set(each.default_args or {})
            yield f"{space}{each.name}", tuple(n for n in each.pattern.converters if n not in given)


OURS = sorted({name for name, _parts in addresses() if not name.startswith(NOT_OURS)})
PARTS = dict(addresses())


def parts_of(name: str, cast: Cast, case: Case) -> dict[str, Any]:
    """Return parts that lead to a row of the unit `compute` where there is one."""
    place = case.parties.select_related("party").get()
    line = case.lines.select_related("item").get()
    ref = case.ref
    if name.startswith(("compliance:party", "compliance:ownership")):
        ref = place.party.ref
    elif name.startswith("compliance:item"):
        ref = line.item.ref
    document = Document.objects.create(
        case=case,
        party=place.party,
        kind="other",
        name="a.txt",
        media_type="text/plain",
        size=1,
        sha256="0" * 64,
        stored_as="documents/none",
        uploaded_by=cast.mira,
    )
    known = {
        "ref": ref,
        "pk": document.pk,
        "document_id": document.pk,
        "line_id": line.pk,
        "place_id": place.pk,
        "username": "mira",
        "match_id": 1,
        "share_id": 1,
        "slug": "cases",
        "name": "country_chart",
        "code": "x",
        "key": "item.tpp" if "item" in name else "party.country",
    }
    if name == "compliance:provision":
        known["key"] = "part_758.aes_codes"
    return {part: known.get(part, 1) for part in PARTS[name]}


def asked(name: str, cast: Cast, case: Case) -> dict[str, list[int]]:
    """Return how the address answers everybody, each in a transaction that is taken back."""
    people = (AnonymousUser(), cast.mira, cast.otto, cast.rhea, cast.ada, cast.adam, cast.carl)
    url = reverse(name, kwargs=parts_of(name, cast, case))
    answers: dict[str, list[int]] = {"get": [], "post": []}
    for method, codes in answers.items():
        for person in people:
            client = Client(raise_request_exception=False)
            with transaction.atomic():
                if person.is_authenticated:
                    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
                codes.append(getattr(client, method)(url).status_code)
                transaction.set_rollback(True)
    return answers


@pytest.mark.parametrize("name", OURS)
def test_every_address_answers_every_role_as_written_down(name: str, cast: Cast) -> None:
    item = an_item(by=cast.mira)
    case = a_complete_case(by=cast.mira, party=a_party(by=cast.mira), item=item)
    found = asked(name, cast, case)
    assert name in TABLE, f"access.yaml has no row for it; it answers now\n{name}: {found}"
    assert found == TABLE[name], f"{name} answers {WHO} otherwise than written down"


def test_no_row_is_left_of_an_address_that_is_gone() -> None:
    assert sorted(set(TABLE) - set(OURS)) == []


def test_no_address_answers_anybody_with_a_fault() -> None:
    faults = {name for name, row in TABLE.items() for codes in row.values() for code in codes if code >= 500}
    assert faults - {"compliance:readyz"} == set()


# A person's own settings, tokens and notices; and reading that is itself written into the log.
OWN = {"compliance:settings", "compliance:tokens", "notifications:preferences", "notifications:read", "set_language"}
RECORDED_READING = {"audit:check", "audit:export"}


def test_an_auditor_changes_nothing_but_her_own_settings() -> None:
    auditor = WHO.index("auditor")
    may = {name for name, row in TABLE.items() if row["post"][auditor] in {200, 302, 303, 400, 409, 422}}
    assert may <= OWN | RECORDED_READING


def test_nobody_unknown_reads_anything_but_health_and_language() -> None:
    open_to_all = {name for name, row in TABLE.items() if row["get"][0] == 200}
    assert open_to_all == {"compliance:healthz", "compliance:readyz"}
