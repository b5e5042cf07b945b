"""System checks: combinations that must not start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError, connection
from django.utils.module_loading import import_string


@register(Tags.security, deploy=True)
def cookies_and_demo(app_configs: Any, **kwargs: Any) -> list[Any]:
    """A deployment neither sends its cookies in the clear nor runs with demo people."""
    found: list[Any] = []
    if not settings.SECURE_COOKIES:
        found.append(Error("Cookies would travel unencrypted.", hint="Unset GATEHOUSE_SECURE_COOKIES.", id="gate.E001"))
    if settings.GATEHOUSE_DEMO:
        found.append(Error("Demo people could sign in.", hint="Unset GATEHOUSE_DEMO.", id="gate.E002"))
    if settings.BASE_URL.startswith("http://"):
        found.append(
            Warning("Links in mail would not be https.", hint="Set GATEHOUSE_BASE_URL to https://…", id="gate.W001")
        )
    return found


@register()
def governing_reading(app_configs: Any, **kwargs: Any) -> list[Any]:
    """The reading that governs is one the law package knows."""
    if settings.GATEHOUSE_GOVERNING_READING in {"enforced", "stricter"}:
        return []
    return [Error("GATEHOUSE_GOVERNING_READING must be 'enforced' or 'stricter'.", id="gate.E003")]


@register()
def match_policy(app_configs: Any, **kwargs: Any) -> list[Any]:
    """The thresholds of screening are numbers for lists, types and roles that there are."""
    from screening import policy

    try:
        found = policy.current()
    except policy.BadPolicy as error:
        return [Error(f"GATEHOUSE_MATCH_THRESHOLDS {error}.", hint="See docs/operating.md.", id="gate.E006")]
    roles: set[str] = set(import_string(settings.GATEHOUSE_SUBJECT_ROLES)())
    for number, rule in enumerate(found.rules, start=1):
        if rule.role and rule.role not in roles:
            known = ", ".join(sorted(roles))
            message = f"GATEHOUSE_MATCH_THRESHOLDS rule {number}: there is no role {rule.role!r}."
            return [Error(message, hint=f"The roles are {known}.", id="gate.E006")]
    return []


@register(Tags.database)
def characters(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Any]:
    """The database is PostgreSQL and keeps every script: a plain C character type would lose Chinese words."""
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            encoding = cursor.fetchone()[0]
            cursor.execute("SELECT lower('É') = 'é'")
            knows_letters = cursor.fetchone()[0]
    except DatabaseError:
        return []
    if encoding == "UTF8" and knows_letters:
        return []
    return [
        Error(
            "The database does not know letters outside ASCII.",
            hint="Create it with encoding UTF8 and locale C.UTF-8.",
            id="gate.E004",
        )
    ]
