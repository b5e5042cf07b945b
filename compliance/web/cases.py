"""The case file: its page, its list, and every step a person takes in it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from compliance import countries, lifecycle
from compliance.lifecycle import Action
from compliance.queries import case_for, desk
from compliance.queries.case_choices import case_filters, document_for
from compliance.queries.case_file import CASE_PANELS, CaseFile, case_file
from compliance.queries.case_flags import with_what_follows
from compliance.services import determine, facts
from compliance.services.refusals import BadInput, NotYours, Refusal

from .deeds import BY_SLUG, DEEDS, Deed
from .page import guard, page, say, see, status_of, warn

VIEW = "compliance.view_case"
NEEDS = {action: step.needs for (_state, action), step in lifecycle.TABLE.items()}
ACTIONS_FIRST = ("submit", "propose", "ship", "resume", "close")


@guard(VIEW)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Every case the reader may see, filtered, sorted and paged."""
    asked = {name: request.GET.get(name, "").replace("\x00", "").strip()[:200] for name in case_filters(request.user)}
    order = request.GET.get("order", "due")
    rows = desk.filtered(request.user, order=order, **asked)
    paged = Paginator(desk.listed(rows), desk.PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "compliance/cases.html",
        "compliance/_cases.html",
        page=paged,
        rows=desk.rows_of(paged.object_list),
        filters=case_filters(request.user, asked),
        asked=asked,
        order=order,
        may_open=request.user.has_perm(lifecycle.WORK),
    )


@guard(VIEW)
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """One case as a file."""
    return show(request, ref)


def show(
    request: HttpRequest, ref: str, *, bound: dict[str, Any] | None = None, status: int = 200, error: str = ""
) -> HttpResponse:
    """Render the case page. ``bound`` are refused forms by slug, with what the person typed still in them."""
    file = case_file(request.user, ref, since=_last_seen(request, ref))
    response = page(
        request,
        "compliance/case.html",
        "compliance/_case.html",
        status=status,
        file=file,
        case=file.case,
        deeds=_deeds(request, file, bound or {}),
        tabs=_tabs(file),
        refusal=error,
        countries=countries.choices(get_language() or "en") if file.may_answer else (),
        **_flag_forms(request, file, bound or {}),
    )
    _remember(request, ref, file.last_sequence)
    return response


def _deeds(request: HttpRequest, file: CaseFile, bound: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the steps this person may take now, by panel; those of a flag stand beside the flag."""
    found: dict[str, list[dict[str, Any]]] = {}
    for deed in DEEDS:
        if deed.panel == "flags" or not _possible(deed, file):
            continue
        form = bound.get(deed.slug) or deed.form(case=file.case, user=request.user, initial=_initial(file))
        found.setdefault(deed.panel, []).append({"deed": deed, "form": form, "open": deed.slug in bound})
    steps = found.get("actions", [])
    found["first"] = [step for step in steps if step["deed"].slug in ACTIONS_FIRST]
    found["more"] = [step for step in steps if step["deed"].slug not in ACTIONS_FIRST]
    return found


def _possible(deed: Deed, file: CaseFile) -> bool:
    if deed.panel == "deciding" and (file.deciding is None or not file.deciding.may_decide):
        return False
    pending = [each.row for each in file.authorizations if each.row.standing == "pending"]
    if deed.slug == "registration":
        return file.can(Action.PAUSE_CLOCK) and any(e.kind == "nac" and not e.registered_on for e in pending)
    if deed.slug == "pause":
        return file.can(Action.PAUSE_CLOCK) and any(e.kind == "nac" and e.registered_on for e in pending)
    return file.can(deed.action)


def _initial(file: CaseFile) -> dict[str, Any]:
    return {"fingerprint": file.deciding.decision.content if file.deciding else ""}


def _flag_forms(request: HttpRequest, file: CaseFile, bound: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the forms that stand beside every open flag, drawn once: flags differ in hidden fields.

    A refused form keeps its words, and the flag it was about stays unfolded.
    """
    made: dict[str, Any] = {}
    for slug in ("inquire", "record-answer", "close-flag"):
        deed = BY_SLUG[slug]
        if file.can(deed.action):
            form = bound.get(slug) or deed.form(case=file.case, user=request.user)
            form.auto_id = False
            made[f"{slug.replace('-', '_')}_fields"] = render_to_string("compliance/_loose_fields.html", {"form": form})
            if slug in bound:
                made["refused_flag"] = file.flags.code_of(form.data.get("code"), form.data.get("inquiry_id"))
    return made


def _tabs(file: CaseFile) -> list[dict[str, Any]]:
    counts = {
        "screening": file.screening.undecided,
        "flags": file.flags.open,
        "documents": len(file.documents),
        "clocks": len(file.clocks),
        "history": file.news,
    }
    hidden = set()
    if not file.flags.iaas:
        hidden.add("iaas")
    hidden |= {"questions", "deciding"}
    return [
        {"href": f"#{key}", "label": words, "count": counts.get(key)}
        for key, words in CASE_PANELS.items()
        if key not in hidden
    ]


def _last_seen(request: HttpRequest, ref: str) -> int:
    return int(request.session.get("seen", {}).get(ref, 0))


def _remember(request: HttpRequest, ref: str, sequence: int) -> None:
    """Keep how far this reader has read. The oldest are forgotten; a new session falls back on own entries."""
    seen = request.session.get("seen", {})
    if seen.get(ref) != sequence:
        seen.pop(ref, None)
        seen[ref] = sequence
        request.session["seen"] = dict(list(seen.items())[-200:])


@guard(VIEW)
@require_POST
def do(request: HttpRequest, ref: str, slug: str) -> HttpResponse:
    """Take one step. A refusal shows the case again with the form open, its words kept and the sentence beside them."""
    deed = BY_SLUG[slug]
    row = _theirs(request, ref, deed.action)
    form = deed.form(request.POST, request.FILES, case=row, user=request.user)
    if not form.is_valid():
        return show(request, ref, bound={slug: form}, status=400)
    try:
        done = deed.verb(ref, by=request.user, **form.cleaned_data)
    except Refusal as refusal:
        return _again(request, ref, deed, form, refusal)
    if doubt := deed.doubt(done):
        warn(request, doubt)
    else:
        say(request, str(deed.said))
    return see(request, "compliance:case", ref, anchor="" if deed.panel == "actions" else deed.panel)


def _theirs(request: HttpRequest, ref: str, action: Action) -> Any:
    """Return the case if this person's role ever includes the action; what the state allows, the verb says.

    Asked before the form is read, so that nobody is told to fill in what they may not send.
    """
    row = case_for(request.user, ref)
    if not request.user.has_perm(NEEDS[action]):
        raise NotYours()
    return row


def _again(request: HttpRequest, ref: str, deed: Deed, form: Any, refusal: Refusal) -> HttpResponse:
    given = _FIELDS.get(refusal.field, refusal.field) if isinstance(refusal, BadInput) else None
    if refusal.code == "reason_missing":
        given = "reason"
    form.add_error(given if given in form.fields else None, str(refusal))
    return show(
        request, ref, bound={} if deed.bare else {deed.slug: form}, status=status_of(refusal), error=str(refusal)
    )


_FIELDS = {"file": "upload", "proof": "proof_id", "evidence": "evidence_id"}
"""Where a verb's name of a field is not the form's."""


@guard(VIEW)
@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer one question of the rail; the law is asked again at once, so that the rail moves on."""
    given = request.POST
    unknown = given.get("value") == "?"
    try:
        facts.answer(
            ref,
            by=request.user,
            key=given.get("key", ""),
            value=_value(given),
            cannot_be_known=unknown,
            party_ref=given.get("party", ""),
            item_ref=given.get("item", ""),
            source=given.get("source", ""),
            as_of=given.get("as_of", ""),
            document_id=_whole(given.get("document_id", "")),
        )
    except Refusal as refusal:
        return show(request, ref, status=status_of(refusal), error=_named(refusal))
    determine.determine_case(ref, by=request.user)
    say(request, _("Noted, and the law was asked again."))
    return see(request, "compliance:case", ref, anchor="questions")


def _whole(raw: str) -> int | None:
    """Return a row's number as a form sends it; anything else is none."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else None


def _value(given: Any) -> Any:
    values = given.getlist("value")
    if values == ["?"] or not values:
        return None
    return values if len(values) > 1 else values[0]


def _named(refusal: Refusal) -> str:
    """Return the sentence with the question it is about."""
    from compliance.queries.fact_words import label

    return f"{label(refusal.field)} – {refusal}" if isinstance(refusal, BadInput) else str(refusal)


@guard(VIEW)
@require_POST
def questionnaire(request: HttpRequest, ref: str) -> HttpResponse:
    """Take the answers of a whole questionnaire: all of them or, where one cannot be used, none."""
    _theirs(request, ref, Action.ANSWER)
    answers = []
    for name in request.POST:
        if not name.startswith("fact|") or not any(request.POST.getlist(name)):
            continue
        # A name that was tampered with is padded: its key then names no fact, which is refused in words.
        key, party, item = [*name.split("|", 3)[1:], "", "", ""][:3]
        values = [value for value in request.POST.getlist(name) if value]
        answers.append(
            {
                "key": key,
                "party_ref": party,
                "item_ref": item,
                "cannot_be_known": values == ["?"],
                "value": None if values == ["?"] else values if len(values) > 1 else values[0],
            }
        )
    if not answers:
        messages.warning(request, _("No answer was given; nothing changed."))
        return see(request, "compliance:case", ref, anchor="flags")
    if request.POST.get("panel") == "iaas":
        answers = with_what_follows(
            answers, party_ref=request.POST.get("party", ""), item_ref=request.POST.get("item", "")
        )
    try:
        facts.answer_many(ref, by=request.user, answers=answers, source=request.POST.get("source", ""))
    except Refusal as refusal:
        return show(request, ref, status=status_of(refusal), error=_named(refusal))
    determine.determine_case(ref, by=request.user)
    say(request, ngettext("%(n)d answer noted.", "%(n)d answers noted.", len(answers)) % {"n": len(answers)})
    return see(request, "compliance:case", ref, anchor=request.POST.get("panel") or "flags")


@guard(VIEW)
@require_safe
def document(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Hand out a document as it was handed in: to be saved, never shown in the browser."""
    row = document_for(request.user, ref, pk)
    try:
        content = default_storage.open(row.stored_as, "rb")
    except FileNotFoundError:
        sentence = _("The file is kept in the list but missing from the store. Tell the administrator its SHA-256.")
        return page(request, "compliance/refused.html", status=410, sentence=f"{sentence} {row.sha256}")
    response = FileResponse(content, content_type=row.media_type)
    response["Content-Length"] = row.size
    response["Content-Disposition"] = content_disposition_header(True, row.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
