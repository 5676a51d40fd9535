"""Slack: messages in channels."""
