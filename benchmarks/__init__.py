"""Figures beside the limit measured in the same run: benchmarks, never tests with a clock."""
