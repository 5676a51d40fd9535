"""The HTTP tracking API: what Segment's SDKs talk to.

``create_app`` makes an ASGI application of a way to find a source by its write key and an
``Intake``, the place where events are kept. It answers 200 only when the intake has them.
Serve it with uvicorn and ``segue.ingest.protocol.Protocol``. ``README.md`` beside this file lists the endpoints, the answers and the limits.
"""

from segue.ingest.app import create_app
from segue.ingest.erasing import Erase
from segue.ingest.intake import Full, Health, Intake
from segue.ingest.limits import Limits
from segue.ingest.routes import Endpoint, Routes


__all__ = ["Endpoint", "Erase", "Full", "Health", "Intake", "Limits", "Routes", "create_app"]
