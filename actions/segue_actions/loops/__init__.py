"""Loops, an email platform: contacts from identify calls, events from track calls."""
