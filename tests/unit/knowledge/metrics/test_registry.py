"""The registry's files (B9): what is in them, how a company adds to them, faults that name file, line and remedy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.contracts.errors import ConfigurationError
from config.locales import t
from knowledge.metrics.checking import AGGREGATES, FUNCTIONS
from knowledge.metrics.expressions import parsed
from knowledge.metrics.loading import OURS, load_registry
from knowledge.metrics.registry import Registry

OWN = """\
dear_wins:
  title: {zh: 大单数, en: Large wins}
  synonyms: [大单]
  definition: {zh: 金额超过 100 万的赢单, en: Won deals above a million}
  unit: count
  better: more
  table: deal
  time: closed
  where: result = 'won' AND amount > 1000000
  aggregate: count(*)
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def test_enough_of_everything(registry: Registry) -> None:
    assert len(registry.metrics) >= 40
    assert len(registry.dimensions) >= 15
    for one in registry.metrics.values():
        assert len(one.title.synonyms) >= 3, one.name
        if one.missing:
            assert t(one.missing, "zh") != t(one.missing, "en")
    assert {"转化率", "amount", "成本"} <= set(registry.ambiguous)


def test_every_expression_is_one(registry: Registry) -> None:
    """What the quick check let pass, the SQL parser reads, too; and whatever a column is computed from."""
    for one in registry.metrics.values():
        for expression in filter(None, (one.aggregate, one.where, *(one.parts or ()))):
            parsed(expression)
    for table in registry.tables.values():
        for expression in filter(None, (table.only, *(column.sql for column in table.columns.values()))):
            parsed(expression)
    assert not AGGREGATES & FUNCTIONS


def test_starting_up_loads_no_parser() -> None:
    """The server starts in under three seconds."""
    code = "import sys; from knowledge.metrics import loading; loading.load_registry(); print('sqlglot' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_a_company_adds_a_metric_in_one_entry(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(OWN, encoding="utf-8")
    found = load_registry(tmp_path)
    assert found.metrics["dear_wins"].title.zh == "大单数"
    assert "win_rate" in found.metrics
    assert found.can_break("dear_wins", "channel")


FAULTS = {
    "no-such-column": ("amount > 1000000", "size > 1", "ours.yaml:9: deal has no column size"),
    "no-such-joined-column": ("amount > 1000000", "lead.size > 1", "ours.yaml:9: deal has no column lead.size"),
    "no-such-table": ("table: deal", "table: dragon", "ours.yaml:7: there is no table dragon"),
    "no-aggregate": ("count(*)", "amount", "ours.yaml:10: amount stands outside of an aggregate"),
    "constant": ("count(*)", "'1'", "ours.yaml:10: it is no aggregate"),
    "aggregate-in-a-condition": ("amount > 1000000", "sum(amount) > 1", "ours.yaml:9: sum can't stand here"),
    "no-such-function": ("count(*)", "count(read_csv('x'))", "ours.yaml:10: there is no function read_csv"),
    "a-statement": ("count(*)", "count(*); DROP TABLE deals", "ours.yaml:10: ';' has no meaning here"),
    "a-subquery": ("count(*)", "count((SELECT 1))", "ours.yaml:10: deal has no column SELECT"),
    "no-such-moment": ("amount > 1000000", "closed > $tomorrow", "ours.yaml:9: '$tomorrow' has no meaning here"),
    "open-parenthesis": ("count(*)", "count(*", "ours.yaml:10: a closing parenthesis is missing"),
    "no-such-time": ("time: closed", "time: when", "ours.yaml:8: deal has no column when"),
    "unit": ("unit: count", "unit: dollars", "ours.yaml:5: unit is 'dollars'"),
    "key": ("better: more", "better: more\n  colour: red", "ours.yaml:7: 'colour' isn't known"),
    "title": ("en: Large wins", "fr: Gros", "ours.yaml:2: title needs zh and en"),
    "twice": ("[大单]", "[胜率]", "'胜率' is win_rate's word already"),
    "ambiguous-word": ("[大单]", "[转化率]", "'转化率' is in ambiguous.yaml"),
    "unfinished": ("aggregate: count(*)", "better: more", "stands twice"),
    "nothing-to-count": ("  aggregate: count(*)\n", "", "ours.yaml:1: say one of aggregate, parts, ratio, sum"),
    "ratio-of-what": ("aggregate: count(*)", "ratio: [won_deals, dragons]", "ours.yaml:10: there is no metric dragons"),
    "ratio-of-itself": (
        "  table: deal\n  time: closed\n  where: result = 'won' AND amount > 1000000\n  aggregate: count(*)\n",
        "  ratio: [won_deals, dear_wins]\n",
        "ours.yaml:7: it is made of itself",
    ),
    "tab": ("  unit: count", "\tunit: count", "ours.yaml:5: a tab where only spaces may stand"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_faults_name_their_line(name: str, tmp_path: Path) -> None:
    old, new, expected = FAULTS[name]
    assert old in OWN
    (tmp_path / "ours.yaml").write_text(OWN.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_registry(tmp_path)
    assert expected in str(caught.value)
    assert "config/metrics/README.md" in str(caught.value)


COLOUR = "colour:\n  title: {zh: 颜色, en: Colour}\n  at: {deal: lead.colour}\n"
EMPTY = "x:\n  relation: xs\n  title: {zh: 甲, en: X}\n  columns: {}\n"
OTHERS = (
    ("dimensions.yaml", COLOUR, "dimensions.yaml:3: lead.colour leads nowhere"),
    ("ambiguous.yaml", "大: [won_deals, dragons]\n", "ambiguous.yaml:1: there is no metric dragons"),
    ("tables.yaml", EMPTY, "tables.yaml:1: there is no column id"),
    ("ours.yaml", OWN.replace("amount > 1000000", "amount >"), "is no expression"),
)


def test_other_files_have_faults_too(tmp_path: Path) -> None:
    """Dimensions that lead nowhere, ambiguous words of no metrics, no folder, an operand that is missing."""
    with pytest.raises(ConfigurationError, match="no such folder"):
        load_registry(tmp_path / "none")
    for number, (file, text, expected) in enumerate(OTHERS):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / file).write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError) as caught:
            load_registry(folder)
        assert expected in str(caught.value)


def test_the_readmes_example_is_one(tmp_path: Path) -> None:
    text = (OURS / "README.md").read_text(encoding="utf-8")
    (tmp_path / "ours.yaml").write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert load_registry(tmp_path).metrics["large_wins"].time == "closed"
