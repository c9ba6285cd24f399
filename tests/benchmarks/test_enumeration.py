import random

from benchmarks.enumeration import kolmogorov_smirnov

CHANCE = random.Random(8058)  # noqa: S311 - nobody has to guess it


def sample(mean: float, size: int = 1000) -> list[float]:
    return [CHANCE.gauss(mean, 1) for _ in range(size)]


def test_two_samples_of_one_kind_are_seldom_told_apart() -> None:
    found = [kolmogorov_smirnov(sample(10), sample(10)) for _ in range(100)]
    assert sum(p <= 0.01 for p in found) <= 5
    assert 20 < sum(p <= 0.5 for p in found) < 80


def test_a_difference_of_a_fifth_of_their_scatter_is_seen_in_a_thousand() -> None:
    assert max(kolmogorov_smirnov(sample(10), sample(10.3)) for _ in range(20)) < 0.01


def test_the_same_values_are_the_same() -> None:
    assert kolmogorov_smirnov([1, 2, 2, 3], [1, 2, 2, 3]) == 1
    assert kolmogorov_smirnov(list(range(100)), list(range(1000, 1100))) < 1e-12
