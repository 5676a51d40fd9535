"""Deliveries made in a process of their own, so that taking events in and making them share no lock."""

from segue.deputy.acting import Acting
from segue.deputy.deputed import Deputed
from segue.deputy.forking import Deputy, appoint


__all__ = ["Acting", "Deputed", "Deputy", "appoint"]
