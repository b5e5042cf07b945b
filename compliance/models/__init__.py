"""The rows of the case file. Read through :mod:`compliance.queries`, changed through :mod:`compliance.services`."""

from .authorizations import Authorization, DrawDown, Pause
from .cases import Case, CaseLine, CaseParty, Comment
from .clocks import Clock, ClockWarning
from .decisions import Decision, Verdict
from .determinations import StoredDetermination
from .facts import Fact
from .files import Document
from .flags import FlagState, Inquiry
from .items import Item
from .parties import Ownership, Party, PartyAddress, PartyIdentifier, PartyName
from .people import Unit, User
from .programs import AnsweredRequest, ApiToken
from .screenings import CaseScreening

__all__ = (
    "AnsweredRequest",
    "ApiToken",
    "Authorization",
    "Case",
    "CaseLine",
    "CaseParty",
    "CaseScreening",
    "Clock",
    "ClockWarning",
    "Comment",
    "Decision",
    "Document",
    "DrawDown",
    "Fact",
    "FlagState",
    "Inquiry",
    "Item",
    "Ownership",
    "Party",
    "PartyAddress",
    "PartyIdentifier",
    "PartyName",
    "Pause",
    "StoredDetermination",
    "Unit",
    "User",
    "Verdict",
)
