"""Samples as Prometheus reads them, by a parser that is not ours."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mailer.metrics.exposing import expose
from mailer.metrics.families import BROKER, DELIVERIES, FAMILIES, UNKNOWN, Family
from mailer.metrics.reading import Sample

SAMPLES = [
    Sample(BROKER, (), 1),
    Sample(DELIVERIES, ("space-digest", "smtp", "accepted"), 1_000_000),
    Sample(UNKNOWN, ('a "list"\\\n', "smtp"), 0),
]


def test_what_is_written_reads_back_as_it_was() -> None:
    content, content_type = expose(SAMPLES, accept="")
    assert content_type.startswith("text/plain; version=0.0.4")
    read = {family.name: family for family in text_string_to_metric_families(content.decode())}
    assert list(read) == [family.name for family in FAMILIES], "each says what it means, also without a value"
    assert read[DELIVERIES.name].documentation == DELIVERIES.means
    assert read[DELIVERIES.name].samples[0].labels == {
        "list": "space-digest",
        "transport": "smtp",
        "outcome": "accepted",
    }
    assert read[DELIVERIES.name].samples[0].value == 1_000_000
    assert read[UNKNOWN.name].samples[0].labels["list"] == 'a "list"\\\n'


def test_the_newer_format_is_written_to_whoever_asks_for_it() -> None:
    content, content_type = expose(SAMPLES, accept="application/openmetrics-text;version=1.0.0,*/*;q=0.1")
    assert content_type.startswith("application/openmetrics-text")
    assert content.endswith(b"# EOF\n")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_metric_is_named_as_prometheus_names_them_and_knows_nobody(family: Family) -> None:
    assert re.fullmatch("mailer_[a-z_]+", family.name)
    assert set(family.labels) <= {
        "list",
        "transport",
        "outcome",
        "status",
        "span",
        "event",
        "work",
        "version",
        "database",
    }
