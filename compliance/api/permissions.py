"""Who may call what: nobody, until a view names the permission its operation needs."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """The answer of a view that says nothing: no."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False


class Needs(BasePermission):
    """Let in who holds the permission that the view's ``needs`` names for the method; a method not named is not there.

    Somebody without a token learns nothing, not even which methods there are.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        if not (user and user.is_authenticated and user.is_active):
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in view.needs:
            raise MethodNotAllowed(str(request.method))
        return bool(user.has_perm(view.needs[method]))
