"""Looking a party up in the lists."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from screening.services.asking import MOST_HITS, MOST_NAMES

from .base import Country, Day, Shape, Text, one_of

KINDS = ("entity", "individual", "vessel", "aircraft")


class Question(Shape):
    """One party, by all that is known of it. Nothing is kept."""

    names = serializers.ListField(
        child=Text(limit=500),
        min_length=1,
        max_length=MOST_NAMES,
        help_text="All names of the one party, in any script.",
    )
    addresses = serializers.ListField(child=Text(limit=500), max_length=20, required=False)
    countries = serializers.ListField(child=Country(), max_length=20, required=False)
    identifiers = serializers.ListField(
        child=Text(limit=120), max_length=20, required=False, help_text="Company, tax, IMO or passport numbers."
    )
    type = one_of(KINDS, required=False, help_text="What the party is, where that is known.")
    on = Day(required=False, help_text="Search the lists as they stood at the end of this day; those in use without.")
    threshold = serializers.FloatField(
        min_value=0, max_value=1, required=False, help_text="Leave out what is less sure; the house's own without it."
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_HITS, default=10)


class SignalOut(serializers.Serializer[Any]):
    """One reason of a score."""

    text = serializers.CharField(help_text="A sentence in the language asked for.")
    detail = serializers.CharField(allow_blank=True)
    effect = serializers.FloatField(help_text="In log odds: above zero speaks for the same party.")
    strength = serializers.IntegerField(help_text="Percent.")


class WordsOut(serializers.Serializer[Any]):
    """A word of ours beside the word of the list it met; empty where it met none."""

    ours = serializers.CharField(allow_blank=True)
    listed = serializers.CharField(allow_blank=True)
    alike = serializers.FloatField()
    rarity = serializers.FloatField(help_text="How much the rarer word tells: 0.05, every second name has it, to 1.")


class HitOut(serializers.Serializer[Any]):
    """A listed party that may be the one asked about."""

    rank = serializers.IntegerField()
    score = serializers.FloatField(help_text="How surely it is the same party, as a probability.")
    entity_id = serializers.CharField(help_text="As the publisher numbers it; may change with a new file.")
    entity_key = serializers.CharField(help_text="Stays while the entry stays.")
    list = serializers.CharField()
    list_title = serializers.CharField()
    name = serializers.CharField()
    our_name = serializers.CharField(help_text="The name asked about, or the address, that met it.")
    listed_name = serializers.CharField()
    addresses = serializers.ListField(child=serializers.CharField())
    countries = serializers.ListField(child=serializers.CharField())
    programs = serializers.ListField(child=serializers.CharField())
    license_requirement = serializers.CharField(allow_blank=True)
    license_policy = serializers.CharField(allow_blank=True)
    federal_register_notice = serializers.CharField(allow_blank=True)
    source_list_url = serializers.CharField(allow_blank=True)
    reasons = SignalOut(many=True)
    words = WordsOut(many=True)


class SearchedOut(serializers.Serializer[Any]):
    """A list that was searched."""

    code = serializers.CharField()
    title = serializers.CharField()
    entries = serializers.IntegerField()
    published_at = serializers.DateTimeField(allow_null=True)
    as_of = serializers.DateTimeField(allow_null=True)
    out_of_date = serializers.BooleanField()


class AbsentOut(serializers.Serializer[Any]):
    """A list of the consolidated one that no file holds any entry of."""

    code = serializers.CharField()
    title = serializers.CharField()


class NotSearchedOut(serializers.Serializer[Any]):
    """A list that was not searched, and why."""

    title = serializers.CharField()
    why = serializers.CharField()


class AnswerOut(serializers.Serializer[Any]):
    """What the lists searched say. No hit is no clearance: see ``not_searched``."""

    as_of = serializers.DateTimeField(help_text="When the lists were last found to be the published ones.")
    stale = serializers.BooleanField(help_text="The lists are too old to rely on.")
    sample = serializers.BooleanField(help_text="A hand-written sample, never to be relied on.")
    cautions = serializers.ListField(
        child=serializers.CharField(),
        help_text="Why nothing may rest on it, as sentences; empty where it may.",
    )
    threshold = serializers.FloatField()
    matcher_version = serializers.CharField()
    hits = HitOut(many=True)
    more = serializers.IntegerField(help_text="Less sure hits that the limit left out.")
    names_not_compared = serializers.ListField(child=serializers.CharField())
    searched = SearchedOut(many=True)
    absent = AbsentOut(many=True)
    not_searched = NotSearchedOut(many=True)
    says = serializers.CharField(help_text="The result in words, with all that makes it less than a whole search.")
