"""What Prometheus reads: computed from the rows at the moment it asks, since several processes answer it."""
