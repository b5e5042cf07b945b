"""License Exceptions AIA (15 CFR 740.27), ACM (740.28) and LPP (740.29) of the AI Diffusion rule.

Codified since 2025-01-13 and never enforced: BIS said so on 2025-05-13, two days before compliance was due. As codified
they serve; as enforced none is available, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from compliance.ear.classification import classify
from compliance.ear.facts import Facts
from compliance.ear.findings import Effect, Finding, Rule, Said, Step, applies, does_not_apply, unknown
from compliance.ear.law import Law, Reading
from compliance.ear.parties import Tested, all_of, any_from_d5m, any_of, d5m, recipients
from compliance.ear.records import Activity, PartyFacts, Role
from compliance.ear.rules.exceptions import NOTHING, condition, named, relied, serves, stated
from compliance.ear.rules.part_740_gate import WEIGHTS, gate

FROM, DESIGNER_FROM = date(2025, 1, 13), date(2025, 1, 16)
CODIFIED = Reading.CODIFIED


def _not_enforced(code: str, cite: str) -> Rule:
    def body(facts: Facts, law: Law, before: Sequence[Finding]) -> Said | Iterable[Said]:
        return does_not_apply("exception.not_enforced") if relied(facts, code) else NOTHING

    says = f"{code} came with a rule that BIS does not enforce: nobody may build on it in that reading."
    return named(f"{code.lower()}_not_enforced", cite, says, body, step=Step.EXCEPTION, since=FROM,
                 only=Reading.ENFORCED, effect=Effect.EXCEPTS, of=code)  # fmt: skip


def _levels(facts: Facts, law: Law, levels: Iterable[str]) -> Said:
    found, read = classify(facts.item, law), facts.seen("item.eccn", "item.level", "item.tpp")
    level = found.level
    if level.value is None:
        return unknown("general.level_unknown", *level.relied_on, missing=level.missing, read=read)
    if level.value not in levels:
        return does_not_apply("exception.item_not_reached", *level.relied_on, read=read)
    return applies("exception.item_fits", *level.relied_on, read=read)


def _designed(facts: Facts, law: Law) -> bool:
    """3A090.a itself, 5A002.z and 5A992.z.1, from 2025-01-16; a .z paragraph that is not told apart counts."""
    if law.day < DESIGNER_FROM:
        return False
    found = classify(facts.item, law)
    if found.entry == "3A090":
        return found.level.value in {None, "a"}
    if found.entry == "5A992":
        return found.paragraph in {"z", "z.1"} or found.paragraph.startswith("z.1.")
    return found.entry == "5A002" and found.paragraph.partition(".")[0] == "z"


def _inside(code: str | None, law: Law, field: str, party: str | None = None) -> Tested:
    if code is None:
        return any_of((d5m(None, law, field, party),))
    cited = law.member("part_740.supplement_5a", code)
    return Tested(cited.value, (cited,), value=code)


def _own(party: PartyFacts, law: Law) -> Tested:
    """Whether headquarters and ultimate parent are both in Supplement No. 5(a); a person counts by country."""
    if party.natural_person is True:
        return _inside(party.country, law, "party.country", party.ref)
    own = _inside(party.headquarters, law, "party.headquarters", party.ref)
    if party.own_ultimate_parent is True and party.ultimate_parent_headquarters is None:
        return own
    parent = _inside(party.ultimate_parent_headquarters, law, "party.ultimate_parent_headquarters", party.ref)
    return all_of((own, parent))


def _say(test: Tested, yes: str, no: str, facts: Facts, *keys: str) -> Said:
    read = facts.seen(*keys)
    if test.answer is None:
        return unknown("exception.unasked", *test.relied_on, missing=test.missing, read=read)
    return (applies if test.answer else does_not_apply)(yes if test.answer else no, *test.relied_on, read=read)


def _supplement_place(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    test = _inside(facts.destination, law, "case.destination")
    return _say(test, "exception.place_fits", "exception.place_not_reached", facts, "case.destination")


def _supplement_parties(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    held = recipients(facts)
    if not held:
        return unknown("general.parties_missing", missing=("case.parties",))
    test = all_of(_own(party, law) for party in held)
    return _say(test, "exception.parties_fit", "exception.parties_not_reached", facts, "case.destination")


def _outside_d5m(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Not to a D:5 country or Macau and not to a party from there."""
    near = any_of((d5m(facts.destination, law), any_from_d5m(facts, law)))
    answer = None if near.answer is None else not near.answer
    test = Tested(answer, near.relied_on, near.missing)
    return _say(test, "exception.place_fits", "exception.place_not_reached", facts, "case.destination")


def _aia_item(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    if classify(facts.item, law).entry == WEIGHTS:
        return applies("exception.item_fits", read=facts.seen("item.eccn"))
    return _levels(facts, law, {"a"})


def _ledger(field: str, parameter: str, facts: Facts, law: Law) -> Said:
    """A running total that may reach its limit and not pass it."""
    limit, held = law.value(parameter), facts.get(field)
    read, values = facts.seen(field), {"limit": limit.value}
    if held is None:
        return unknown("exception.ledger_unknown", limit, missing=(field,), read=read, values=values)
    over = held > Decimal(limit.value)
    said, key = (does_not_apply, "exception.ledger_over") if over else (applies, "exception.ledger_within")
    return said(key, limit, read=read, values={**values, "total": held})


def _threshold(field: str, done: str, parameter: str, facts: Facts, law: Law) -> Said:
    """A step that is owed once a total reaches the threshold."""
    limit, held, step = law.value(parameter), facts.get(field), facts.get(done)
    read, values = facts.seen(field, done), {"limit": limit.value}
    if step:
        return applies("exception.met", limit, read=read)
    if held is not None and held < Decimal(limit.value):
        return applies("exception.below_threshold", limit, read=read, values=values)
    if held is None or step is None:
        missing = [name for name, value in ((field, held), (done, step)) if value is None]
        return unknown("exception.threshold_open", limit, missing=missing, read=read, values=values)
    return does_not_apply("exception.threshold_reached", limit, read=read, values=values)


def _aia_sent(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    total, sent = "case.aia.consignee_total_tpp", "case.aia.certificate_sent"
    return _threshold(total, sent, "part_740.aia_certificate_tpp", facts, law)


def _weights(facts: Facts, law: Law) -> bool:
    return classify(facts.item, law).entry == WEIGHTS


aia_not_enforced = _not_enforced("AIA", "15 CFR 740.27")
aia_gate = gate("AIA", FROM)
aia_item = condition("aia_item", "15 CFR 740.27", "Items of the .a level and 4E091.", _aia_item, of="AIA", since=FROM,
                     only=CODIFIED)  # fmt: skip
aia_place = condition("aia_place", "15 CFR 740.27, Supp. No. 5(a)", "A destination of Supplement No. 5(a).",
                      _supplement_place, of="AIA", since=FROM, only=CODIFIED)  # fmt: skip
aia_parties = condition("aia_parties", "15 CFR 740.27, Supp. No. 5(a)", "Headquarters and ultimate parents there.",
                        _supplement_parties, of="AIA", since=FROM, only=CODIFIED)  # fmt: skip
aia_designer = stated("aia_designer", "15 CFR 740.27", "A chip of an approved or authorized designer.",
                      "case.aia.approved_designer", of="AIA", since=FROM, when=_designed, only=CODIFIED)  # fmt: skip
aia_no_training = stated("aia_no_training", "15 CFR 740.27", "No computing for outsiders to train 4E091 models.",
                         "case.aia.trains_for_outsiders", of="AIA", wants=False, since=FROM, only=CODIFIED)  # fmt: skip
aia_storage = stated("aia_storage", "15 CFR 740.27", "The storage rules for model weights.", "case.aia.weights_storage",
                     of="AIA", since=FROM, when=_weights, only=CODIFIED)  # fmt: skip
aia_certificate = stated("aia_certificate", "15 CFR 740.27(b)(2)", "The consignee's certificate before any use.",
                         "case.aia.certificate", of="AIA", since=FROM, procedural=True, only=CODIFIED)  # fmt: skip
aia_sent = condition("aia_sent", "15 CFR 740.27(c)", "The certificate to BIS at a cumulative 253,000,000 TPP.",
                     _aia_sent, of="AIA", since=FROM, procedural=True, only=CODIFIED)  # fmt: skip
aia_notice = stated("aia_notice", "15 CFR 740.27", "A written notice with each shipment.", "case.aia.shipment_notice",
                    of="AIA", since=FROM, procedural=True, only=CODIFIED)  # fmt: skip
aia_eccn = stated("aia_eccn", "15 CFR 740.27", "The ECCN to the consignee.", "case.aia.eccn_told", of="AIA", since=FROM,
                  procedural=True, only=CODIFIED)  # fmt: skip
aia = serves("aia", "15 CFR 740.27", "License Exception AIA.", of="AIA", since=FROM, only=CODIFIED)


def _acm_item(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    return _levels(facts, law, {"a", "b", "c"})


def _acm_purpose(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    held, read = facts.acm.purpose, facts.seen("case.acm.purpose")
    if held is None:
        return unknown("exception.unasked", missing=("case.acm.purpose",), read=read)
    if held == "other":
        return does_not_apply("exception.not_met", read=read)
    return applies("exception.met", read=read)


def _acm_place(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Not to a D:5 country or Macau, nor to an ultimate consignee from there."""
    consignees = [p for p in recipients(facts) if p.role in {None, Role.ULTIMATE_CONSIGNEE}]
    if not consignees or not any(p.role is Role.ULTIMATE_CONSIGNEE for p in consignees):
        return _outside_d5m(facts, law, ())
    held = Facts(destination=facts.destination, parties=tuple(consignees))
    return _outside_d5m(held, law, ())


acm_not_enforced = _not_enforced("ACM", "15 CFR 740.28")
acm_gate = gate("ACM", FROM)
acm_item = condition("acm_item", "15 CFR 740.28", "Items of the levels .a, .b and .c.", _acm_item, of="ACM", since=FROM,
                     only=CODIFIED)  # fmt: skip
acm_place = condition("acm_place", "15 CFR 740.28", "Outside D:5 and Macau, no ultimate consignee from there.",
                      _acm_place, of="ACM", since=FROM, only=CODIFIED)  # fmt: skip
acm_private = stated("acm_private", "15 CFR 740.28", "End users of the private sector.", "case.acm.private_sector",
                     of="ACM", since=FROM, only=CODIFIED)  # fmt: skip
acm_purpose = condition("acm_purpose", "15 CFR 740.28", "Development, production or storage in a warehouse.",
                        _acm_purpose, of="ACM", since=FROM, only=CODIFIED)  # fmt: skip
acm_customers = stated("acm_customers", "15 CFR 740.28", "Final customers outside D:5 and Macau or authorized.",
                       "case.acm.customers_outside", of="ACM", since=FROM, only=CODIFIED)  # fmt: skip
acm_no_training = stated("acm_no_training", "90 FR 4544, preamble", "Not for training AI models.",
                         "case.acm.ai_training", of="ACM", wants=False, since=FROM, only=CODIFIED)  # fmt: skip
acm_designer = stated("acm_designer", "15 CFR 740.28", "A chip of an approved or authorized designer.",
                      "case.acm.approved_designer", of="ACM", since=FROM, when=_designed, only=CODIFIED)  # fmt: skip
acm_records = stated("acm_records", "15 CFR 740.28(e)", "Stock records updated at least every six months.",
                     "case.acm.records_kept", of="ACM", since=FROM, procedural=True, only=CODIFIED)  # fmt: skip
acm = serves("acm", "15 CFR 740.28", "License Exception ACM.", of="ACM", since=FROM, only=CODIFIED)


def _lpp_item(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    """Items of the .a level. 5A002.z is named in its entry and in the count, but not in 740.29(b): the stricter."""
    if classify(facts.item, law).entry == "5A002":
        return does_not_apply("exception.texts_disagree", read=facts.seen("item.eccn"), checked=False)
    return _levels(facts, law, {"a"})


def _lpp_movement(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    read = facts.seen("case.activity")
    if facts.activity is None:
        return unknown("general.activity_missing", missing=("case.activity",), read=read)
    said = applies if facts.activity in {Activity.EXPORT, Activity.REEXPORT} else does_not_apply
    return said("exception.met" if said is applies else "exception.not_met", read=read)


def _lpp_ledger(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    return _ledger("case.lpp.consignee_year_tpp", "part_740.lpp_year_tpp", facts, law)


def _lpp_notified(facts: Facts, law: Law, before: Sequence[Finding]) -> Said:
    return _threshold("case.lpp.shipment_tpp", "case.lpp.notified", "part_740.lpp_notice_tpp", facts, law)


lpp_not_enforced = _not_enforced("LPP", "15 CFR 740.29")
lpp_gate = gate("LPP", FROM)
lpp_item = condition("lpp_item", "15 CFR 740.29(b)", "Items of the .a level.", _lpp_item, of="LPP", since=FROM,
                     only=CODIFIED)  # fmt: skip
lpp_movement = condition("lpp_movement", "15 CFR 740.29", "Exports and reexports only.", _lpp_movement, of="LPP",
                         since=FROM, only=CODIFIED)  # fmt: skip
lpp_place = condition("lpp_place", "15 CFR 740.29(c)", "Outside D:5 and Macau and no party from there.", _outside_d5m,
                      of="LPP", since=FROM, only=CODIFIED)  # fmt: skip
lpp_ledger = condition("lpp_ledger", "15 CFR 740.29", "26,900,000 TPP per year and consignee over all exporters.",
                       _lpp_ledger, of="LPP", since=FROM, only=CODIFIED)  # fmt: skip
lpp_no_distributor = stated("lpp_no_distributor", "90 FR 4544, preamble", "Not through distributors.",
                            "case.lpp.distributor", of="LPP", wants=False, since=FROM, only=CODIFIED)  # fmt: skip
lpp_certificate = stated("lpp_certificate", "15 CFR 740.29", "The consignee's certificate before any use.",
                         "case.lpp.certificate", of="LPP", since=FROM, procedural=True, only=CODIFIED)  # fmt: skip
lpp_notified = condition("lpp_notified", "15 CFR 740.29", "Notice before a shipment of 3,200,000 TPP or more.",
                         _lpp_notified, of="LPP", since=FROM, procedural=True, only=CODIFIED)  # fmt: skip
lpp = serves("lpp", "15 CFR 740.29", "License Exception LPP.", of="LPP", since=FROM, only=CODIFIED)

RULES = (
    aia_not_enforced,
    aia_gate,
    aia_item,
    aia_place,
    aia_parties,
    aia_designer,
    aia_no_training,
    aia_storage,
    aia_certificate,
    aia_sent,
    aia_notice,
    aia_eccn,
    aia,
    acm_not_enforced,
    acm_gate,
    acm_item,
    acm_place,
    acm_private,
    acm_purpose,
    acm_customers,
    acm_no_training,
    acm_designer,
    acm_records,
    acm,
    lpp_not_enforced,
    lpp_gate,
    lpp_item,
    lpp_movement,
    lpp_place,
    lpp_ledger,
    lpp_no_distributor,
    lpp_certificate,
    lpp_notified,
    lpp,
)
