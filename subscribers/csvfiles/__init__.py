"""CSV as the world writes it: what a file is written in, and which column is what. Nothing here writes."""
