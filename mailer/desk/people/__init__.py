"""Subscribers at the desk, for those who may see addresses."""
