"""One mirror -> more of a file: a download that goes on where it was, and believes nothing the server says.

What arrives is only ever appended to `NAME.part`; whether it is the right file, the digest says once it is whole. A
fault of the mirror's is a `MirrorFault`, after which the next mirror may go on from what is there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

LARGEST = 32 * 2**30  # a server that says nothing about the length is not listened to for ever
PIECE = 1 << 18
_REDIRECTS = {301, 302, 303, 307, 308}
Watch = Callable[[int, int | None], None]


class MirrorFault(Exception):
    """A mirror does not give the file; the text says why."""


class _Dropped(Exception):
    """The connection ended before the file did."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a mirror is waited for.

    Convention: a mirror stalls if nothing arrives for `stall_s` seconds, or less than `slowest` bytes per second over
        `window_s` seconds; it may drop the connection and be asked again `tries` times in all, and redirect
        `redirects` times.
    """

    stall_s: float = 30.0
    slowest: int = 1000
    window_s: float = 60.0
    tries: int = 4
    redirects: int = 5


PATIENCE = Patience()


def transfer(
    address: str,
    part: Path,
    *,
    size: int | None,
    patience: Patience = PATIENCE,
    room: Callable[[int], None] = lambda total: None,
    watch: Watch = lambda done, total: None,
) -> None:
    """Append to `part` what it lacks of the file at `address`; `size` is that of the whole file where it is known.

    Convention: `room` is asked with the size of the whole file before anything is written, and may refuse.
    Raises: MirrorFault if the file could not be had whole; OSError if `part` cannot be written.
    """
    told = ""
    tag: str | None = None
    for _ in range(patience.tries):
        have = part.stat().st_size if part.exists() else 0
        if size is not None and have == size:
            return
        try:
            with closing(_open(address, have, tag, patience)) as response:
                tag = _strong_tag(response)
                start, total = _extent(response, have, size)
                room(total or size or 0)
                _append(response, part, start, total, patience, watch)
            return
        except _Dropped as fault:
            told = str(fault)
    raise MirrorFault(f"drops the connection ({told})")


def _open(address: str, have: int, tag: str | None, patience: Patience) -> HTTPResponse:
    """Ask for what lies behind the bytes that are there, following redirects that keep the scheme."""
    headers = {"User-Agent": "clip-guided-animation", "Accept-Encoding": "identity"}
    if have:
        headers |= {"Range": f"bytes={have}-"} | ({"If-Range": tag} if tag else {})
    scheme, asked = urlsplit(address).scheme, address
    for _ in range(patience.redirects + 1):
        if urlsplit(asked).scheme != scheme or scheme not in ("http", "https"):
            raise MirrorFault(f"leads from {scheme} to {asked[:200]!r}, which is not followed")
        try:
            response: HTTPResponse = _opener().open(Request(asked, headers=headers), timeout=patience.stall_s)
            return response
        except HTTPError as fault:
            with closing(fault):
                place = fault.headers.get("Location")
                if fault.code not in _REDIRECTS or not place:
                    if fault.code == 416 and have:
                        return _open(address, 0, None, patience)
                    raise MirrorFault(f"answers {fault.code} {_plain(fault.reason)}") from None
            asked = urljoin(asked, place)
        except TimeoutError:
            raise MirrorFault(f"says nothing for {patience.stall_s:g} s") from None
        except (URLError, HTTPException, OSError, ValueError) as fault:
            reason = getattr(fault, "reason", None) or fault
            if isinstance(reason, TimeoutError):
                raise MirrorFault(f"says nothing for {patience.stall_s:g} s") from None
            raise MirrorFault(f"cannot be reached ({_plain(reason)})") from fault
    raise MirrorFault(f"redirects more than {patience.redirects} times")


def _plain(said: object) -> str:
    """Return what a server said as one short line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(said)).split())[:120]


def _opener() -> OpenerDirector:
    """Return an opener that knows http and https and nothing else: no files, no redirects of its own."""
    opener = OpenerDirector()
    for one in (ProxyHandler, HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
        opener.add_handler(one())
    return opener


def _strong_tag(response: HTTPResponse) -> str | None:
    tag = response.headers.get("ETag")
    return tag if tag and tag.startswith('"') else None


def _extent(response: HTTPResponse, have: int, size: int | None) -> tuple[int, int | None]:
    """Return where the bytes of an answer begin in the file, and how long the whole file is if it says so."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise MirrorFault(f"sends the file as {response.headers['Content-Encoding']!r}")
    length = response.headers.get("Content-Length")
    total = int(length) if length and length.isdecimal() else None
    start = 0
    if response.status == 206:
        found = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", response.headers.get("Content-Range", ""))
        if not found or int(found[1]) != have:
            raise MirrorFault(f"answers with another part than was asked for (from byte {have} on)")
        start, total = have, None if found[3] == "*" else int(found[3])
    elif response.status != 200:
        raise MirrorFault(f"answers {response.status} {_plain(response.reason)}")
    if size is not None and total is not None and total != size:
        raise MirrorFault(f"has a file of {total} bytes, not of {size}")
    if total is not None and total > LARGEST:
        raise MirrorFault(f"says the file has {total} bytes, more than any model")
    return start, total


def _append(
    response: HTTPResponse, part: Path, start: int, total: int | None, patience: Patience, watch: Watch
) -> None:
    done, largest = start, total or LARGEST
    since, before = time.monotonic(), start
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(start)  # a server that ignores what was asked for begins again
        file.seek(start)
        while piece := _read(response, patience, done, total):
            file.write(piece)
            done += len(piece)
            watch(done, total)
            if done > largest:
                raise MirrorFault(f"sends more than {largest} bytes")
            now = time.monotonic()
            if now - since > patience.window_s:
                if done - before < patience.slowest * (now - since):
                    raise MirrorFault(f"stalls: {done - before} bytes in {now - since:.0f} s")
                since, before = now, done
    if total is not None and done < total:
        raise _Dropped(f"{done} of {total} bytes came")


def _read(response: HTTPResponse, patience: Patience, done: int, total: int | None) -> bytes:
    try:
        return response.read1(PIECE)
    except TimeoutError:
        raise MirrorFault(f"stalls: nothing for {patience.stall_s:g} s, {done} of {total or '?'} bytes came") from None
    except (HTTPException, OSError, ValueError) as fault:
        raise _Dropped(f"{done} of {total or '?'} bytes came, {type(fault).__name__}") from fault
