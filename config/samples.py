"""Invented data for the style guide: one value for every input of every component."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

DIGEST = "9f3c71ab52d04e6c8a1b0c2d3e4f5061728394a5b6c7d8e9f00112233445566a"
TODAY = date(2026, 11, 21)


class SampleForm(forms.Form):
    """A form with one wrong field."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), help_text=gettext_lazy("A sentence the auditor will understand."), max_length=200
    )
    quantity = forms.IntegerField(label=gettext_lazy("Quantity"), min_value=1)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.BooleanField(label=gettext_lazy("I have read the citation"), required=False)


def _segments(*outcomes: tuple[str, str]) -> list[dict[str, Any]]:
    labels = (
        ("scope", _("Subject to the EAR")),
        ("classification", _("Classification")),
        ("requirements", _("Requirements")),
        ("end_use", _("End use, end user")),
        ("prohibitions", _("Prohibitions")),
        ("exceptions", _("Exceptions")),
        ("authorization", _("Authorization")),
        ("duties", _("Duties")),
    )
    return [
        {"key": key, "label": label, "outcome": outcome, "summary": summary, "current": key == "requirements"}
        for (key, label), (outcome, summary) in zip(labels, outcomes, strict=True)
    ]


def sample() -> dict[str, Any]:
    """Return what the style guide shows, in the reader's language."""
    citation = {
        "paragraph": "15 CFR 742.6(a)(6)(iii)",
        "words": _(
            "A license is required for this item to a party whose ultimate parent is headquartered in Macau or "
            "Country Group D:5, wherever the party is."
        ),
        "outcome": "applies",
        "since": date(2023, 11, 17),
        "notice": "88 FR 73458",
        "checked": date(2026, 9, 24),
        "href": "#",
        "facts": [
            {"name": _("item"), "value": "3A090.a · TPP 15,832 ≥ 4,800", "source": _("data sheet")},
            {"name": _("party"), "value": "Linhai Cloud SG → 临海集团 (CN), 100 %", "source": _("registry extract")},
            {"name": _("end users"), "value": None, "source": ""},
        ],
    }
    first = (
        ("applies", ""),
        ("applies", "3A090.a · 5A992.z"),
        ("applies", "742.6(a)(6)(iii)"),
        ("unknown", _("2 facts are missing")),
        ("does_not_apply", ""),
        ("does_not_apply", "NAC · ACA"),
        ("unknown", _("license, denial presumed")),
        ("waiting", ""),
    )
    second = (*first[:2], ("does_not_apply", _("not enforced since 31 May 2026")), *first[3:])
    return {
        "title": _("12 × H200 to Linhai Cloud, Singapore, for training"),
        "digest": DIGEST,
        "day": date(2026, 12, 4),
        "left": _("13 days left"),
        "since": date(2026, 11, 17),
        "today": TODAY,
        "moved": [_("lists of 21 Nov name one party more")],
        "tabs": [
            {"href": "#findings", "label": _("Findings"), "count": 3, "current": True},
            {"href": "#clocks", "label": _("Clocks")},
            {"href": "#questions", "label": _("What would settle it")},
        ],
        "nodes": [
            {"name": "Example Systems Inc", "role": _("exporter"), "place": ["US · HQ US"]},
            {"name": "Straits Freight Pte Ltd", "role": _("intermediate consignee"), "place": ["SG · HQ SG"]},
            {
                "name": "临海云（新加坡）有限公司 Linhai Cloud SG",
                "role": _("ultimate consignee"),
                "place": ["SG · HQ SG · CN"],
                "marks": [{"tone": "open", "text": _("1 match to judge")}],
            },
            {
                "name": _("Training customers"),
                "role": _("end user"),
                "place": [_("headquarters unknown")],
                "tone": "unknown",
            },
        ],
        "legs": [{"label": _("export")}, {"label": ""}, {"label": _("remote use"), "remote": True}],
        "codified": _segments(*first),
        "enforced": _segments(*second),
        "announcement": {
            "words": _("BIS announced that it does not enforce this paragraph."),
            "day": date(2026, 5, 31),
            "href": "#",
        },
        "citation": citation,
        "findings": [
            {"title": _("Headquarters of the ultimate parent"), "outcome": "applies", "citation": citation},
            {
                "title": _("Military end use"),
                "outcome": "unknown",
                "citation": {**citation, "paragraph": "15 CFR 744.21", "outcome": "unknown", "checked": None},
            },
            {
                "title": _("Supercomputer"),
                "outcome": "does_not_apply",
                "citation": {**citation, "paragraph": "15 CFR 744.23", "outcome": "does_not_apply"},
            },
        ],
        "clocks": [
            {
                "name": _("NAC, 25 calendar days"),
                "start": date(2026, 11, 5),
                "due": date(2026, 11, 30),
                "state": "running",
                "left": _("9 days left"),
                "owner": "Mira Lindqvist",
                "pauses": [(date(2026, 11, 10), date(2026, 11, 13))],
            },
            {
                "name": _("Answer to inquiry"),
                "start": date(2026, 11, 1),
                "due": date(2026, 11, 19),
                "state": "overdue",
                "left": _("2 days overdue"),
            },
            {
                "name": _("License D1234567"),
                "start": date(2026, 1, 10),
                "due": date(2030, 1, 31),
                "state": "active",
                "left": _("3 years left"),
                "confirmed": date(2026, 2, 1),
            },
            {"name": _("Temporary general license"), "state": "waiting", "left": _("not available for this item")},
        ],
        "columns": [
            {"key": "ref", "label": _("Number"), "code": True, "sort": True},
            {"key": "title", "label": _("Case")},
            {"key": "state", "label": _("State")},
            {"key": "due", "label": _("Due"), "sort": True},
            {"key": "value", "label": _("Value"), "number": True},
        ],
        "rows": [
            {
                "href": "#",
                "id": index,
                "cells": [
                    f"GH-2026-{index:05d}",
                    "Linhai Cloud · H200 × 12",
                    _("Under review"),
                    "2026-12-04",
                    f"USD {index * 31250:,}",
                ],
            }
            for index in range(42, 48)
        ],
        "page": Paginator(range(128), 6).page(2),
        "nothing": _("The lists of 21 Nov were asked at 06:00. That is good news."),
        "history": [
            {
                "at": datetime(2026, 11, 20, 15, 42, tzinfo=UTC),
                "who": "Mira Lindqvist",
                "words": _("proposed the case"),
                "reason": _("Parent confirmed by registry extract."),
                "tone": "held",
                "digest": DIGEST,
            },
            {
                "at": datetime(2026, 11, 17, 9, 5, tzinfo=UTC),
                "who": "陈伟",
                "words": _("submitted the case"),
                "tone": "accent",
            },
        ],
        "questions": [
            {
                "text": _("Where are the training customers headquartered?"),
                "why": _("Decides"),
                "paragraph": "744.23",
                "fact": "customers_hq",
                "action": "#",
                "choices": [
                    ("outside", _("All outside D:5 and Macau")),
                    ("inside", _("Some inside")),
                    ("unknown", _("Cannot be known")),
                ],
            },
            {
                "text": _("What is the applicable die area, in mm²?"),
                "why": _("Without it the performance density is unknown."),
                "fact": "die_area",
                "action": "#",
                "kind": "number",
            },
        ],
        "states": [
            ("draft", _("Draft")),
            ("under_review", _("Under review")),
            ("awaiting_approval", _("Awaiting approval")),
            ("authorization_needed", _("License needed")),
            ("authorized", _("Authorized")),
            ("refused", _("Refused")),
            ("unknown", _("Unknown")),
            ("held", _("Held")),
        ],
        "form": SampleForm({"reason": "", "quantity": "0", "note": "", "seen": "on"}),
    }
