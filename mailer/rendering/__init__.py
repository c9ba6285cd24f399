"""A document and a set of interests become a letter: values in, values out, the same bytes every time."""
