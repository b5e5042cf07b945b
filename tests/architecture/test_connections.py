"""How the product asks its database."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_a_connection_compiles_no_queries() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
