"""The Export Administration Regulations as a pure function of facts, day and reading. See README.md in this folder.

book = the_book()
facts = Facts.from_dict({"activity": "export", "destination": "GB", ...})
answer = determine(facts, on=date(2026, 3, 1), reading=Reading.ENFORCED, book=book)
answer.outcome, [say(finding, "en") for finding in answer.findings], answer.questions
"""

from compliance.ear.conclusion import Condition, NotEncoded, Outcome, Question, ReviewPolicy
from compliance.ear.determination import ORDER, Determination, determine, strictest
from compliance.ear.facts import BadFacts, Facts
from compliance.ear.findings import Answer, Effect, Finding, Missing, Rule, Step
from compliance.ear.law import Cited, Law, NotYetEncoded, Reading, Rulebook, Span, the_book
from compliance.ear.records import (
    Activity,
    Authorization,
    Certifications,
    EndUse,
    Item,
    ListCode,
    Listing,
    PartyFacts,
    Role,
)
from compliance.ear.vocabulary import FIELDS
from compliance.ear.words import say, title

__all__ = [
    "FIELDS",
    "ORDER",
    "Activity",
    "Answer",
    "Authorization",
    "BadFacts",
    "Certifications",
    "Cited",
    "Condition",
    "Determination",
    "Effect",
    "EndUse",
    "Facts",
    "Finding",
    "Item",
    "Law",
    "ListCode",
    "Listing",
    "Missing",
    "NotEncoded",
    "NotYetEncoded",
    "Outcome",
    "PartyFacts",
    "Question",
    "Reading",
    "ReviewPolicy",
    "Role",
    "Rule",
    "Rulebook",
    "Span",
    "Step",
    "determine",
    "say",
    "strictest",
    "the_book",
    "title",
]
