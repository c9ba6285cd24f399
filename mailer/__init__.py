"""An edition, from text to statistics: edition, variant, audience, batch, transport, event, report."""

__version__ = "0.1.0"
