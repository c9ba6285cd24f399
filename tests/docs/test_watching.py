"""Rules and dashboard name metrics that there are, labels that they have, and the limits of the house."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailer import thresholds
from mailer.metrics import families, work
from mailer.metrics.families import FAMILIES
from mailer.metrics.sends import TOLD
from mailer.reports import OUTCOME_ORDER
from mailer.vocabulary import SendStatus

DOCS = Path(__file__).parents[2] / "docs"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((DOCS / "watching" / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((DOCS / "watching" / "dashboard.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
LABELS = {family.name: set(family.labels) for family in FAMILIES} | {"up": {"job"}}
VALUES = {
    "outcome": set(OUTCOME_ORDER),
    "status": {status.value for status in SendStatus},
    "span": {families.LAST_SEND, families.LATELY},
    "event": {measure.value for measure in TOLD},
    "work": {*work.OF_LISTS, *work.OF_NONE, families.SWEEP},
    "job": {"mailer"},
}
# What is written of PromQL in these files, beside metrics, labels and figures.
WORDS = {"and", "on", "unless", "by", "time", "max", "min", "sum", "abs", "absent", "deriv", "clamp_min", "m"}
STRING = re.compile(r'"[^"]*"')
SELECTOR = re.compile(r"\b([a-z_]+)\{([^}]*)\}")


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    yield from (target["expr"] for panel in PANELS for target in panel.get("targets", ()))


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_names_what_there_is(expression: str) -> None:
    for opened, closed in ("()", "{}", "[]"):
        assert expression.count(opened) == expression.count(closed)
    words = set(re.findall(r"[a-z_]+", STRING.sub("", expression)))
    metrics = {word for word in words if word in LABELS}
    assert metrics, "it reads something"
    assert words - WORDS - metrics <= set[str]().union(*(LABELS[metric] for metric in metrics))
    for metric, selectors in SELECTOR.findall(expression):
        for label, value in re.findall(r'([a-z_]+)=~?"([^"]*)"', selectors):
            assert label in LABELS[metric]
            assert value.startswith("$") or set(value.split("|")) <= VALUES[label]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_when_how_bad_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch("Mailer[A-Za-z]+", rule["alert"])
    assert re.fullmatch("[0-9]+m", rule["for"])
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert set(rule["annotations"]) == {"summary", "action"}
    shown = set(re.findall(r"\$labels\.([a-z]+)", rule["annotations"]["summary"]))
    assert shown <= set[str]().union(*(LABELS[name] for name in LABELS if name in rule["expr"]))


def test_no_two_rules_have_one_name() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("rule", "limit", "floor"),
    [
        ("MailerComplaints", thresholds.COMPLAINTS, thresholds.FEWEST_COMPLAINTS),
        ("MailerComplaintsHarmful", thresholds.COMPLAINTS_HARMFUL, thresholds.FEWEST_COMPLAINTS),
        ("MailerBounces", thresholds.BOUNCES, thresholds.FEWEST_BOUNCES),
    ],
)
def test_prometheus_and_the_letter_to_the_owner_have_one_limit(rule: str, limit: float, floor: int) -> None:
    (expression,) = [each["expr"] for each in RULES if each["alert"] == rule]
    assert f"_ratio > {limit:g} and" in expression
    assert expression.endswith(f">= {floor}")


def test_the_dashboard_shows_every_metric() -> None:
    shown = " ".join(target["expr"] for panel in PANELS for target in panel.get("targets", ()))
    assert [family.name for family in FAMILIES if family.name not in shown] == []


def test_the_dashboard_asks_whichever_prometheus_is_chosen() -> None:
    variables = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}
    assert variables["datasource"]["query"] == "prometheus"
    used = set(re.findall(r"\$\{?([a-z]+)", json.dumps(PANELS)))
    assert used == set(variables)
    for panel in PANELS:
        if panel["type"] != "row":
            assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
            assert panel["description"]
            assert panel["targets"]


def test_panels_stand_beside_one_another_and_not_on_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24, "what a row of Grafana holds"
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)


def test_the_page_says_of_every_metric_what_it_means_and_of_every_rule_when() -> None:
    page = (DOCS / "watching.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `mailer_")]
    assert rows == [
        f"| `{family.name}` | {', '.join(family.labels) or '—'} | {family.means} |" for family in FAMILIES
    ]
    told = re.findall(r"^\| `(Mailer\w+)` \| .+ \| (\w+) \|$", page, re.MULTILINE)
    assert told == [(rule["alert"], rule["labels"]["severity"]) for rule in RULES]
    for share in (thresholds.COMPLAINTS, thresholds.BOUNCES):
        assert f"more than {share * 100:g} %" in page
    for fewest in (thresholds.FEWEST_COMPLAINTS, thresholds.FEWEST_BOUNCES):
        assert f"and at least {fewest} " in page
