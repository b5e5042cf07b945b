"""Accounts: roles from one table, units, leaving, and what an administrator cannot do to herself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from audit.queries import entries_about
from compliance.models import Unit, User
from compliance.roles import PERMISSIONS, Role
from compliance.services import people
from compliance.services.refusals import BadInput, NotYours
from tests.cast import enter_cast


@pytest.fixture
def adam(cast: Any, signed_in: Any) -> Any:
    return signed_in(cast.adam)


def given(**more: Any) -> dict[str, Any]:
    return {
        "username": "nina.okoye",
        "full_name": "Nina Okoye",
        "email": "nina@example.com",
        "language": "en",
        "roles": ["intake analyst"],
        "units": ["compute"],
        **more,
    }


def test_roles_are_written_as_the_table_says_and_a_stray_permission_goes(db: None) -> None:
    people.sync_roles()
    analyst = Group.objects.get(name="intake analyst")
    held = {f"{app}.{code}" for app, code in analyst.permissions.values_list("content_type__app_label", "codename")}
    assert held == set(PERMISSIONS[Role.ANALYST])
    analyst.permissions.add(people._permission("compliance.approve_case"))
    assert people.sync_roles() == {"intake analyst": ["-compliance.approve_case"]}
    assert people.sync_roles() == {}


def test_a_person_is_let_in_and_can_sign_in_with_the_first_password(adam: Any) -> None:
    page = adam.post("/settings/new-person/", given())
    person = User.objects.get(username="nina.okoye")
    assert page.status_code == 200
    assert person.check_password(page.context["first"])
    assert (person.unit.code, [group.name for group in person.groups.all()]) == ("compute", ["intake analyst"])
    assert Client().login(username="nina.okoye", password=page.context["first"])
    assert page.context["first"] not in str(entries_about("person:nina.okoye").last().text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "Nina Okoye"),
        ("username", "x" * 200),
        ("username", "новая"),
        ("full_name", ""),
        ("full_name", "a\x00b"),
        ("email", "not an address"),
        ("language", "tlh"),
        ("roles", []),
        ("roles", ["emperor"]),
        ("units", []),
        ("units", ["atlantis"]),
    ],
)
def test_what_cannot_be_used_is_named_beside_its_field(adam: Any, field: str, value: Any) -> None:
    page = adam.post("/settings/new-person/", given(**{field: value}))
    assert 400 <= page.status_code < 500
    assert field in page.context["form"].errors
    assert not User.objects.filter(username="nina.okoye").exists()


def test_nobody_signs_in_under_the_name_of_another(adam: Any) -> None:
    page = adam.post("/settings/new-person/", given(username="MIRA"))
    assert page.context["form"].errors["username"] == ["Somebody already signs in as mira."]


def test_roles_and_units_are_changed_with_both_in_the_evidence(adam: Any, cast: Any) -> None:
    adam.post(
        "/settings/people/mira/",
        given(full_name="Mira L.", roles=["intake analyst", "compliance officer"], units=["optics"]),
    )
    payload = entries_about("person:mira").last().payload
    assert (payload["was"]["units"], payload["now"]["units"]) == (["compute"], ["optics"])
    assert payload["now"]["roles"] == ["compliance officer", "intake analyst"]
    assert User.objects.get(username="mira").unit == cast.optics


def test_an_administrator_cannot_change_her_own_roles(adam: Any) -> None:
    page = adam.post("/settings/people/adam/", given(roles=["administrator", "reviewer"]))
    assert page.status_code == 409
    assert "Another administrator must change" in page.content.decode()
    assert [group.name for group in User.objects.get(username="adam").groups.all()] == ["administrator"]


def test_an_administrator_cannot_close_her_own_account(adam: Any) -> None:
    assert adam.post("/settings/people/adam/close/", {"reason": "leaving"}).status_code == 409
    assert User.objects.get(username="adam").is_active


def test_the_last_administrator_stays(cast: Any) -> None:
    with pytest.raises(people.LastAdministrator):
        people.close_account("adam", by=None, reason="leaving")


def test_who_leaves_is_signed_out_at_once_and_keeps_her_name(cast: Any, adam: Any) -> None:
    hers = Client()
    hers.force_login(cast.mira, backend="django.contrib.auth.backends.ModelBackend")
    assert hers.get("/parties/").status_code == 200
    assert adam.post("/settings/people/mira/close/", {"reason": ""}).status_code == 422
    assert adam.post("/settings/people/mira/close/", {"reason": "left the company"}).status_code == 303
    assert hers.get("/parties/").status_code == 302
    assert entries_about("person:mira").last().payload["reason"] == "left the company"
    adam.post("/settings/people/mira/close/", {"reason": "came back"})
    assert User.objects.get(username="mira").is_active


def test_a_new_first_password_ends_the_old_one(adam: Any, cast: Any) -> None:
    page = adam.post("/settings/people/mira/password/")
    assert User.objects.get(username="mira").check_password(page.context["first"])


@pytest.mark.parametrize("who", ["mira", "otto", "rhea", "ada"])
def test_only_administrators_manage_people(cast: Any, signed_in: Any, who: str) -> None:
    browser = signed_in(getattr(cast, who))
    for path in ("people/", "new-person/", "people/mira/"):
        assert browser.get(f"/settings/{path}").status_code == 403
    assert browser.post("/settings/people/mira/close/", {"reason": "x"}).status_code == 403
    with pytest.raises(NotYours):
        people.close_account("mira", by=getattr(cast, who), reason="x")


def test_somebody_who_is_not_there_is_not_found(adam: Any) -> None:
    assert adam.get("/settings/people/nobody/").status_code == 404


def test_a_unit_is_opened_once(adam: Any) -> None:
    unit = {"code": "data-center", "name_en": "Data center", "name_zh": "数据中心"}
    assert adam.post("/settings/units/new/", unit).status_code == 303
    again = adam.post("/settings/units/new/", unit)
    assert "code" in again.context["unit_form"].errors
    assert Unit.objects.filter(code="data-center").count() == 1


def test_the_command_lets_the_first_administrator_in_and_prints_the_password_once(db: None) -> None:
    out = StringIO()
    call_command("create_person", "root.admin", "--name", "Root Admin", "--role", "administrator", stdout=out)
    password = out.getvalue().split("First password: ")[1].strip()
    person = User.objects.get(username="root.admin")
    assert person.check_password(password)
    assert person.has_perm("compliance.manage_people")


def test_the_command_says_what_is_wrong_without_a_traceback(db: None) -> None:
    with pytest.raises(CommandError, match="units: There is no business unit nowhere"):
        call_command("create_person", "x.y", "--name", "X", "--role", "reviewer", "--unit", "nowhere")


def test_a_first_password_that_is_too_weak_is_refused(cast: Any) -> None:
    with pytest.raises(BadInput) as caught:
        people.add_person(
            by=None, username="weak.one", full_name="W", roles=["reviewer"], units=["compute"], password="12345"
        )
    assert caught.value.field == "password"


def test_two_administrators_cannot_shut_each_other_out(transactional_db: None) -> None:
    cast = enter_cast()
    people.change_person(
        "otto", by=None, full_name="Otto Brandt", email="", language="en", roles=["administrator"], units=["compute"]
    )

    def other() -> None:
        try:
            people.close_account("otto", by=None, reason="Left.")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as second:
        with transaction.atomic():
            people.close_account(cast.adam.username, by=None, reason="Left.")
            waiting = second.submit(other)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        with pytest.raises(people.LastAdministrator):
            waiting.result(timeout=10)
    assert User.objects.get(username="otto").is_active
