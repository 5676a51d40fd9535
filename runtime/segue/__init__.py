"""Segue: Segment-spec events to the tools your team uses."""
