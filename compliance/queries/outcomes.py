"""Outcomes of the law as words people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from compliance.ear import Outcome

WORDS = {
    Outcome.NOT_SUBJECT.value: _("not subject to the EAR"),
    Outcome.NO_LICENSE_REQUIRED.value: _("no license required"),
    Outcome.LICENSE_EXCEPTION.value: _("license exception available"),
    Outcome.GENERAL_LICENSE.value: _("general license available"),
    Outcome.LICENSE_REQUIRED.value: _("license required"),
    Outcome.PROHIBITED.value: _("prohibited"),
    Outcome.UNDETERMINED.value: _("undetermined: decide by hand"),
}

TONES = {
    Outcome.NOT_SUBJECT.value: "authorized",
    Outcome.NO_LICENSE_REQUIRED.value: "authorized",
    Outcome.LICENSE_EXCEPTION.value: "accent",
    Outcome.GENERAL_LICENSE.value: "accent",
    Outcome.LICENSE_REQUIRED.value: "held",
    Outcome.PROHIBITED.value: "refused",
    Outcome.UNDETERMINED.value: "unknown",
}


def outcome_label(outcome: str) -> str:
    """Return an outcome in the reader's language; nothing where there is none yet."""
    return str(WORDS.get(outcome, ""))
