"""The desk: where editors write, check, schedule and watch. Views only: what they do is done elsewhere."""
