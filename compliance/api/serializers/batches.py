"""Batches as programs see them: how far they are, and what keeps one from relying on them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from screening.queries.batches import WHICH

from .base import Count, Paging, one_of
from .screening import NotSearchedOut

ROWS = tuple(value for value, _label in WHICH if value)


class BatchQuery(Paging):
    """Which page of the batches."""


class BatchRowQuery(Paging):
    """Which rows of which spreadsheet."""

    batch = Count(min_value=1, max_value=999_999_999, help_text="The number of the batch.")
    which = one_of(ROWS, required=False, help_text="Left out: all rows.")


class BatchOut(serializers.Serializer[Any]):
    """A spreadsheet or a rescreening. ``whole`` is false until everything handed in was searched."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    sha256 = serializers.CharField(allow_blank=True)
    made_by = serializers.CharField()
    made_at = serializers.DateTimeField()
    standing = serializers.CharField(help_text="`running`, `done`, or `stopped` before its end.")
    finished_at = serializers.DateTimeField(allow_null=True)
    whole = serializers.BooleanField()
    size = serializers.IntegerField()
    searched = serializers.IntegerField()
    with_matches = serializers.IntegerField()
    not_searched = serializers.IntegerField(help_text="Rows, parties or cases that nobody has searched.")
    at_fault = serializers.IntegerField(help_text="Rows that cannot be searched as they are.")
    cautions = serializers.ListField(
        child=serializers.CharField(), help_text="Why nothing may rest on it, as sentences; empty where it may."
    )
    lists = serializers.DictField(child=serializers.IntegerField(), help_text="Entries of each list searched.")
    lists_not_searched = NotSearchedOut(many=True)


class BatchHitOut(serializers.Serializer[Any]):
    """A listed party that a row may mean."""

    list = serializers.CharField(source="list_code")
    entity_id = serializers.CharField()
    name = serializers.CharField()
    listed_name = serializers.CharField()
    score = serializers.FloatField()


class BatchRowOut(serializers.Serializer[Any]):
    """A row and what it came to: ``found``, ``nothing``, ``bad`` (see ``problem``), or ``waiting``: not searched."""

    number = serializers.IntegerField()
    query = serializers.CharField(allow_blank=True)
    qid = serializers.CharField(allow_blank=True)
    state = serializers.CharField()
    problem = serializers.CharField(allow_blank=True)
    notes = serializers.ListField(child=serializers.CharField(), help_text="What of the row was not understood.")
    party = serializers.CharField(allow_blank=True, help_text="The number of the party the row became.")
    hits = BatchHitOut(many=True)
    more = serializers.IntegerField(help_text="Less sure hits that are not kept.")
