"""What people set for themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.services import record
from compliance.models import User

from .act import role_of
from .refusals import BadInput


def set_profile(*, by: User, language: str, keys_on: bool) -> User:
    """Set one's own language and keys. Raises :class:`~.refusals.BadInput` for a language not spoken here."""
    if language not in dict(settings.LANGUAGES):
        raise BadInput("language", _("“%(given)s” is not a language of this product."), given=str(language)[:20])
    with transaction.atomic():
        by.language, by.keys_on = language, keys_on
        by.save(update_fields=["language", "keys_on"])
        record(
            "person.profile",
            f"person:{by.username}",
            by=by.username,
            role=role_of(by),
            language=language,
            keys_on=keys_on,
        )
    return by
