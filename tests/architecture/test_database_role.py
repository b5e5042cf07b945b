"""The working account of a deployment may add to the chain of evidence and not change it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

ROLE = Path(__file__).resolve().parents[2] / "docs" / "database-role.sql"


@pytest.fixture
def working_account(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ROLE.read_text(encoding="utf-8"))
        cursor.execute(ROLE.read_text(encoding="utf-8"))  # safe to repeat
        cursor.execute("GRANT gatehouse_app TO CURRENT_USER")
        cursor.execute("SET LOCAL ROLE gatehouse_app")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'somebody else'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "DELETE FROM audit_seal",
        "UPDATE audit_seal SET digest = ''",
        "DELETE FROM audit_head",
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        "DELETE FROM django_migrations",
    ],
)
def test_the_working_account_cannot(working_account: None, statement: str) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        transaction.atomic(),
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM audit_entry",
        "SELECT * FROM audit_head FOR UPDATE",
        "UPDATE audit_head SET sequence = sequence",
        "INSERT INTO django_session VALUES ('a', 'b', now())",
        "DELETE FROM django_session",
    ],
)
def test_the_working_account_can(working_account: None, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
