"""The public archive: which editions everybody may read, and what their pages, feeds and search say.

Everything here is the same for whoever asks: no address of it tells who reads.
"""
