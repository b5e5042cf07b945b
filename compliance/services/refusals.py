"""What the product may say no to, as sentences: each names the wall and the way round it."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from compliance.lifecycle import Action, State


class Refusal(Exception):
    """An understandable no. ``code`` is stable for programs; ``str()`` is a sentence in the reader's language."""

    code = "refused"
    sentence: str | Promise = _("This cannot be done now.")

    def __init__(self, **values: Any) -> None:
        super().__init__(self.code)
        self.values = values

    def __str__(self) -> str:
        return str(self.sentence) % self.values


class NotYours(Refusal):
    code = "not_yours"
    sentence = _("Your role does not include this step. Ask a colleague whose role does, or the administrator.")


class OutOfTurn(Refusal):
    code = "out_of_turn"
    sentence = _("This step (%(action)s) is not possible while the case is “%(state)s”.")

    def __init__(self, state: State, action: Action) -> None:
        from compliance.models import Case

        super().__init__(state=Case.StateLabel(state.value).label, action=ACTION_WORDS[action])


class BadInput(Refusal):
    """Something given cannot be used. ``field`` names it, so that a form can show the sentence beside it."""

    code = "bad_input"

    def __init__(self, field: str, sentence: str | Promise, **values: Any) -> None:
        super().__init__(**values)
        self.field = field
        self.sentence = sentence


class OwnProposal(Refusal):
    code = "own_proposal"
    sentence = _("You prepared this proposal; a colleague must decide on it. Colleagues who can: %(colleagues)s.")


class AlreadyDecided(Refusal):
    code = "already_decided"
    sentence = _("You have already given your verdict on this proposal. A further colleague must give the next one.")


class NoProposal(Refusal):
    code = "no_proposal"
    sentence = _("No proposal is waiting in this case. Reload the page to see what happened to it.")


class ContentMoved(Refusal):
    code = "content_moved"
    sentence = _(
        "The case changed after it was proposed (%(changes)s), so the proposal is stale. "
        "Send it back, or ask for a new proposal."
    )


class WrongFingerprint(Refusal):
    code = "wrong_fingerprint"
    sentence = _("What you read is not what is proposed now. Reload the page, read what changed, then decide.")


class ReasonMissing(Refusal):
    code = "reason_missing"
    sentence = _("Give a reason: it is printed in the case file.")


class Blocked(Refusal):
    """Something stands in the way; ``blockers`` lists what, as sentences."""

    code = "blocked"

    def __init__(self, blockers: list[str]) -> None:
        super().__init__(count=len(blockers), first="; ".join(blockers[:5]))
        self.sentence = ngettext_lazy(
            "%(count)d thing stands in the way: %(first)s",
            "%(count)d things stand in the way: %(first)s",
            len(blockers),
        )
        self.blockers = blockers


class WrongRecommendation(Refusal):
    code = "wrong_recommendation"
    sentence = _("The determination is “%(outcome)s”; “%(recommendation)s” does not follow from it. %(way)s")


class ReadingsNotAcknowledged(Refusal):
    code = "readings_not_acknowledged"
    sentence = _(
        "The codified text and what BIS says it enforces differ in this case. "
        "Confirm that you have read both before you approve."
    )


class NoConfirmation(Refusal):
    code = "no_confirmation"
    sentence = _(
        "Nothing may leave under License Exception NAC before BIS has given its confirmation number. "
        "Record the number first (Authorization panel)."
    )


class WrongAuthorization(Refusal):
    code = "wrong_authorization"
    sentence = _("This case was approved as “%(outcome)s”; it needs: %(allowed)s.")


class TooEarly(Refusal):
    code = "too_early"
    sentence = _(
        "Under License Exception NAC nothing may leave before 25 calendar days have passed since registration, "
        "even where the confirmation number came earlier."
    )


class AnswerChanged(Refusal):
    code = "answer_changed"
    sentence = _(
        "Asked again today, the lists or the law answer differently (%(changes)s). The case has gone back to review."
    )


class LicenseExhausted(Refusal):
    code = "license_exhausted"
    sentence = _("The authorization has %(left)s left and this shipment needs %(needed)s. File for more, or ship less.")


class LicenseExpired(Refusal):
    code = "license_expired"
    sentence = _("The authorization ended on %(day)s. File for a new one; the case must be decided again.")


class ValueUnknown(Refusal):
    code = "value_unknown"
    sentence = _(
        "The authorization is limited by value, and this case has no value in US dollars to count against it. "
        "Reopen the case and give its value in US dollars."
    )


class Unfinished(Refusal):
    code = "unfinished"
    sentence = _("This run did not end, so a file of it would lack cases. Wait for its end; if it stopped, ask again.")


class Circular(Refusal):
    code = "circular_ownership"
    sentence = _("%(owned)s already owns %(owner)s, directly or through others. Ownership cannot run in a circle.")


ACTION_WORDS: dict[Action, str | Promise] = {
    Action.AMEND: _("amend the case"),
    Action.ANSWER: _("answer a question"),
    Action.ATTACH: _("attach a document"),
    Action.ASSIGN: _("hand over the case"),
    Action.COMMENT: _("comment"),
    Action.SUBMIT: _("submit"),
    Action.SCREEN: _("screen the parties"),
    Action.DETERMINE: _("determine"),
    Action.INQUIRE: _("record an inquiry"),
    Action.CLOSE_FLAG: _("close a red flag"),
    Action.PROPOSE: _("propose a decision"),
    Action.COUNTERSIGN: _("approve as first of two"),
    Action.APPROVE: _("approve"),
    Action.REQUIRE_AUTHORIZATION: _("approve an application"),
    Action.SEND_BACK: _("send back"),
    Action.REFUSE: _("refuse"),
    Action.HOLD: _("hold"),
    Action.RESUME: _("resume"),
    Action.FILE: _("record a filing"),
    Action.PAUSE_CLOCK: _("record a pause"),
    Action.GRANT: _("record a grant"),
    Action.DENY: _("record a denial"),
    Action.SHIP: _("release the shipment"),
    Action.REOPEN: _("reopen"),
    Action.CLOSE: _("close"),
}
