"""Read a text from an address that a settings file names, where the artist has asked for it: never from this network.

The name is resolved once, every address it stands for must be public, and the connection goes to that very address, so
that a name cannot change its mind in between. Redirections are looked at in the same way.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

LIMIT: Final = 16 * 2**20
PATIENCE_S: Final = 20.0
MOST_REDIRECTIONS: Final = 3
PORTS: Final = {"http": 80, "https": 443}
MOVED: Final = (301, 302, 303, 307, 308)


class RemoteFault(Exception):
    """Why a text could not be read from an address, and what to do."""


def is_address(text: str) -> bool:
    """Say whether a text is an address of the web."""
    return text.strip().lower().startswith(("http://", "https://"))


def fetch_text(address: str) -> str:
    """Return the text at an address.

    Raises: RemoteFault for addresses of this machine or its network, too much, no text, or no answer.
    """
    for _ in range(MOST_REDIRECTIONS + 1):
        place = _place(address)
        try:
            answer = _ask(place)
            if answer.status in MOVED and answer.headers["Location"]:
                address = urljoin(address, answer.headers["Location"])
                continue
            if answer.status != 200:
                raise RemoteFault(f"the server says {answer.status}; save the file and give its path")
            found = answer.read(LIMIT + 1)
        except (OSError, HTTPException) as fault:
            raise RemoteFault(f"no answer ({str(fault).lower() or type(fault).__name__}); try again later") from fault
        if len(found) > LIMIT:
            raise RemoteFault(f"it has more than {LIMIT >> 20} MiB; save a smaller file and give its path")
        try:
            return found.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            raise RemoteFault("it is no UTF-8 text; save the right file and give its path") from fault
    raise RemoteFault(f"it leads on more than {MOST_REDIRECTIONS} times; give the last address")


def _place(address: str) -> SplitResult:
    try:
        place = urlsplit(address)
        port = place.port
    except ValueError as fault:
        raise RemoteFault("it is no address that can be read; write https://host/path") from fault
    if place.scheme not in PORTS or not place.hostname or place.username is not None or port == 0:
        raise RemoteFault("only http:// and https:// without names and passwords are read")
    return place


def public_address(host: str, port: int) -> str:
    """Return a numeric address of a host, all of whose addresses are public.

    Raises: RemoteFault.
    """
    try:
        found = sorted({str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except (OSError, UnicodeError) as fault:
        raise RemoteFault(f"there is no host {host[:80]!r}; check the address") from fault
    for one in found:
        number = ipaddress.ip_address(one.partition("%")[0])
        inner = getattr(number, "ipv4_mapped", None) or number
        if not inner.is_global or inner.is_multicast:
            raise RemoteFault(f"{host[:80]} is on this machine or in its network ({one}), where nothing is read")
    return found[0]


def _ask(place: SplitResult) -> HTTPResponse:
    port = place.port or PORTS[place.scheme]
    host = str(place.hostname)
    wire = socket.create_connection((public_address(host, port), port), timeout=PATIENCE_S)
    if place.scheme == "https":
        wire = ssl.create_default_context().wrap_socket(wire, server_hostname=host)
    connection = HTTPConnection(host, port, timeout=PATIENCE_S)
    connection.sock = wire
    target = (place.path or "/") + (f"?{place.query}" if place.query else "")
    connection.request("GET", target, headers={"Host": place.netloc, "Accept": "application/json, text/plain"})
    return connection.getresponse()
