"""The people of every story: who they are, what they may do, and whose cases they see.

Mira takes cases in, Otto and Lena are compliance officers, Rhea and Sam review, Ada audits, Adam administers; all of
them work for the unit `compute`. Carl is an analyst of `optics` and may see nothing of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from compliance.models import Unit, User
from compliance.roles import PERMISSIONS, Role

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and the two units."""

    mira: User
    otto: User
    lena: User
    rhea: User
    sam: User
    ada: User
    adam: User
    carl: User
    compute: Unit
    optics: Unit

    @property
    def everybody(self) -> tuple[User, ...]:
        return (self.mira, self.otto, self.lena, self.rhea, self.sam, self.ada, self.adam, self.carl)


# user name, full name, role, unit, language
PEOPLE = (
    ("mira", "Mira Lindqvist", Role.ANALYST, "compute", "en"),
    ("otto", "Otto Brandt", Role.OFFICER, "compute", "en"),
    ("lena", "李娜", Role.OFFICER, "compute", "zh-hans"),
    ("rhea", "Rhea Kapoor", Role.REVIEWER, "compute", "en"),
    ("sam", "Sam Okafor", Role.REVIEWER, "compute", "en"),
    ("ada", "Ada Moreau", Role.AUDITOR, "compute", "en"),
    ("adam", "Adam Nowak", Role.ADMINISTRATOR, "compute", "en"),
    ("carl", "Carl Hughes", Role.ANALYST, "optics", "en"),
)


def enter_cast() -> Cast:
    """Write roles, units and people straight into the tables: quick, and without a line of evidence."""
    groups = enter_roles()
    units = {
        "compute": Unit.objects.create(code="compute", name_en="Compute", name_zh="计算产品部"),
        "optics": Unit.objects.create(code="optics", name_en="Optics", name_zh="光学产品部"),
    }
    people = User.objects.bulk_create(
        User(
            username=username,
            first_name=name,
            email=f"{username}@example.com",
            language=language,
            unit=units[unit],
            password=_hashed(),
        )
        for username, name, _role, unit, language in PEOPLE
    )
    for person, (_username, _name, role, _unit, _language) in zip(people, PEOPLE, strict=True):
        person.groups.set([groups[role]])
        person.units.set([person.unit])
    return Cast(*people, **units)


def enter_roles() -> dict[Role, Group]:
    """Write the five roles and their permissions."""
    groups = {}
    for role, names in PERMISSIONS.items():
        wanted = Q(pk__in=[])
        for name in names:
            app, _dot, codename = name.partition(".")
            wanted |= Q(content_type__app_label=app, codename=codename)
        found = Permission.objects.filter(wanted)
        assert len(found) == len(names), f"{role} has a permission that does not exist"
        groups[role], _new = Group.objects.get_or_create(name=role.value)
        groups[role].permissions.set(found)
    return groups


@cache
def _hashed() -> str:
    return make_password(PASSWORD)
