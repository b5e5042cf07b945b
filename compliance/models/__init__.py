"""The rows of the case file. Read through :mod:`compliance.queries`, changed through :mod:`compliance.services`."""

from .authorizations import Authorization, DrawDown, Pause
from .cases import NOT_OPEN, Case, CaseLine, CaseParty, Comment
from .clocks import Clock, ClockWarning
from .decisions import Decision, Verdict
from .determinations import StoredDetermination
from .facts import Fact
from .files import Document
from .flags import FlagState, Inquiry
from .impact import ImpactChunk, ImpactRow, ImpactRun, Reliance
from .items import Item
from .parties import Ownership, Party, PartyAddress, PartyIdentifier, PartyName
from .people import Unit, User
from .programs import AnsweredRequest, ApiToken
from .screenings import CaseScreening

__all__ = (
    "NOT_OPEN",
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
    "ImpactChunk",
    "ImpactRow",
    "ImpactRun",
    "Inquiry",
    "Item",
    "Ownership",
    "Party",
    "PartyAddress",
    "PartyIdentifier",
    "PartyName",
    "Pause",
    "Reliance",
    "StoredDetermination",
    "Unit",
    "User",
    "Verdict",
)
