"""Networks that a connection may reach although they are not public, as they stand in the file."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_interface, ip_network

from segue.addresses import Network
from segue.destination import Destination
from segue.errors import pointer
from segue.json import quote
from segue.workspace.report import Report


def read_networks(
    where: str, texts: Sequence[str], destination: Destination | None, report: Report
) -> tuple[Network, ...]:
    """The networks that stand at ``where``; what is wrong with them is reported."""
    if texts and destination is not None and not destination.open_url:
        why = f"{destination.slug} says itself where its requests go, to any address"
        report.add(where, why, "remove the key", key=True)
    return tuple(_read(where, texts, report))


def _read(where: str, texts: Sequence[str], report: Report) -> Iterator[Network]:
    for at, text in enumerate(texts):
        try:
            yield ip_network(text)
        except ValueError:
            report.add(where + pointer(at), f"{quote(text)} is no network", _hint(text))


def _hint(text: str) -> str:
    """What may be meant: 10.1.2.3/8 has more than the network."""
    try:
        return f"did you mean {quote(str(ip_interface(text).network))}?"
    except ValueError:
        return 'write an address ("10.1.2.3") or a network ("10.0.0.0/8")'
