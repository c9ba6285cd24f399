"""A stand-in for SendGrid: its API, its limits, its errors, its signed events, and an inbox to look into."""
