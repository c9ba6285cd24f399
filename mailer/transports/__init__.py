"""Transports take one batch and say what became of it: values in, values out."""
