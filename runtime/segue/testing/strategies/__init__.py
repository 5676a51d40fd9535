"""Hypothesis strategies: what a field spec, the specification of events and the two languages allow."""
