"""A notice as a letter: worded in the language of the person who receives it."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from audit.queries import entries_numbered

from . import queries
from .channels.email import message_id
from .models import Notice


def name_of(notice: Notice) -> str:
    """Return the name of a letter: one for each entry and person, and another in another chain."""
    entry = entries_numbered([notice.entry])[notice.entry]
    return f"notice-{notice.entry}-{notice.recipient_id}-{entry.digest[:12]}"


def letter(notice: Notice) -> EmailMessage | None:
    """Return the letter, or ``None`` where the person may not hear of it any more."""
    person = notice.recipient
    if not person.is_active or not person.email:
        return None
    with translation.override(person.language):
        told = queries.told(person, [notice])[0]
        if not told.open_to_reader:
            return None
        head = f"{told.ref}: {told.words}" if told.ref else told.words
        lines = [f"{told.ref}  {told.title}" if told.ref else "", _("%(sentence)s.") % {"sentence": told.words}, ""]
        if told.reason:
            lines += [_("In their words:"), *(f"> {line}" for line in told.reason.splitlines()), ""]
        if told.href:
            lines += [settings.BASE_URL.rstrip("/") + told.href, ""]
        choose = settings.BASE_URL.rstrip("/") + reverse("notifications:preferences")
        lines += ["-- ", _("Sent by Gatehouse. Choose which mail you get: %(address)s") % {"address": choose}]
    thread = message_id(f"about-{told.ref}") if told.ref else ""
    return EmailMessage(
        subject=" ".join(f"[Gatehouse] {head}".split())[:200],
        body="\n".join(lines).lstrip("\n"),
        to=[person.email],
        headers={
            "Message-ID": message_id(name_of(notice)),
            "Auto-Submitted": "auto-generated",
            "Content-Language": person.language,
            **({"References": thread, "In-Reply-To": thread} if thread else {}),
        },
    )
