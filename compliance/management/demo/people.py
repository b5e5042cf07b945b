"""The people of the demo and their business units."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.roles import Role

UNITS = (
    ("emea", "Sales EMEA", "欧洲、中东和非洲销售部"),
    ("apac", "Sales Asia-Pacific", "亚太销售部"),
    ("cloud", "Cloud services", "云服务部"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in to the demo. The first unit is where new cases go."""

    username: str
    name: str
    role: Role
    units: tuple[str, ...]
    language: str = "en"


PEOPLE = (
    Person("mira", "Mira Lindqvist", Role.ANALYST, ("emea", "apac")),
    Person("chen", "周晨", Role.ANALYST, ("apac", "cloud"), "zh-hans"),
    Person("otto", "Otto Brandt", Role.OFFICER, ("emea", "apac", "cloud")),
    Person("lena", "Lena Okafor", Role.OFFICER, ("emea", "apac", "cloud")),
    Person("rhea", "Rhea Castellanos", Role.REVIEWER, ("emea", "apac", "cloud")),
    Person("sam", "Sam Ishikawa", Role.REVIEWER, ("emea", "apac", "cloud")),
    Person("ada", "Ada Mensah", Role.AUDITOR, ()),
    Person("adam", "Adam Petrov", Role.ADMINISTRATOR, ()),
    Person("carl", "Carl Novak", Role.ANALYST, ("cloud",)),
)
