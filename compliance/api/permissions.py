"""Who may call what: nobody, until a view names the permission its operation needs."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """The answer of a view that says nothing: no."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class Needs(BasePermission):
    """Let in who holds the permission that the view's ``needs`` names for the method; a method not named is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        wanted = view.needs.get("GET" if request.method == "HEAD" else request.method)
        user = request.user
        return bool(wanted and user and user.is_authenticated and user.is_active and user.has_perm(wanted))
