"""The manifest: what was generated, and the planted facts with their ids (the ground truth of later tests)."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

MANIFEST_NAME = "manifest.json"


@dataclass(frozen=True)
class ExportedFile:
    """One file: `path` within the folder, `rows` records without headers, `encoding` a Python codec or binary."""

    path: str
    rows: int
    encoding: str
    sha256: str


@dataclass(frozen=True)
class Duplicate:
    """Two customer rows that are one company; `kind` is suffix, branch, typo or english."""

    original: str
    copy: str
    kind: str


@dataclass(frozen=True)
class LateChannel:
    """The channel whose export stopped: `hours` is the age of its last export when today begins."""

    channel: str
    owner: str
    last_exported_at: str
    hours: int


@dataclass(frozen=True)
class StagedDeal:
    """A won deal; the message ids of 异议响应, 价值重锚 and 限时促成, in that order."""

    opportunity: str
    room: str
    objection_response: str
    value_reanchor: str
    timed_close: str


@dataclass(frozen=True)
class StalledOrder:
    """The order that the ERP never turned into a purchase order."""

    order: str
    contract: str
    confirmed_at: str


@dataclass(frozen=True)
class WeakIndustry:
    """The industry whose leads sales accepts far less often (MQL→SQL), and the rate of all others together."""

    industry: str
    rate: float
    others: float


@dataclass(frozen=True)
class Call:
    """A recorded call; `commitments` are line numbers of its script (from 1), the line's speaker made each."""

    script: str
    rep: str
    customer: str
    opportunity: str
    started_at: str
    competitor: str
    commitments: tuple[int, ...]


@dataclass(frozen=True)
class Facts:
    """Everything planted, as ids of the exported rows; sorted, so that sets compare."""

    week: tuple[date, date]  # Monday and Sunday of the last full week
    single_threaded_deals: tuple[str, ...]  # open; only one of the customer's people has written
    silent_deciders: tuple[str, ...]  # those of them in which it is somebody who doesn't decide
    unopened_proposals: tuple[str, ...]  # quotes of open deals, sent days ago and not opened
    unexplained_quotes: tuple[str, ...]  # in that week, ≥ 15 % above the competitor, value not explained
    lead_count: int
    rejected_leads: tuple[str, ...]
    rescued_leads: tuple[str, ...]  # rejected, yet an opportunity came of them later
    late_channel: LateChannel
    duplicates: tuple[Duplicate, ...]
    off_list_industries: tuple[str, ...]  # customers
    missing: dict[str, tuple[str, ...]]  # column → customers without it
    weak_industry: WeakIndustry
    tied_touches: tuple[tuple[str, str], ...]  # same visitor, same second, different channel
    three_stage_deals: tuple[StagedDeal, ...]
    rooms_without_consent: tuple[str, ...]
    stalled_order: StalledOrder
    late_orders: tuple[str, ...]  # purchase order more than 15 minutes after the confirmation
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Manifest:
    """What `generate` made."""

    today: date
    seed: int
    files: tuple[ExportedFile, ...]
    facts: Facts

    def rows(self, path: str) -> int:
        """Records in that file. KeyError: no such file was generated."""
        return {file.path: file.rows for file in self.files}[path]

    def write(self, folder: Path) -> None:
        """Written last: a folder that has a manifest is complete."""
        text = json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1, default=date.isoformat)
        (folder / MANIFEST_NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generated folder. FileNotFoundError: nothing (complete) was generated there."""
    from pydantic import TypeAdapter  # costs 0.1 s, and generating does not need it

    return TypeAdapter(Manifest).validate_json((folder / MANIFEST_NAME).read_bytes())
