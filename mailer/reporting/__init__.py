"""What became of editions, for people to look at: figures read from the sums, and nothing counted twice.

The desk, the command line and files for other programs say the same, because all of them ask here. `None` is
"not measured", and is never the same as 0.
"""
