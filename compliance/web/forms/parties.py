"""The forms of a party: who it is, what is known of it, who owns it, what was handed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from compliance.ear.fields import About
from compliance.queries import choices
from compliance.services import words
from compliance.services.facts import known_field, parsed
from compliance.services.refusals import BadInput, Refusal

from . import fields
from .facts import fact_widget


def lines_of(raw: Any, cells: int) -> list[list[str]]:
    """Return the filled lines of a text, each cut at ``|`` into at most ``cells`` parts."""
    rows = [row for row in str(raw or "").splitlines() if row.strip()]
    return [[part.strip() for part in row.split("|", cells - 1)] + [""] * (cells - 1) for row in rows]


def _names(raw: Any) -> list[str]:
    return [words.text("", row[0], limit=300) for row in lines_of(raw, 1)]


def _addresses(raw: Any) -> list[dict[str, str]]:
    found = []
    for number, row in enumerate(lines_of(raw, 2), start=1):
        code = fields.country_code(row[1])
        try:
            words.text("", row[0], limit=500, required=True)
            words.country("", code)
        except BadInput as refusal:
            raise BadInput("", _("Line %(line)d: %(why)s"), line=number, why=str(refusal)) from refusal
        found.append({"text": row[0], "country": code})
    return found


def _identifiers(raw: Any) -> list[dict[str, str]]:
    found = []
    for number, row in enumerate(lines_of(raw, 3), start=1):
        code = fields.country_code(row[2])
        try:
            if not row[1]:
                raise BadInput("", _("write the kind, a bar and the number: LEI | 5493001KJTIIGC8Y1R12."))
            words.text("", row[0], limit=60, required=True)
            words.text("", row[1], limit=120)
            words.country("", code)
        except BadInput as refusal:
            raise BadInput("", _("Line %(line)d: %(why)s"), line=number, why=str(refusal)) from refusal
        found.append({"kind": row[0], "number": row[1], "country": code})
    return found


def _many(label: Any, check: Any, help_text: Any) -> fields.Checked:
    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto", "spellcheck": "false"})
    return fields.Checked(check, label=label, widget=widget, help_text=help_text)


class ListsOfDayForm(forms.Form):
    """The day whose lists a party is to be searched in; empty for those in use."""

    on = fields.day(_("Lists of the day"), help_text=_("Empty: the lists in use."))


class PartyForm(fields.PlainForm):
    """Names, places and numbers of a party."""

    name = fields.text(
        _("Name"),
        limit=300,
        required=True,
        help_text=_("As it stands in the register, in its own script. Every name given here is screened."),
    )
    names = _many(
        _("Other names"),
        _names,
        _("One a line: English name, former names, short names, names in other scripts."),
    )
    kind = fields.one_of(_("Kind"), choices.PARTY_KINDS)
    addresses = _many(
        _("Addresses"),
        _addresses,
        _("One a line, with the country after a bar: 1 Example Road, Singapore | SG. Lists hold addresses, too."),
    )
    identifiers = _many(
        _("Register numbers"),
        _identifiers,
        _("One a line: kind | number | country. A number tells two companies of one name apart."),
    )
    unit = fields.one_of(_("Business unit"), ())

    def __init__(self, *args: Any, units: Any = (), new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not new:
            del self.fields["kind"]
        if new and len(units) > 1:
            self.fields["unit"].choices = [(unit.code, str(unit)) for unit in units]
        else:
            del self.fields["unit"]

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "unit"}


STATES = (
    ("known", _("known")),
    ("unknown", _("not known yet")),
    ("cannot", _("asked, and it cannot be known")),
)


class FactForm(fields.PlainForm):
    """One fact with its evidence. *Cannot be known* is an answer of its own; it is never a no."""

    state = fields.one_of(_("What do we know?"), STATES, radio=True)
    value = fields.text(_("Answer given"), limit=2000)
    source = fields.text(
        _("Evidence given"),
        limit=300,
        help_text=_("Register, annual report, letter … so that a colleague can find it again."),
    )
    as_of = fields.day(_("True as of"))
    document_id = fields.one_of(_("Document"), (), required=False)

    def __init__(self, *args: Any, about: About, key: str, documents: Any = (), **kwargs: Any) -> None:
        self.field = known_field(key, about)
        super().__init__(*args, **kwargs)
        self.called = {self.field.key: "value", "document": "document_id"}
        # What the field itself refuses is said by clean_value, in the words of the service.
        self.fields["value"] = fields.Checked(lambda raw: raw, widget=fact_widget(self.field))
        self.fields["value"].label = (
            _("Answer (%(unit)s)") % {"unit": self.field.unit} if self.field.unit else _("Answer given")
        )
        # The label says that these are needed; with an answer of "not known yet" they may stay empty.
        self.fields["value"].required = self.fields["source"].required = True
        if documents:
            self.fields["document_id"].choices = [("", "—"), *((str(row.pk), row.name) for row in documents)]
        else:
            del self.fields["document_id"]

    def clean_value(self) -> Any:
        raw = self.cleaned_data["value"]
        if self.cleaned_data.get("state") != "known":
            return None
        if self.field.kind.value == "country":
            raw = fields.country_code(raw)
        try:
            value = parsed(self.field, raw)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from refusal
        if value is None:
            raise ValidationError(_("Answer the question, or choose “not known yet”."))
        return value

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("state") in {"known", "cannot"} and self.cleaned_data.get("source") == "":
            self.add_error("source", _("Say where this comes from: it is printed in the case file."))
        return self.cleaned_data

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {
            "value": self.cleaned_data.get("value"),
            "cannot_be_known": self.cleaned_data["state"] == "cannot",
            "source": self.cleaned_data["source"],
            "as_of": self.cleaned_data["as_of"],
            **({"document_id": int(self.cleaned_data["document_id"])} if self.cleaned_data.get("document_id") else {}),
        }


class OwnershipForm(fields.PlainForm):
    """Who holds how much. An empty share says *unknown*, which is a state of its own and never zero."""

    called = {"owner": "owner_ref"}
    owner_ref = fields.text(_("Owner"), limit=20)
    percent = fields.number(
        _("Share in percent"), places=3, digits=6, help_text=_("Leave empty if the share is unknown; never guess.")
    )
    source = fields.text(_("Evidence given"), limit=300, required=True)
    as_of = fields.day(_("True as of"), required=True)

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("owner_ref") and "owner_ref" not in self.errors:
            self.add_error("owner_ref", _("Search for the owner and choose it."))
        return self.cleaned_data


class ReasonForm(fields.PlainForm):
    """A reason."""

    reason = fields.text(_("Reason"), limit=4000, required=True)


class DocumentForm(fields.PlainForm):
    """A file with its kind. Size and content are checked by the service, which reads the file once."""

    kind = fields.one_of(_("Kind of document"), choices.DOCUMENT_KINDS)
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, picture, Word, Excel, e-mail or text. It is kept by its digest and never opened here."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
            "invalid": _("Choose a file."),
        },
    )
