"""Every step a person can take on the case page: its form, the verb behind it and what is said when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.lifecycle import Action
from compliance.queries.screening import search_doubt
from compliance.services import decide, determine, files, flags, hand_in, intake, license, screen, ship

from . import case_forms as forms

Verb = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One step: ``slug`` is its address, ``panel`` where its form stands, ``then`` where the reader lands."""

    slug: str
    action: Action
    label: str | Promise
    verb: Verb
    form: type[forms.Deed] = forms.Nothing
    panel: str = "actions"
    kind: str = ""
    said: str | Promise = ""
    help: str | Promise = ""
    icon: str = ""
    key: str = ""
    doubt: Callable[[Any], str] = lambda done: ""
    """Says of what the verb returned why it does not count, where it does not: told aloud in place of ``said``."""

    @property
    def name(self) -> str:
        """Return the name of its address."""
        return f"case_{self.slug.replace('-', '_')}"

    @property
    def plain(self) -> str:
        """Return the label of the button that does it, without the dots of the one that opens its form."""
        return str(self.label).rstrip("…")

    @property
    def bare(self) -> bool:
        """Return whether the step asks nothing and is a single button."""
        return not self.form.base_fields


def _screen(ref: str, *, by: Any) -> Any:
    """Screen, then ask the law again: it reads what the lists say of the parties."""
    row = screen.screen_parties(ref, by=by)
    case = row.case
    case.refresh_from_db()
    if case.state == "under_review":
        determine.determine_case(ref, by=by)
    return row


def _attach(ref: str, *, by: Any, upload: Any, kind: str) -> Any:
    return files.attach(ref, by=by, upload=upload, kind=kind)


def _record_answer(ref: str, *, by: Any, inquiry_id: int, answer: str, answered_on: str, evidence_id: str) -> Any:
    return flags.record_answer(
        ref, by=by, inquiry_id=inquiry_id, answer=answer, answered_on=answered_on, evidence_id=_number(evidence_id)
    )


def _file(ref: str, *, by: Any, proof_id: str, **given: Any) -> Any:
    return license.file_application(ref, by=by, proof_id=_number(proof_id), **given)


def _grant(ref: str, *, by: Any, proof_id: str, **given: Any) -> Any:
    return license.record_grant(ref, by=by, proof_id=_number(proof_id), **given)


def _number(raw: str) -> int | None:
    return int(raw) if raw else None


DEEDS: tuple[Deed, ...] = (
    Deed(
        "submit",
        Action.SUBMIT,
        _("Submit"),
        hand_in.hand_in,
        kind="primary",
        icon="send",
        said=_("Submitted, screened and determined."),
        help=_("The parties are screened and the law is asked at once."),
    ),
    Deed(
        "screen",
        Action.SCREEN,
        _("Screen again"),
        _screen,
        icon="scan-search",
        said=_("The parties were screened in the lists of today."),
        doubt=lambda row: search_doubt(row.run),
        help=_("Searches the current lists for every party by all its names, and for its recorded owners."),
    ),
    Deed(
        "determine",
        Action.DETERMINE,
        _("Determine again"),
        determine.determine_case,
        icon="scale",
        key="d",
        said=_("The law was asked again."),
        help=_("Asks the law of the planned day with the facts as they stand."),
    ),
    Deed(
        "propose",
        Action.PROPOSE,
        _("Propose…"),
        decide.propose,
        forms.Propose,
        kind="primary",
        icon="send",
        said=_("Proposed. A colleague is asked to decide."),
        help=_("A colleague decides on exactly what stands here now."),
    ),
    Deed(
        "approve",
        Action.APPROVE,
        _("Approve…"),
        decide.approve,
        forms.Approve,
        panel="deciding",
        said=_("Your approval is recorded."),
    ),
    Deed(
        "send-back",
        Action.SEND_BACK,
        _("Send back…"),
        decide.send_back,
        forms.Verdict,
        panel="deciding",
        said=_("Sent back with your reason."),
    ),
    Deed(
        "refuse",
        Action.REFUSE,
        _("Refuse…"),
        decide.refuse,
        forms.Verdict,
        panel="deciding",
        kind="danger",
        said=_("Refused with your reason."),
    ),
    Deed("hold", Action.HOLD, _("Put on hold…"), decide.hold, forms.Reason, icon="pause", said=_("On hold.")),
    Deed(
        "resume",
        Action.RESUME,
        _("Take up again…"),
        decide.resume,
        forms.Reason,
        kind="primary",
        icon="play",
        said=_("Taken up again."),
    ),
    Deed(
        "reopen",
        Action.REOPEN,
        _("Reopen…"),
        decide.reopen,
        forms.Reason,
        icon="rotate-ccw",
        said=_("Reopened; what was decided no longer stands."),
    ),
    Deed(
        "ship",
        Action.SHIP,
        _("Release the shipment"),
        ship.ship,
        kind="primary",
        icon="truck",
        said=_("Released: lists and law were asked once more and answer as they did."),
        help=_("Lists and law are asked once more, as of today. If they answer differently, nothing leaves."),
    ),
    Deed("close", Action.CLOSE, _("Close…"), decide.close, forms.Reason, icon="archive", said=_("Closed.")),
    Deed(
        "file",
        Action.FILE,
        _("Record a filing…"),
        _file,
        forms.File,
        panel="authorization",
        kind="primary",
        said=_("The filing is recorded."),
    ),
    Deed(
        "registration",
        Action.PAUSE_CLOCK,
        _("Record registration…"),
        license.record_registration,
        forms.Registration,
        panel="authorization",
        said=_("Registered: the 25 days run."),
    ),
    Deed(
        "pause",
        Action.PAUSE_CLOCK,
        _("Record a pause…"),
        license.record_pause,
        forms.Pause,
        panel="authorization",
        said=_("The clock was moved."),
    ),
    Deed(
        "grant",
        Action.GRANT,
        _("Record the grant…"),
        _grant,
        forms.Grant,
        panel="authorization",
        kind="primary",
        said=_("The authorization is recorded."),
    ),
    Deed(
        "deny",
        Action.DENY,
        _("Record a denial…"),
        license.record_denial,
        forms.Deny,
        panel="authorization",
        kind="danger",
        said=_("Recorded."),
    ),
    Deed(
        "assign",
        Action.ASSIGN,
        _("Hand over…"),
        intake.assign,
        forms.Assign,
        icon="user-round-plus",
        said=_("Handed over."),
    ),
    Deed(
        "comment",
        Action.COMMENT,
        _("Comment…"),
        intake.comment,
        forms.Comment,
        panel="history",
        icon="message-square",
        said=_("Your comment is in the file."),
    ),
    Deed(
        "attach",
        Action.ATTACH,
        _("Attach a document…"),
        _attach,
        forms.Attach,
        panel="documents",
        icon="paperclip",
        said=_("The document is in the file."),
    ),
    Deed(
        "inquire",
        Action.INQUIRE,
        _("Inquire…"),
        flags.ask,
        forms.Inquire,
        panel="flags",
        said=_("The inquiry is recorded."),
    ),
    Deed(
        "record-answer",
        Action.INQUIRE,
        _("Record the answer…"),
        _record_answer,
        forms.RecordAnswer,
        panel="flags",
        said=_("The answer is recorded."),
    ),
    Deed(
        "close-flag",
        Action.CLOSE_FLAG,
        _("Close this flag…"),
        flags.close_flag,
        forms.CloseFlag,
        panel="flags",
        said=_("The flag is closed, with your name."),
    ),
)
BY_SLUG = {deed.slug: deed for deed in DEEDS}
