"""Webhooks: events as requests to any URL, one by one or in batches, signed."""
