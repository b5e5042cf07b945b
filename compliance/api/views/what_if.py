"""The law asked about facts of no case: the same lines as ``manage.py determine``, one at a time, nothing kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.ear import BadFacts, the_book
from compliance.exchange import schema
from compliance.exchange.answers import Asked, determined, error_of
from compliance.queries.fact_words import lang

from ..schema import operation
from ..serializers import what_if as shapes
from .door import Door

VIEW = "compliance.view_case"


class Determinations(Door):
    """What the law would say."""

    needs = {"POST": VIEW}

    @operation("what_if", "Ask the law about facts of no case", takes=shapes.WhatIf, gives=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        given = self.given(shapes.WhatIf)
        on = dt.date.fromisoformat(_day(given["on"])) if given.get("on") else timezone.localdate()
        asked = Asked(
            on=on,
            reading=given.get("reading", "enforced"),
            tolerance=settings.GATEHOUSE_RULEBOOK_MAX_AGE_DAYS,
            explain=lang(),
        )
        try:
            return Response(determined({"facts": given["facts"]}, asked, the_book()))
        except BadFacts as error:
            told = error_of(error, lang())
            raise ValidationError({told["path"]: [told["message"]]}) from error


class DeterminationSchema(Door):
    """The JSON Schema of facts and answer."""

    needs = {"GET": VIEW}

    @operation("what_if_schema", "JSON Schema of facts and result", gives=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        self.asked()
        return Response(schema.of_determine())


def _day(written: Any) -> str:
    """Return a day the calendar has. Raises ``ValidationError``."""
    try:
        return dt.date.fromisoformat(str(written)).isoformat()
    except ValueError as error:
        told = error_of(BadFacts("on", "not_a_date", given=str(written)[:40]), lang())
        raise ValidationError({"on": [told["message"]]}) from error
