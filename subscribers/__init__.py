"""People and their consent: lists, interests, subscriptions, suppressions.

This app knows nothing of editions or sends and never imports mailer.
"""
