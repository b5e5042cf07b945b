"""Who could do something: colleagues who may decide, hold a case or should hear of it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from compliance.models import Case, User


def who_may(permission: str, *, case: Case | None = None) -> QuerySet[User]:
    """Return the active people with a permission string, and with the case in their scope."""
    app, _dot, codename = permission.partition(".")
    people = User.objects.filter(is_active=True).filter(
        Q(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)
        | Q(user_permissions__codename=codename, user_permissions__content_type__app_label=app)
        | Q(is_superuser=True)
    )
    if case is not None:
        people = people.filter(units=case.unit)
    return people.distinct().order_by("username")


def deciders(case: Case, *, but: User) -> QuerySet[User]:
    """Return those who may decide on a proposal somebody else made."""
    return who_may("compliance.approve_case", case=case).exclude(pk=but.pk)
