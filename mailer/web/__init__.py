"""What answers over HTTP: public pages, the webhook, health. It calls the verbs; no business lives here."""
