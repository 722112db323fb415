"""The types that every part of Xiaoce shares. Pure: nothing here imports from the rest of the project."""

from bot.contracts.adapter import Adapter, Direct, Fetched, Parcel, Payload, Receipt, Receive
from bot.contracts.card import Action, Card, Citation, Fact, Field, Form, Section
from bot.contracts.clock import Clock, SystemClock
from bot.contracts.event import Deadline, Event
from bot.contracts.message import Attachment, Location, Message, Press
from bot.contracts.model import Model, NoModel, OnDraft, Writing
from bot.contracts.page import Page, PageRequest, PageResult
from bot.contracts.person import Person, Role
from bot.contracts.reply import Address, CardUpdate, OutgoingFile, Reply
from bot.contracts.skill import Ask, AtHome, Claims, Context, Example, Happening, Outcome, Remember, Skill

__all__ = [
    "Action",
    "Adapter",
    "Address",
    "Ask",
    "AtHome",
    "Attachment",
    "Card",
    "CardUpdate",
    "Citation",
    "Claims",
    "Clock",
    "Context",
    "Deadline",
    "Direct",
    "Event",
    "Example",
    "Fact",
    "Fetched",
    "Field",
    "Form",
    "Happening",
    "Location",
    "Message",
    "Model",
    "NoModel",
    "OnDraft",
    "Outcome",
    "OutgoingFile",
    "Page",
    "PageRequest",
    "PageResult",
    "Parcel",
    "Payload",
    "Person",
    "Press",
    "Receipt",
    "Receive",
    "Remember",
    "Reply",
    "Role",
    "Section",
    "Skill",
    "SystemClock",
    "Writing",
]
