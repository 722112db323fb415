"""Tables and migrations say the same, on both databases, beside the durable engine's own tables."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from dbos import _migration as engine_migrations
from sqlalchemy import inspect, text

from storage.database import Database
from storage.migrations import configuration
from storage.revision import known_revisions
from storage.tables import metadata


def test_migrations_build_exactly_the_tables(database: Database) -> None:
    """A changed table without a migration fails here; the engine's tables don't count."""
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE workflow_status (id INTEGER)"))
        options = {"include_name": lambda name, kind, _: kind != "table" or name in metadata.tables}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_comparison_notices_a_missing_column(sqlite_url: str) -> None:
    """The test above can fail."""
    database = Database(sqlite_url)
    database.migrate()
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE files DROP COLUMN sha256"))
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert "sha256" in str(differences)
    database.close()


def test_constraints_are_in_the_database(database: Database) -> None:
    """Guarantees are constraints: names as in the models, so that both databases are the same."""
    inspector = inspect(database.engine)
    for table in metadata.tables.values():
        assert inspector.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
    unique = {c["name"] for name in metadata.tables for c in inspector.get_unique_constraints(name)}
    assert unique == {
        "uq_accounts_person_id_channel",
        "uq_business_events_source_id",
        "uq_deadline_notes_deadline_id",
        "uq_deadlines_sla",
        "uq_event_deliveries_event_seq",
        "uq_event_mendings_producer_type_given",
        "uq_quarantined_events_source_event_id",
        "uq_timeline_direction_item",
    }
    checks = {c["name"] for name in metadata.tables for c in inspector.get_check_constraints(name)}
    assert checks == {
        "ck_brief_decisions_decision",
        "ck_customer_merges_two",
        "ck_data_alarms_kind",
        "ck_deadlines_state",
        "ck_event_deliveries_state",
        "ck_event_rehearsals_state",
        "ck_event_subscriptions_state",
        "ck_identities_how",
        "ck_lights_colour",
        "ck_loads_state",
        "ck_matches_state",
        "ck_quarantined_events_state",
        "ck_refused_rows_state",
        "ck_consents_kind",
        "ck_deals_result",
        "ck_deliveries_state",
        "ck_diagnoses_response",
        "ck_dialogues_source",
        "ck_dialogues_state",
        "ck_labels_verdict",
        "ck_patterns_state",
        "ck_prompts_priority",
        "ck_prompts_response",
        "ck_prompts_state",
        "ck_proposals_state",
        "ck_rules_state",
        "ck_tasks_state",
        "ck_timeline_direction",
        "ck_utterances_side",
    }
    prompts = {index["name"]: index["unique"] for index in inspector.get_indexes("prompts")}
    assert prompts["ix_prompts_person_id_customer_id_event"], "one card per customer and event"


def test_names_never_meet_the_durable_engines() -> None:
    """Both keep their tables in one SQLite file."""
    source = Path(str(engine_migrations.__file__)).read_text()
    theirs = set(re.findall(r'CREATE TABLE (?:IF NOT EXISTS )?(?:\{quoted_schema\}\.)?"?(\w+)', source))
    assert len(theirs) > 8
    assert not theirs & {name.lower() for name in metadata.tables}


def test_the_files_names_say_the_order() -> None:
    """A start compares them with the database's revision, without Alembic."""
    line = ScriptDirectory.from_config(configuration()).walk_revisions()
    assert known_revisions() == tuple(script.revision for script in line)


def test_several_processes_may_migrate_at_once(database: Database) -> None:
    """Every start migrates; nothing happens twice."""
    errors: list[BaseException] = []

    def start() -> None:
        other = Database(database.engine.url.render_as_string(hide_password=False))
        try:
            other.migrate()
        except BaseException as error:
            errors.append(error)
        finally:
            other.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_failed_migration_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed half-way, the next start begins from where the tables really are."""
    url = database.engine.url.render_as_string(hide_password=False)
    with database.engine.begin() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        connection.execute(text("CREATE TABLE timeline (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="timeline"):
        database.migrate()
    assert inspect(database.engine).get_table_names() == ["timeline"]
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE timeline"))
    again = Database(url)
    again.migrate()
    assert "playbook_texts" in inspect(again.engine).get_table_names()
    again.close()


def test_migrates_from_any_folder(tmp_path: Path) -> None:
    """No alembic.ini, no working directory: an installed checkout is enough."""
    code = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parents[3])!r}]\n"
        "from storage.database import Database\n"
        "database = Database('sqlite:///new/folder/xiaoce.db'); database.migrate(); database.close()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    assert (tmp_path / "new/folder/xiaoce.db").exists()
