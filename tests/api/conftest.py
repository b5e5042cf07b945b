"""Programs that knock: each holds a token of one of the cast."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from compliance.models import User
from compliance.services.tokens import create_token
from screening import indexes
from screening import services as screening
from tests.screening.build import FORTY, LANTERN, file_of

ROOT = "/api/v1/"


class Program:
    """A client that signs in by token. ``get`` and ``post`` return the raw answer; ``json=`` is sent as it is."""

    def __init__(self, token: str = "", language: str = "en") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Accept-Language": language} | ({"Authorization": f"Token {token}"} if token else {})

    def ask(self, method: str, where: str, json_body: Any = None, *, raw: bytes | None = None, **headers: str) -> Any:
        data = raw if raw is not None else b"" if json_body is None else json.dumps(json_body).encode()
        return self.client.generic(
            method,
            ROOT + where,
            data=data,
            content_type=headers.pop("content_type", "application/json"),
            headers=self.headers | headers,
        )

    def get(self, where: str, **headers: str) -> Any:
        return self.ask("GET", where, **headers)

    def post(self, where: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", where, body, **headers)

    def patch(self, where: str, body: Any = None, **headers: str) -> Any:
        return self.ask("PATCH", where, body, **headers)


@pytest.fixture
def program() -> Callable[..., Program]:
    """Return a function that gives a person a token and returns the program that holds it."""

    def hold(person: User, language: str = "en") -> Program:
        _row, token = create_token(by=person, name=f"test {language}", days=30)
        return Program(token, language)

    return hold


@pytest.fixture
def lists(db: Any, tmp_path: Path, settings: Any) -> None:
    """Forty-one entries of the Entity List, loaded."""
    settings.SCREENING_INDEX_DIR = tmp_path / "index"
    indexes._loaded.cache_clear()
    screening.refresh(file_of(tmp_path, [*FORTY, LANTERN], "first.csv"), by="mira")
