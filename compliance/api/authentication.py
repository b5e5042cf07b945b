"""Signing in by token, and by nothing else: a browser's session opens no door here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class ByToken(TokenAuthentication):
    """``Authorization: Token …``, with a token a person made on the page of her tokens."""

    def authenticate_credentials(self, token: bytes) -> Any:
        # What is not printable ASCII is none of our tokens, and must not reach the database.
        if not all(33 <= sign < 127 for sign in token):
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)


class ByTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API tells of tokens."""

    target_class = "compliance.api.authentication.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word `Token`, a blank, and a token made under Settings, API tokens.",
        }
