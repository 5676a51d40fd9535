"""Figures for Prometheus, in its text format."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from segue.store.records import Stats


Errors: TypeAlias = Callable[[], Mapping[tuple[str, str], int]]

TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4


class Meter:
    """Counts what arrives in this process, and shows what the store counts.

    ``errors`` tells what the hooks of plugins raised, by plugin and hook.
    """

    def __init__(self, errors: Errors = dict[tuple[str, str], int]) -> None:
        self._registry = CollectorRegistry()
        self._figures = Figures(errors)
        self._events = Counter(
            "segue_events",
            "Events that arrived, by what became of them.",
            ("source", "result"),
            registry=self._registry,
        )
        self._refused = Counter(
            "segue_events_refused",
            "Events that were refused, by reason code.",
            ("source", "code"),
            registry=self._registry,
        )
        self._broke = Counter(
            "segue_schema_violations",
            "Events that broke their schema, by what became of them.",
            ("source", "code", "result"),
            registry=self._registry,
        )
        self._reloads = Counter(
            "segue_workspace_reloads",
            "Changes of the workspace file, by what became of them.",
            ("result",),
            registry=self._registry,
        )
        self._revision = Gauge(
            "segue_workspace_info",
            "1 for the revision of the workspace in force.",
            ("revision",),
            registry=self._registry,
        )
        self._stale = Gauge(
            "segue_workspace_refused",
            "1 while the workspace file is refused and an older one is in force.",
            registry=self._registry,
        )
        ProcessCollector(registry=self._registry)
        self._registry.register(self._figures)

    def watch(self, slow: Mapping[str, int]) -> None:
        """Show what is counted here, by action: how often it held everything up."""
        self._figures.slow = slow

    def took(self, source: str, new: Sequence[bool]) -> None:
        """Count events that are kept; those that are not new were kept before."""
        count = sum(new)
        self._events.labels(source, "new").inc(count)
        self._events.labels(source, "duplicate").inc(len(new) - count)

    def turned_away(self, source: str, count: int) -> None:
        """Count events for which there was no room."""
        self._events.labels(source, "turned_away").inc(count)

    def refused(self, source: str, code: str) -> None:
        """Count an event that was refused."""
        self._refused.labels(source, code).inc()

    def broke(self, source: str, code: str, result: str) -> None:
        """Count an event that broke its schema: "tagged", "trimmed" or "blocked"."""
        self._broke.labels(source, code, result).inc()

    def reloaded(self, result: str) -> None:
        """Count a change of the workspace file: "taken" or "refused"."""
        self._reloads.labels(result).inc()
        self._stale.set(result == "refused")

    def revised(self, revision: str) -> None:
        """Say which workspace is in force."""
        self._revision.clear()
        self._revision.labels(revision).set(1)

    def text(self, stats: Mapping[str, Stats], recent: Mapping[str, Stats]) -> bytes:
        """All figures. ``stats`` count since the process started; latencies are of ``recent``."""
        self._figures.stats, self._figures.recent = stats, recent
        return generate_latest(self._registry)


class Figures(Collector):
    """The store's own figures, as families of the moment."""

    def __init__(self, errors: Errors) -> None:
        self._errors = errors
        self.slow: Mapping[str, int] = {}
        self.stats: Mapping[str, Stats] = {}
        self.recent: Mapping[str, Stats] = {}

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names are known to be free."""
        return ()

    def collect(self) -> Iterable[Metric]:
        yield from (self._ended(), self._unsettled(), self._held(), self._latency())
        yield from (self._failed(), self._slow())

    def _slow(self) -> Metric:
        family = CounterMetricFamily(
            "segue_slow_actions",
            "Times that an action held everything up for more than 100 ms.",
            labels=("action",),
        )
        for name, count in self.slow.items():
            family.add_metric((name,), count)
        return family

    def _ended(self) -> Metric:
        family = CounterMetricFamily(
            "segue_deliveries",
            "Deliveries that ended, by how and with which reason code.",
            labels=("connection", "result", "code"),
        )
        for name, one in self.stats.items():
            family.add_metric((name, "delivered_first_try", ""), one.first)
            family.add_metric((name, "delivered_on_retry", ""), one.retried)
            family.add_metric((name, "cancelled", ""), one.cancelled)
            for result, counts in (("discarded", one.discarded), ("dead", one.dead)):
                for code, count in counts.items():
                    family.add_metric((name, result, code), count)
        return family

    def _unsettled(self) -> Metric:
        family = GaugeMetricFamily(
            "segue_backlog", "Deliveries that wait now.", labels=("connection", "state")
        )
        for name, one in self.stats.items():
            states = {"waiting": one.waiting, "retrying": one.retrying, "held": one.held}
            for state, count in states.items():
                family.add_metric((name, state), count)
        return family

    def _held(self) -> Metric:
        family = GaugeMetricFamily(
            "segue_connection_held", "1 for a connection that is held.", labels=("connection",)
        )
        for name, one in self.stats.items():
            if name:
                family.add_metric((name,), float(one.hold is not None))
        return family

    def _latency(self) -> Metric:
        family = GaugeMetricFamily(
            "segue_delivery_seconds",
            "Time from arrival to delivery over the last quarter of an hour.",
            labels=("connection", "quantile"),
        )
        for name, one in self.recent.items():
            for label, value in zip(("0.5", "0.95"), (one.p50, one.p95), strict=True):
                if value is not None:
                    family.add_metric((name, label), value)
        return family

    def _failed(self) -> Metric:
        family = CounterMetricFamily(
            "segue_plugin_errors", "Errors of plugins, by hook.", labels=("plugin", "hook")
        )
        for place, count in self._errors().items():
            family.add_metric(place, count)
        return family
