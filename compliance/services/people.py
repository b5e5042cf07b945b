"""People who sign in: their roles, their business units, and when they leave. Every change is evidence."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.models import Unit, User
from compliance.roles import PERMISSIONS, Role

from . import words
from .act import SYSTEM, role_of
from .refusals import BadInput, NotYours, Refusal

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}\Z")
UNIT_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}\Z")
MANAGE = "compliance.manage_people"


class OwnAccount(Refusal):
    """Nobody changes her own rights: a second administrator must."""

    code = "own_account"
    sentence = _("This is your own account. Another administrator must change its roles and units, or close it.")


class LastAdministrator(Refusal):
    """Somebody must be left who can let others in."""

    code = "last_administrator"
    sentence = _("%(name)s is the only administrator left. Name another administrator first.")


def anybody() -> bool:
    """Return whether anybody can sign in yet."""
    return User.objects.exists()


def sync_roles() -> dict[str, list[str]]:
    """Write the roles of :data:`compliance.roles.PERMISSIONS` into groups. Returns what each group was given or lost.

    Permissions of apps that are not installed yet are an error: ``LookupError`` names them.
    """
    changed: dict[str, list[str]] = {}
    with transaction.atomic():
        for role, names in PERMISSIONS.items():
            wanted = {name: _permission(name) for name in names}
            group, _new = Group.objects.get_or_create(name=role.value)
            held = {
                f"{app}.{code}" for app, code in group.permissions.values_list("content_type__app_label", "codename")
            }
            if held != set(wanted):
                group.permissions.set(wanted.values())
                more = [f"+{name}" for name in sorted(set(wanted) - held)]
                changed[role.value] = more + [f"-{name}" for name in sorted(held - set(wanted))]
        if changed:
            record("roles.sync", "roles", by=SYSTEM, changed=changed)
    return changed


def _permission(name: str) -> Permission:
    app, _dot, codename = name.partition(".")
    found = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
    if found is None:
        raise LookupError(f"There is no permission {name}: run the migrations first.")
    return found


def add_unit(*, by: User | None, code: str, name_en: str, name_zh: str = "") -> Unit:
    """Open a business unit. ``by`` of ``None`` is the operator at the command line."""
    _may(by)
    short = words.text("code", code, limit=32, required=True).lower()
    if not UNIT_CODE.match(short):
        raise BadInput("code", _("Use small Latin letters, digits and hyphens, such as data-center."))
    shown = words.text("name_en", name_en, limit=120, required=True)
    chinese = words.text("name_zh", name_zh, limit=120)
    with transaction.atomic():
        unit, new = Unit.objects.get_or_create(code=short, defaults={"name_en": shown, "name_zh": chinese})
        if not new:
            raise BadInput("code", _("There is already a business unit with the code %(code)s."), code=short)
        record("unit.add", f"unit:{short}", by=_name(by), role=role_of(by), name_en=shown, name_zh=chinese)
    return unit


def add_person(
    *,
    by: User | None,
    username: str,
    full_name: str,
    roles: Iterable[str],
    units: Iterable[str],
    email: str = "",
    language: str = "en",
    password: str = "",
) -> tuple[User, str]:
    """Let somebody in. Returns the person and the first password: the one given, or one made here and kept nowhere.

    ``units`` are codes, the first of which is where new cases go. Raises :class:`~.refusals.BadInput`.
    """
    _may(by)
    short = words.text("username", username, limit=64, required=True).lower()
    if not USERNAME.match(short):
        raise BadInput(
            "username", _("Use 2 to 64 small Latin letters, digits, dots or hyphens, such as mira.lindqvist.")
        )
    shown = words.text("full_name", full_name, limit=150, required=True)
    if language not in dict(settings.LANGUAGES):
        raise BadInput("language", _("Choose one of the languages offered."))
    address = _email(email)
    groups, places = _groups(roles), _units(units)
    if not places and not _sees_all(groups):
        raise BadInput("units", _("Choose at least one business unit: without one this role sees nothing."))
    person = User(
        username=short, first_name=shown, email=address, language=language, unit=places[0] if places else None
    )
    first = password or secrets.token_urlsafe(12)
    _check_password(first, person)
    person.set_password(first)
    with transaction.atomic():
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError as error:
            raise BadInput("username", _("Somebody already signs in as %(name)s."), name=short) from error
        person.groups.set(groups)
        person.units.set(places)
        record("person.add", f"person:{short}", by=_name(by), role=role_of(by), **_standing(person), name=shown)
    return person, first


def change_person(
    username: str,
    *,
    by: User | None,
    full_name: str,
    email: str,
    language: str,
    roles: Iterable[str],
    units: Iterable[str],
) -> User:
    """Change a person's name, roles and units; the entry holds both before and after. Nobody changes her own rights."""
    _may(by)
    shown = words.text("full_name", full_name, limit=150, required=True)
    if language not in dict(settings.LANGUAGES):
        raise BadInput("language", _("Choose one of the languages offered."))
    address = _email(email)
    groups, places = _groups(roles), _units(units)
    if not places and not _sees_all(groups):
        raise BadInput("units", _("Choose at least one business unit: without one this role sees nothing."))
    with transaction.atomic():
        _one_at_a_time()
        person = User.objects.select_for_update().get(username=username)
        before = {"name": person.name, **_standing(person)}
        rights = {group.name for group in groups} != set(before["roles"]) or (
            {unit.code for unit in places} != set(before["units"])
        )
        if rights:
            _not_own(person, by)
            if Role.ADMINISTRATOR not in {group.name for group in groups}:
                _not_last(person)
        person.first_name, person.last_name, person.email, person.language = shown, "", address, language
        if person.unit not in places:
            person.unit = places[0] if places else None
        person.save()
        person.groups.set(groups)
        person.units.set(places)
        record(
            "person.change",
            f"person:{username}",
            by=_name(by),
            role=role_of(by),
            was=before,
            now={"name": shown, **_standing(person)},
        )
    return person


def close_account(username: str, *, by: User | None, reason: str) -> User:
    """Let somebody in no longer: signed out everywhere at once; what she did keeps her name."""
    _may(by)
    why = words.reason(reason)
    with transaction.atomic():
        _one_at_a_time()
        person = User.objects.select_for_update().get(username=username, is_active=True)
        _not_own(person, by)
        _not_last(person)
        person.is_active = False
        person.save(update_fields=["is_active"])
        record("person.close", f"person:{username}", by=_name(by), role=role_of(by), reason=why)
    sign_out_everywhere(person)
    return person


def reopen_account(username: str, *, by: User | None, reason: str) -> User:
    """Let somebody in again, with the roles and units she had."""
    _may(by)
    why = words.reason(reason)
    with transaction.atomic():
        person = User.objects.select_for_update().get(username=username, is_active=False)
        person.is_active = True
        person.save(update_fields=["is_active"])
        record("person.reopen", f"person:{username}", by=_name(by), role=role_of(by), reason=why)
    return person


def new_password(username: str, *, by: User | None) -> str:
    """Give a person who is locked out a new first password. Returns it; it is kept nowhere else."""
    _may(by)
    with transaction.atomic():
        person = User.objects.select_for_update().get(username=username, is_active=True)
        _not_own(person, by)
        first = secrets.token_urlsafe(12)
        person.set_password(first)
        person.save(update_fields=["password"])
        record("person.new_password", f"person:{username}", by=_name(by), role=role_of(by))
    sign_out_everywhere(person)
    return first


def sign_out_everywhere(person: User) -> None:
    """End every session of a person that has not run out yet."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()


def _may(by: User | None) -> None:
    if by is not None and not by.has_perm(MANAGE):
        raise NotYours()


def _not_own(person: User, by: User | None) -> None:
    if by is not None and by.pk == person.pk:
        raise OwnAccount()


def _one_at_a_time() -> None:
    """Let whoever takes rights away wait for another who does: two administrators could shut each other out."""
    Group.objects.select_for_update(no_key=True).filter(name=Role.ADMINISTRATOR).first()


def _not_last(person: User) -> None:
    administrators = User.objects.filter(is_active=True).filter(
        Q(groups__name=Role.ADMINISTRATOR) | Q(is_superuser=True)
    )
    if administrators.filter(pk=person.pk).exists() and not administrators.exclude(pk=person.pk).exists():
        raise LastAdministrator(name=person.name)


def _groups(roles: Iterable[str]) -> list[Group]:
    wanted = list(dict.fromkeys(str(role) for role in roles))
    if not wanted:
        raise BadInput("roles", _("Choose at least one role."))
    unknown = [role for role in wanted if role not in {known.value for known in Role}]
    if unknown:
        raise BadInput("roles", _("“%(given)s” is not a role."), given=unknown[0][:40])
    found = {group.name: group for group in Group.objects.filter(name__in=wanted)}
    if len(found) < len(wanted):
        raise BadInput("roles", _("The roles are not in the database yet: run manage.py sync_roles."))
    return [found[role] for role in wanted]


def _units(codes: Iterable[str]) -> list[Unit]:
    wanted = list(dict.fromkeys(str(code) for code in codes if code))
    found = {unit.code: unit for unit in Unit.objects.filter(code__in=wanted)}
    unknown = [code for code in wanted if code not in found]
    if unknown:
        raise BadInput("units", _("There is no business unit %(given)s."), given=unknown[0][:40])
    return [found[code] for code in wanted]


def _sees_all(groups: list[Group]) -> bool:
    return any("compliance.see_all_units" in PERMISSIONS[Role(group.name)] for group in groups)


def _email(raw: Any) -> str:
    address = words.text("email", raw, limit=254)
    if address:
        try:
            validate_email(address)
        except ValidationError as error:
            raise BadInput("email", _("“%(given)s” is not an e-mail address."), given=address[:60]) from error
    return address


def _check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadInput("password", "%(why)s", why=" ".join(error.messages)) from error


def _standing(person: User) -> dict[str, Any]:
    return {
        "email": person.email,
        "language": person.language,
        "roles": sorted(group.name for group in person.groups.all()),
        "units": sorted(unit.code for unit in person.units.all()),
    }


def _name(by: User | None) -> str:
    return by.username if by else SYSTEM
