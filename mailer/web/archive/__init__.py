"""The public archive over HTTP: pages, feeds, the sitemap; for everybody the same, and kept by caches."""
