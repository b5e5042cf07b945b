"""The one way into a screening page: signed in, and with the permission. Scope comes from the queries."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def guard(permission: str) -> Callable[[View], View]:
    """Ask for sign-in, then for the permission; without it the answer is 403."""

    def wrap(view: View) -> View:
        return login_required(permission_required(permission, raise_exception=True)(view))

    return wrap
