"""The draft registry as a file: written for a person to edit, read again over the database's own schema.

What the file says of a table or column (title, synonyms, hidden, links) holds; what it leaves out is as the
database has it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.yaml_file import read_yaml
from knowledge.tables.faults import TablesRefused
from knowledge.tables.lexicon import lexicon
from knowledge.tables.naming import HAN, split
from knowledge.tables.query import Column
from knowledge.tables.schema import ColumnDraft, Draft, Link, TableDraft


class _ColumnEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = ""
    synonyms: tuple[str, ...] = ()
    hidden: bool = False


class _TableEntry(_ColumnEntry):
    columns: dict[str, _ColumnEntry] = Field(default_factory=dict)


class _LinkEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    from_: str = Field(alias="from", pattern=r"^.+\..+$")
    to: str = Field(pattern=r"^.+\..+$")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tables: dict[str, _TableEntry] = Field(default_factory=dict)
    links: list[_LinkEntry] | None = None


def write(draft: Draft, path: Path) -> None:
    """The whole draft, with titles as far as names could be translated."""
    import yaml

    tables = {table.name: _table(table) for table in draft.tables}
    links = [
        {"from": f"{link.child.table}.{link.child.name}", "to": f"{link.parent.table}.{link.parent.name}"}
        for link in draft.links
    ]
    text = yaml.safe_dump({"tables": tables, "links": links}, allow_unicode=True, sort_keys=False, width=120)
    path.write_text(text, encoding="utf-8")


def _table(table: TableDraft) -> dict[str, Any]:
    return {**_entry(table), "columns": {column.name: _entry(column) for column in table.columns}}


def _entry(one: TableDraft | ColumnDraft) -> dict[str, Any]:
    title = one.title or one.comment or translated(one.name)
    return {"title": title, "synonyms": list(one.synonyms), "hidden": one.hidden}


def translated(name: str) -> str:
    """A name in Chinese, word by word; "" where a word isn't known or the name is Chinese already."""
    if HAN.search(name):
        return ""
    words = [next(iter(lexicon().chinese.get(word, ())), "") for word in split(name)]
    return "".join(words) if words and all(words) else ""


def overlay(draft: Draft, path: Path) -> Draft:
    """The draft with what the file says. Raises `TablesRefused`: unreadable, or names that the database hasn't."""
    if not path.is_file():
        raise TablesRefused("no_file", path=path)
    try:
        file = _File.model_validate(read_yaml(path) or {})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise TablesRefused("registry", path=path, where=where, reason=first["msg"]) from None
    except Exception as error:  # YAML's own errors are many; each names line and column
        raise TablesRefused("registry", path=path, where="", reason=" ".join(str(error).split())) from None
    for name, entry in file.tables.items():
        _known(draft, path, name, entry)
    tables = tuple(_laid(table, file.tables.get(table.name)) for table in draft.tables)
    links = draft.links if file.links is None else tuple(_link(draft, path, one) for one in file.links)
    return Draft(draft.dialect, tables, links)


def _known(draft: Draft, path: Path, name: str, entry: _TableEntry) -> None:
    table = draft.by_name.get(name)
    if table is None:
        raise TablesRefused("registry_name", path=path, name=name)
    written = {column.name for column in table.columns}
    for column in entry.columns:
        if column not in written:
            raise TablesRefused("registry_name", path=path, name=f"{name}.{column}")


def _laid(table: TableDraft, entry: _TableEntry | None) -> TableDraft:
    if entry is None:
        return table
    columns = tuple(
        replace(column, title=said.title, synonyms=said.synonyms, hidden=said.hidden)
        if (said := entry.columns.get(column.name)) is not None
        else column
        for column in table.columns
    )
    return replace(table, title=entry.title, synonyms=entry.synonyms, hidden=entry.hidden, columns=columns)


def _link(draft: Draft, path: Path, entry: _LinkEntry) -> Link:
    ends = []
    for text in (entry.from_, entry.to):
        table, _, name = text.rpartition(".")
        found = draft.by_name.get(table)
        if found is None or name not in {column.name for column in found.columns}:
            raise TablesRefused("registry_name", path=path, name=text)
        ends.append(Column(table, name))
    return Link(ends[0], ends[1])
