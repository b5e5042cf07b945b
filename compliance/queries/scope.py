"""Who may see which row. A row outside a person's business units is not forbidden: it is not there."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from compliance.models import Case, Item, Party, User


def visible_cases(user: User) -> QuerySet[Case]:
    """Return the cases the person may see."""
    return Case.objects.visible_to(user)


def case_for(user: User, ref: str) -> Case:
    """Return one case. Raises ``Case.DoesNotExist`` outside the person's scope."""
    return visible_cases(user).select_related("unit", "created_by", "assigned_to").get(ref=ref)


def visible_parties(user: User) -> QuerySet[Party]:
    """Return the parties the person may see."""
    return Party.objects.visible_to(user) if user.has_perm("compliance.view_party") else Party.objects.none()


def party_for(user: User, ref: str) -> Party:
    """Return one party. Raises ``Party.DoesNotExist`` outside the person's scope."""
    return visible_parties(user).select_related("unit").get(ref=ref)


def visible_items(user: User) -> QuerySet[Item]:
    """Return the items the person may see."""
    return Item.objects.visible_to(user) if user.has_perm("compliance.view_item") else Item.objects.none()


def item_for(user: User, ref: str) -> Item:
    """Return one item. Raises ``Item.DoesNotExist`` outside the person's scope."""
    return visible_items(user).select_related("unit").get(ref=ref)


def visible_subject_refs(user: User) -> QuerySet[Party] | None:
    """Tell screening which subjects the person may see: their references, or ``None`` for all of them."""
    if user.has_perm("compliance.see_all_units"):
        return None
    from django.db.models import Value
    from django.db.models.functions import Concat

    return (
        visible_parties(user).annotate(subject_ref=Concat(Value("party:"), "ref")).values_list("subject_ref", flat=True)
    )


def subject_labels(refs: Iterable[str]) -> dict[str, str]:
    """Return the names behind screening's subject references."""
    wanted = [ref.partition(":")[2] for ref in refs if ref.startswith("party:")]
    return {f"party:{ref}": name for ref, name in Party.objects.filter(ref__in=wanted).values_list("ref", "name")}
