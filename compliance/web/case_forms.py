"""The small forms of the case file: strings in, keyword arguments of one verb out. The verbs check the values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.queries.case_choices import (
    authorization_kinds,
    colleagues,
    document_kinds,
    documents_of,
    pause_grounds,
    recommendations,
)


def _text(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class Deed(forms.Form):
    """A form of the case file. ``case`` and ``user`` are there for forms whose choices depend on them."""

    def __init__(self, *args: Any, case: Any = None, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.case, self.user = case, user
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices that depend on the case."""

    def proofs(self, name: str) -> None:
        """Let the field choose among the documents of the case."""
        self.fields[name].choices = [("", _("none")), *documents_of(self.case)]  # type: ignore[attr-defined]


class Nothing(Deed):
    """A step that asks nothing."""


class Reason(Deed):
    reason = forms.CharField(label=_("Reason"), widget=_text(), help_text=_("It is printed in the case file."))


class Comment(Deed):
    text = forms.CharField(label=_("Comment"), widget=_text())


class Assign(Deed):
    to = forms.ChoiceField(label=_("Hand over to"))

    def prepare(self) -> None:
        self.fields["to"].choices = colleagues(self.case)  # type: ignore[attr-defined]


class Propose(Deed):
    recommendation = forms.ChoiceField(label=_("What you propose"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reasons"), widget=_text(4), help_text=_("For the colleague who decides, and for the auditor.")
    )
    by_hand = forms.CharField(
        label=_("Legal basis decided by hand"),
        required=False,
        widget=_text(2),
        help_text=_(
            "Only where the law package cannot tell: the basis and who gave it. Two colleagues must then approve."
        ),
    )

    def prepare(self) -> None:
        self.fields["recommendation"].choices = recommendations(self.case)  # type: ignore[attr-defined]


class Approve(Deed):
    fingerprint = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why you agree"), widget=_text())
    conditions = forms.CharField(
        label=_("Conditions"),
        required=False,
        widget=_text(2),
        help_text=_("Filled in, this is an approval with conditions; they are printed with it."),
    )
    acknowledged_readings = forms.BooleanField(
        label=_("I have read both readings of the law and approve knowing that they differ."), required=False
    )


class Verdict(Deed):
    fingerprint = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label=_("Reason"), widget=_text(), help_text=_("It is printed in the case file."))


class File(Deed):
    kind = forms.ChoiceField(
        label=_("Kind of authorization"),
        help_text=_("Only what fits the determination that was approved."),
        error_messages={"invalid_choice": _("“%(value)s” is not among the choices. Choose from the list.")},
    )
    application = forms.CharField(label=_("Application or notification number"), max_length=60)
    filed_on = forms.CharField(label=_("Filed on"), widget=_date())
    registered_on = forms.CharField(
        label=_("Registered by SNAP-R on"),
        required=False,
        widget=_date(),
        help_text=_(
            "The 25 days of a NAC notification count from registration. Leave it empty until it is registered."
        ),
    )
    quantity = forms.CharField(label=_("Quantity applied for"), required=False, max_length=20)
    value = forms.CharField(label=_("Value applied for"), required=False, max_length=24)
    proof_id = forms.ChoiceField(label=_("Proof"), required=False)

    def prepare(self) -> None:
        self.fields["kind"].choices = authorization_kinds(self.case)  # type: ignore[attr-defined]
        self.proofs("proof_id")


class Registration(Deed):
    registered_on = forms.CharField(label=_("Registered by SNAP-R on"), widget=_date())


class Pause(Deed):
    ground = forms.ChoiceField(label=_("Ground"), choices=pause_grounds)
    first_day = forms.CharField(label=_("First day"), widget=_date())
    last_day = forms.CharField(
        label=_("Last day"), required=False, widget=_date(), help_text=_("Leave it empty while the clock still stands.")
    )
    proof = forms.CharField(label=_("Proof"), max_length=300, help_text=_("The notice or message that says so."))


class Grant(Deed):
    number = forms.CharField(label=_("License or confirmation number"), max_length=60)
    granted_on = forms.CharField(label=_("Given on"), widget=_date())
    expires_on = forms.CharField(label=_("Ends on"), required=False, widget=_date())
    conditions = forms.CharField(label=_("Conditions"), required=False, widget=_text(2))
    quantity = forms.CharField(label=_("Quantity granted"), required=False, max_length=20)
    value = forms.CharField(label=_("Value granted"), required=False, max_length=24)
    proof_id = forms.ChoiceField(label=_("Proof"), required=False)

    def prepare(self) -> None:
        self.proofs("proof_id")


class Deny(Deed):
    reason = forms.CharField(label=_("What BIS said"), widget=_text())
    returned = forms.BooleanField(label=_("It came back without action, undecided."), required=False)


class Attach(Deed):
    kind = forms.ChoiceField(label=_("Kind of document"), choices=document_kinds)
    upload = forms.FileField(
        label=_("File"), help_text=_("PDF, PNG, JPEG, TIFF, DOCX, XLSX, EML, TXT or CSV, up to 20 MB.")
    )


class Inquire(Deed):
    code = forms.CharField(widget=forms.HiddenInput)
    question = forms.CharField(label=_("Question"), widget=_text())
    asked_of = forms.CharField(label=_("Asked of"), max_length=200)
    due_on = forms.CharField(label=_("Answer due"), required=False, widget=_date())


class RecordAnswer(Deed):
    inquiry_id = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    answer = forms.CharField(label=_("What came back"), widget=_text())
    answered_on = forms.CharField(label=_("On"), required=False, widget=_date())
    evidence_id = forms.ChoiceField(label=_("Evidence"), required=False)

    def prepare(self) -> None:
        self.proofs("evidence_id")


class CloseFlag(Deed):
    code = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why the concern is settled"), widget=_text(), help_text=_("Your name stands beside it.")
    )
    acknowledged_unknown = forms.BooleanField(
        label=_("I know that this stays unknown and accept it by name."), required=False
    )
