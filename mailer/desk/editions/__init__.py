"""Editions at the desk: the list of them, and one on the way from text to approval."""
