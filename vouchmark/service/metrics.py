"""What does whoever runs the service see of it? Counts and times for Prometheus, none of them with a name in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from vouchmark.service.limits import Admission
    from vouchmark.service.spool import Spool

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Upper bounds of the histogram's buckets."""


class Metrics:
    """The numbers of one server."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "vouchmark_requests", "Requests by route and status.", ("route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "vouchmark_request_seconds",
            "Seconds until the answer.",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._outcomes = Counter(
            "vouchmark_outcomes", "Checked files by outcome.", ("outcome",), registry=self.registry
        )
        self._problems = Counter("vouchmark_problems", "Problems by code.", ("code",), registry=self.registry)
        self._reloads = Counter("vouchmark_reloads", "Reloads by result.", ("result",), registry=self.registry)

    def watch(self, admission: Admission, spool: Spool) -> None:
        """Show what is in hand."""
        for name, words, read in (
            ("vouchmark_in_hand", "Files in hand or waiting.", lambda: float(admission.in_hand)),
            ("vouchmark_uploads", "Uploads that come in.", lambda: float(admission.uploading.total())),
            ("vouchmark_spool_bytes", "Bytes of uploads on the disk.", lambda: float(spool.held)),
        ):
            Gauge(name, words, registry=self.registry).set_function(read)

    def told(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def outcome(self, outcome: str) -> None:
        """Count one checked file."""
        self._outcomes.labels(outcome or "none").inc()

    def problem(self, code: str) -> None:
        """Count one problem."""
        self._problems.labels(code).inc()

    def reloaded(self, *, well: bool) -> None:
        """Count one reload."""
        self._reloads.labels("taken" if well else "refused").inc()

    def written(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self.registry)
