"""Image, compose file and unit as far as they can be checked without an engine: nothing in them points nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from bot.cli import cli
from bot.cli.settings import describe
from config.settings import Settings

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
UNIT = ROOT / "docs" / "deploy" / "xiaoce@.service"
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SERVICES = sorted(COMPOSE["services"])
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.]+)*$")


def instructions() -> Iterator[tuple[str, str]]:
    """Name and rest of each; continued lines are one, comments are gone."""
    lines = [line for line in DOCKERFILE.splitlines() if not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            yield name, rest.strip()


def of(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


def commands() -> set[str]:
    return set(get_command(cli).commands)  # type: ignore[attr-defined]  # a typer.Typer is a click group


def variables() -> set[str]:
    return {f"XIAOCE_{name.upper().replace('.', '__')}" for name, _, _ in describe(Settings)}


def test_only_known_instructions_are_used() -> None:
    known = {"FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {name for name, _ in instructions()} <= known


def test_base_images_are_pinned_and_fit_the_project() -> None:
    for base in of("FROM"):
        image = base.split()[0]
        assert PINNED.fullmatch(image), image
        assert image.startswith("python:3.11."), "the version for which requirements.lock was resolved"


def test_everything_that_is_copied_exists_and_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in (word for rest in of("COPY") if not rest.startswith("--from=") for word in rest.split()[:-1]):
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source
    assert "*" in ignored, "no data and no secrets in the image"
    packages = set(re.findall(r'"(\w+)\*"', (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("find]")[1]))
    assert packages <= {rest.split()[0] for rest in of("COPY")}, "every package of ours"


def test_it_runs_as_nobody_important_and_tells_how_it_is() -> None:
    names = [name for name, _ in instructions()]
    assert of("USER")[-1] not in {"root", "0"}
    assert names.index("USER") > len(names) - 1 - names[::-1].index("FROM"), "in the last stage"
    assert "/healthz" in of("HEALTHCHECK")[0]
    assert "--require-hashes" in DOCKERFILE


def test_the_images_command_exists() -> None:
    assert json.loads(of("ENTRYPOINT")[0]) == ["xiaoce"]
    assert json.loads(of("CMD")[0])[0] in commands()


def test_variables_are_settings() -> None:
    files = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("Dockerfile", "compose.yaml")}
    used = {name: set(re.findall(r"\bXIAOCE_[A-Z0-9_]+\b", content)) - {"XIAOCE_"} for name, content in files.items()}
    assert used["Dockerfile"] >= {"XIAOCE_DATA"}
    assert used["Dockerfile"] | used["compose.yaml"] <= variables()


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_whole(name: str) -> None:
    service = COMPOSE["services"][name]
    if "build" in service:
        assert service["command"][0] in commands()
        assert service["restart"] == "always", "a replaced process ends and must be started again"
    else:
        assert PINNED.fullmatch(service["image"]), service["image"]
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    for other, how in service.get("depends_on", {}).items():
        assert how["condition"] != "service_healthy" or "healthcheck" in COMPOSE["services"][other]


def test_roles_share_the_data_folder_and_the_settings() -> None:
    web, worker = COMPOSE["services"]["web"], COMPOSE["services"]["worker"]
    assert web["volumes"] == worker["volumes"] == [f"data:{_environment('XIAOCE_DATA')}"]
    assert web["environment"] == worker["environment"]
    assert "ports" not in worker, "so that there can be several"
    assert "container_name" not in worker
    assert "hostname" not in worker, "names of processes begin with it"


def test_the_chroma_server_is_of_the_clients_release() -> None:
    client = re.search(r"^chromadb==([\d.]+)", LOCK, re.MULTILINE)
    assert client
    assert COMPOSE["services"]["chroma"]["image"] == f"chromadb/chroma:{client[1]}"


def test_nothing_secret_is_written_down() -> None:
    assert "POSTGRES_PASSWORD:?" in COMPOSE["services"]["web"]["environment"]["XIAOCE_DATABASE__URL"]
    assert COMPOSE["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${")


def test_the_unit_starts_a_command_and_restarts_it() -> None:
    unit = UNIT.read_text(encoding="utf-8")
    assert re.search(r"^ExecStart=\S+/xiaoce %i$", unit, re.MULTILINE)
    assert "Restart=always" in unit
    [made] = re.findall(r"^ExecStartPre=\+.*install -d .* (\S+)$", unit, re.MULTILINE)
    assert f"ReadWritePaths=-{made}\n" in unit, "the first start finds no data folder"
    assert set(re.findall(r"xiaoce@(\w+)", unit)) <= commands()


def _environment(name: str) -> str:
    found = re.search(rf"{name}=(\S+)", " ".join(of("ENV")))
    assert found
    return found[1]
