"""An edition as text: values in, values out. Text becomes a `Document`; a `Document` becomes text."""
