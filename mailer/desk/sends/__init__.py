"""Sends at the desk: scheduled, watched, stopped, and what is unknown decided."""
