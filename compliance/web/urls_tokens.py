"""Addresses of the page of API tokens; included by :mod:`compliance.web.urls`."""

from __future__ import annotations

from django.urls import path

from . import tokens

urlpatterns = [
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<str:key>/revoke/", tokens.revoke, name="token_revoke"),
]
