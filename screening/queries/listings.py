"""What the lists say of the parties a person confirmed, in the terms the law asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..models import Judgement, ListedParty, Snapshot
from ..shapes import ConfirmedListing
from .standing import latest_judgements


def confirmed_listings(refs: Iterable[str]) -> dict[str, list[ConfirmedListing]]:
    """Return the listings a person confirmed for these subjects, as the lists in use word them now.

    An entry that has left the lists is returned in its last wording with ``on_current_list`` False.
    """
    wanted = list(dict.fromkeys(refs))
    latest = [j for j in latest_judgements(wanted).values() if j.verdict == Judgement.Verdict.MATCH]
    keys = {judgement.entity_key for judgement in latest}
    newest = ListedParty.objects.filter(key__in=keys).order_by("key", "-pk").distinct("key")
    rows = {row.key: row for row in newest}
    on_lists = {row.key: row for row in _on_current_lists(keys)}
    found: dict[str, list[ConfirmedListing]] = {ref: [] for ref in wanted}
    for judgement in sorted(latest, key=lambda j: j.entity_key):
        row = on_lists.get(judgement.entity_key) or rows[judgement.entity_key]
        found[judgement.subject_ref].append(_listing(judgement, row, on_list=judgement.entity_key in on_lists))
    return found


def _on_current_lists(keys: set[str]) -> list[ListedParty]:
    if not keys:
        return []
    current = Snapshot.objects.filter(state=Snapshot.State.CURRENT)
    members = {pk for row in current.values_list("members", flat=True) for pk in row}
    return [row for row in ListedParty.objects.filter(key__in=keys) if row.pk in members]


def _listing(judgement: Judgement, row: ListedParty, *, on_list: bool) -> ConfirmedListing:
    return ConfirmedListing(
        subject_ref=judgement.subject_ref,
        entity_key=judgement.entity_key,
        list_code=row.list_code,
        name=row.name,
        footnotes=footnotes_of(row.license_requirement),
        programs=tuple(row.programs),
        license_requirement=row.license_requirement,
        license_policy=row.license_policy,
        federal_register_notice=row.federal_register_notice,
        start_date=row.start_date,
        on_current_list=on_list,
        judged_by=judgement.by,
        judged_at=judgement.at,
    )


_PLAIN = re.compile(r"footnotes?\s+([1-5])(?:\s*(?:,|and|&)\s*([1-5]))?", re.I)
# The list prints footnotes as raised digits, which the published file runs into the text: "734.9(e)1 and 744.11 of the
# EAR2", "(See §§ 734.9(e)(2) and 744.11 of the EAR)4", "734.9(g),3 746.8(a)(3)".
_RAISED = (
    re.compile(r"734\.9\s?\(e\)\s?([1-5])(?![\d)])"),
    re.compile(r"734\.9\s?\(g\)\s?,?\s?([1-5])(?![\d.)])"),
    re.compile(r"of the EAR\.?\)?\.?\s?([1-5])(?!\d)"),
)
_BY_PARAGRAPH = (
    # Where the digit is missing, the paragraph of 734.9 that the entry cites names the footnote.
    (re.compile(r"734\.9\s?\(e\)\s?\(2\)"), "4"),
    (re.compile(r"734\.9\s?\(e\)\s?\(3\)"), "5"),
    (re.compile(r"734\.9\s?\(g\)"), "3"),
)


def footnotes_of(requirement: str) -> tuple[str, ...]:
    """Return the footnotes of Supplement No. 4 to Part 744 that a license requirement carries, in order.

    Source: 15 CFR Part 744, Supp. No. 4, footnotes 1 to 5; 15 CFR 734.9(e), (g).
    """
    found = {digit for match in _PLAIN.finditer(requirement) for digit in match.groups() if digit}
    found |= {match.group(1) for pattern in _RAISED for match in pattern.finditer(requirement)}
    found |= {note for pattern, note in _BY_PARAGRAPH if pattern.search(requirement)}
    return tuple(sorted(found))
