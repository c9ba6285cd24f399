"""Lists, users and the log at the desk."""
