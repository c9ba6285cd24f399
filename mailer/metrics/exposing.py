"""Write samples in the formats that Prometheus reads, by its own library."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailer.metrics.families import FAMILIES
from mailer.metrics.reading import Sample


def expose(samples: Iterable[Sample], *, accept: str) -> tuple[bytes, str]:
    """Return the samples in the format that `accept` (an Accept header) asks for, and its content type."""
    # Of this answer alone: the library's own registry would add what it knows of this one process.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Samples(samples))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


class _Samples(Collector):
    """Samples under their families; a family that has none says so by its name alone."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._samples = list(samples)

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            told = GaugeMetricFamily(family.name, family.means, labels=family.labels)
            for sample in self._samples:
                if sample.family is family:
                    told.add_metric(sample.labels, sample.value)
            yield told
