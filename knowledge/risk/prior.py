"""The model that Xiaoce comes with: version 0, documented assumptions, always there to go back to."""

from __future__ import annotations

from pathlib import Path

from config.yaml_file import read_yaml
from knowledge.risk.features import definition
from knowledge.risk.model import Origin, RiskModel

PRIOR = 0
FILE = Path(__file__).with_name("prior.yaml")


def prior_model() -> RiskModel:
    """Read from `prior.yaml`, where each number has its source beside it."""
    told = read_yaml(FILE)
    return RiskModel(definition=definition(), version=PRIOR, origin=Origin(kind="prior"), **told)
