"""Template tags of the look. Every template says `{% load gatehouse %}`.

Filters: country, day, moment, number, money, short_digest, tone. Tags: icon, shape, navigation, component (a block),
draw_route, draw_clock. Sorting and paging links use Django's own `{% querystring %}`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from compliance.countries import name as country_name

from . import drawings

register = template.Library()

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# key, word, icon, URL name, permission ("" for everyone signed in)
NAVIGATION = (
    ("desk", gettext_lazy("Desk"), "inbox", "compliance:desk", ""),
    ("cases", gettext_lazy("Cases"), "folder-open", "compliance:cases", "compliance.view_case"),
    ("screening", gettext_lazy("Screening"), "scan-search", "screening:matches", "screening.view_snapshot"),
    ("parties", gettext_lazy("Parties"), "building-2", "compliance:parties", "compliance.view_party"),
    ("items", gettext_lazy("Items"), "cpu", "compliance:items", "compliance.view_item"),
    (
        "authorizations",
        gettext_lazy("Authorizations"),
        "file-badge",
        "compliance:authorizations",
        "compliance.view_case",
    ),
    ("clocks", gettext_lazy("Clocks"), "alarm-clock", "compliance:clocks", "compliance.view_case"),
    ("reports", gettext_lazy("Reports"), "chart-column", "compliance:reports", "compliance.view_report"),
    ("rulebook", gettext_lazy("Rulebook"), "book-open-text", "compliance:rulebook", ""),
    ("evidence", gettext_lazy("Evidence"), "link", "audit:chain", "audit.view_entry"),
    ("settings", gettext_lazy("Settings"), "settings", "compliance:settings", ""),
)

# What a state looks like. A tone is a color and a shape; the word beside it is always the state's own.
TONES = {
    "accent": "accent applies under_review running info debug current",
    "held": "held awaiting_approval authorization_pending pending paused stale warning due sent_back returned partial"
    " escalated awaiting",
    "open": "open authorization_needed overdue raised unjudged blocked quarantined license_required",
    "authorized": "authorized shipped checked cleared answered approved granted met complete success active"
    " no_license_required license_exception general_license",
    "refused": "refused refuse denied match listed error failed expired broken prohibited rejected",
    "unknown": "unknown unsure undetermined possible incomplete not_encoded",
    "quiet": "quiet draft closed does_not_apply not waiting none cancelled withdrawn superseded retired"
    " no_match not_raised not_subject",
}
TONE_OF = {state: tone for tone, states in TONES.items() for state in states.split()}

SHAPES = {
    "accent": '<circle cx="6" cy="6" r="4.5" fill="currentColor"/>',
    "held": '<path d="M6 .8 11.2 6 6 11.2 .8 6z" fill="currentColor"/>',
    "open": '<path d="M6 1 11.5 10.800H.5z" fill="currentColor"/>',
    "authorized": '<path d="m1.5 6.5 3 3 6-7" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "refused": '<path d="m2 2 8 8m0-8-8 8" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "unknown": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.6"/>'
    '<path d="M6 1.500a4.5 4.5 0 0 0 0 9z" fill="currentColor"/>',
    "quiet": '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.6"/>',
}


def _chinese() -> bool:
    return (get_language() or "en").startswith("zh")


@register.filter
def tone(state: Any) -> str:
    """The tone of a state, outcome or message level: one of the keys of TONES."""
    return TONE_OF.get(str(getattr(state, "value", state)).lower().replace(" ", "_"), "quiet")


@register.simple_tag
def shape(state: Any) -> SafeString:
    """The shape that says a state without color; decorative, because its word stands beside it."""
    head = '<svg class="shape" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">'
    return mark_safe(f"{head}{SHAPES[tone(state)]}</svg>")  # noqa: S308  constant markup


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """An icon drawn inline. Without a label it is decoration and hidden from screen readers."""
    return mark_safe(_icon(str(name), size, str(label)))  # noqa: S308  built by ElementTree, which escapes the label


@lru_cache(maxsize=256)
def _icon(name: str, size: int, label: str) -> str:
    named = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return lucide._render_icon(name, size, stroke_width="1.75", focusable="false", **{"class": "icon"}, **named)


@register.filter
def country(code: str) -> str:
    """The name of a country by its ISO code, in the reader's language; "" stays ""."""
    return country_name(str(code or ""), get_language() or "en")


@register.filter
def day(value: date | datetime | None) -> str:
    """A calendar day: 21 Nov 2026, or 2026年11月21日."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    if _chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


@register.filter
def moment(value: datetime | None) -> str:
    """A day with hours and minutes, in the time zone of the page."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}" if _chinese() else f"{day(local)}, {local:%H:%M}"


@register.simple_tag
def when(value: date | datetime | None) -> SafeString | str:
    """A `<time>` element: moments with their clock time, days without."""
    if not value:
        return ""
    words = moment(value) if isinstance(value, datetime) else day(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)


@register.filter
def number(value: Any) -> str:
    """A number with grouped digits; zeros after the point that say nothing are left out."""
    if value is None or value == "":
        return ""
    try:
        plain = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not plain.is_finite():
        return str(value)
    text = f"{plain:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def money(value: Any, currency: str = "USD") -> str:
    """An amount with its currency code before it: USD 1,250,000.00."""
    try:
        return f"{currency} {Decimal(str(value)):,.2f}"
    except InvalidOperation:
        return ""


@register.filter
def short_digest(value: str) -> str:
    """The first eight signs of a digest, in two groups, for reading aloud; the whole stands in the title."""
    text = str(value or "").removeprefix("sha256:")
    return f"{text[:4]}·{text[4:8]}" if len(text) > 8 else text


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[dict[str, Any]]:
    """The entries of the rail this person may open; a page that is not there is left out."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    counts = (context.get("frame") or {}).get("counts") or {}
    entries = []
    for key, word, image, name, permission in NAVIGATION:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if permission and not user.has_perm(permission):
            continue
        here = request.path == url or (url != "/" and request.path.startswith(url))
        entries.append({"key": key, "word": word, "icon": image, "url": url, "count": counts.get(key), "here": here})
    return entries


@register.simple_block_tag(takes_context=True)
def component(context: Context, content: str, name: str, **inputs: Any) -> SafeString:
    """Render `components/<name>.html` around what stands between the tags; it arrives there as `body`.

    The component sees its inputs and nothing of the page, so that a page's own `title` or `count` cannot leak in.
    """
    found = context.template.engine.get_template(f"components/{name}.html")
    shared = {key: context[key] for key in ("request", "csrf_token", "frame") if key in context}
    return found.render(context.new({**shared, **inputs, "body": content}))


@register.inclusion_tag("components/route.html")
def draw_route(nodes: Any, legs: Any = (), label: str = "") -> dict[str, Any]:
    """The way of a case from exporter to end user; the inputs are described in drawings.route."""
    return {"drawing": drawings.route(list(nodes), list(legs)), "label": label}


@register.inclusion_tag("components/clock.html")
def draw_clock(clock: Any, today: date | None = None) -> dict[str, Any]:
    """One clock as a bar of days.

    `clock` is a dict: name, start, due, state, left (the words "4 days left"); optionally pauses [(from, to or None)],
    confirmed, note, owner, href. Without start or due the bar stays empty and `left` says why.
    """
    start, due = clock.get("start"), clock.get("due")
    drawn = None
    if start and due:
        now = today or timezone.localdate()
        drawn = drawings.bar(start, due, now, clock.get("pauses") or (), clock.get("confirmed"))
    return {"clock": clock, "bar": drawn}


OUTCOMES = {
    "applies": pgettext_lazy("finding", "applies"),
    "does_not_apply": pgettext_lazy("finding", "does not apply"),
    "unknown": pgettext_lazy("finding", "unknown"),
    "waiting": pgettext_lazy("finding", "not reached"),
}


@register.filter
def outcome_word(outcome: Any) -> str:
    """The word for the outcome of a finding: applies, does not apply, unknown, not reached."""
    key = str(getattr(outcome, "value", outcome))
    return str(OUTCOMES.get(key, key))


@register.filter
def nth(items: Any, index: int) -> Any:
    """The element at an index, or nothing."""
    return items[index] if index < len(items) else None


@register.simple_tag
def styleguide() -> dict[str, Any]:
    """Sample data for every component."""
    from .samples import sample

    return sample()
