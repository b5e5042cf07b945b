"""The printed case file: fifteen parts in a fixed order, in English, Chinese or both, from the same rows.

Printing changes nothing and depends on nothing but the rows and the stamp: the same state with the same stamp gives
the same bytes.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compliance.models import User
from compliance.queries.case_law import show_law

from ..pdf import foot, set_type
from ..shape import Stamp
from . import front, law, record
from .gather import Gathered, gather
from .paper import Hand, paired

LANGUAGES = {
    "en": gettext_lazy("English"),
    "zh-hans": gettext_lazy("Simplified Chinese"),
    "both": gettext_lazy("English and Chinese"),
}
"""The languages a case file is printed in."""


def case_file_pdf(user: User, ref: str, *, language: str, stamp: Stamp) -> bytes:
    """Return the case file as PDF/A-2b in ``en``, ``zh-hans`` or ``both``, paragraph beside paragraph.

    Raises ``Case.DoesNotExist`` outside the person's scope and :class:`KeyError` for another language.
    """
    told = gather(user, ref)
    documents = []
    for tag in {"en": ("en",), "zh-hans": ("zh-hans",), "both": ("en", "zh-hans")}[language]:
        with translation.override(tag):
            documents.append(_document(told, Hand(lang=tag[:2], both=language == "both"), language, stamp))
    whole = documents[0] if len(documents) == 1 else paired(*documents)
    whole["language"] = {"lang": "zh", "region": "cn"} if language == "zh-hans" else {"lang": "en", "region": "us"}
    with translation.override("zh-hans" if language == "zh-hans" else "en"):
        return set_type("case_file.typ", whole, at=stamp.at)


def _document(told: Gathered, hand: Hand, language: str, stamp: Stamp) -> dict[str, Any]:
    case = told.case
    names = {party.ref: party.name for party in told.known.parties}
    shown = show_law(told.latest, names) if told.latest else None
    parts = (
        (_("Cover"), front.cover(told, shown, hand)),
        (_("Summary and reasons"), front.summary(told, shown, hand)),
        (_("Facts relied on"), front.facts(told, hand)),
        (_("Parties, roles and ownership"), front.parties(told, hand)),
        (_("Items and calculations"), front.items(told, hand)),
        (_("Screening"), law.screening(told, hand)),
        (_("Determination"), law.determination(told, shown, hand)),
        (_("Red flags"), law.flags(told, hand)),
        (_("Authorization"), law.authorization(told, shown, hand)),
        (_("Clocks"), record.clocks(told, hand)),
        (_("Approvals"), record.approvals(told, hand)),
        (_("Documents"), record.documents(told, hand)),
        (_("Complete history"), record.history(told, hand)),
        (_("What this file does not cover"), record.not_covered(told, shown, hand)),
        (_("Retention"), record.retention(told, hand)),
    )
    return {
        "ref": case.ref,
        "title": case.title,
        "house": settings.GATEHOUSE_ORGANIZATION or "Gatehouse",
        "kind": _("Export compliance case file"),
        "state": str(case.get_state_display()),
        "sample": _("SAMPLE LIST: this screening clears nobody") if told.sample else "",
        "parts": [{"n": str(n), "title": title, "blocks": blocks} for n, (title, blocks) in enumerate(parts, start=1)],
        "contents": _("Contents"),
        "version": _("version %(number)d") % {"number": case.version},
        "tongue": str(LANGUAGES[language]),
        "fingerprint_label": _("fingerprint"),
        "chain_label": _("head of the evidence chain"),
        "fingerprint": told.fingerprint,
        "printed": _("Printed %(when)s by %(who)s, after entry %(entry)d of the evidence chain.")
        % {"when": f"{stamp.at:%Y-%m-%d %H:%M:%S} UTC", "who": stamp.by, "entry": stamp.sequence},
        "foot": foot(stamp),
    }
