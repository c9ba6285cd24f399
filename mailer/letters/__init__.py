"""Letters to one person, set in type: values in, values out."""
