"""How one party stands on the lists, outside any case. Never "clear": a search finds or does not find."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.models import Party
from screening import queries as screening
from screening.reasons import Refusal
from screening.services import LookUp, search

from .subjects import subjects_of


@dataclass(frozen=True, slots=True)
class Seen:
    """How a party stands after its last search: a tone, the words, what is to be done, and when it was searched."""

    tone: str
    words: str
    text: str = ""
    on: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SearchedOn:
    """What the lists say of a party, now or as they stood at the end of a day; or why they say nothing."""

    on: dt.date | None
    found: LookUp | None = None
    refused: str = ""


def searched_on(party: Party, on: dt.date | None) -> SearchedOn:
    """Search a party in the lists of a day without keeping the search. It judges nothing and clears nobody."""
    [subject] = subjects_of([party])
    try:
        return SearchedOn(on, search(subject, on=on))
    except Refusal as refusal:
        return SearchedOn(on, refused=str(refusal))


def party_screening(party: Party) -> Seen:
    """Return how the party stands after its last search: in a case, in a rescreening, or when it was entered."""
    run = screening.last_run(party.subject)
    if run is None:
        return Seen("unknown", _("not searched yet"), _("A party is searched when a case that names it is submitted."))
    standing = screening.standing(party.subject, run)
    on = run.at
    changed = _("Names or places may have changed since; each case asks again.")
    if standing.matched:
        count = len(standing.matched)
        words = ngettext("on a list: %(count)d entry confirmed", "on lists: %(count)d entries confirmed", count)
        return Seen("refused", words % {"count": count}, changed, on)
    if standing.undecided:
        count = len(standing.undecided)
        words = ngettext("%(count)d match not judged", "%(count)d matches not judged", count) % {"count": count}
        return Seen("open", words, changed, on)
    if standing.run_state != "complete":
        return Seen("unknown", _("the search was not complete"), _("Search again before relying on it."), on)
    return Seen("authorized", _("no match open"), changed, on)
