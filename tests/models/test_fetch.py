"""Fetching from servers that stall, lie, drop, redirect and send other bytes: the right file or a clear error."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.errors import BusyError, ModelError, StoreError, UsageError
from pipeline.models import fetch, find, list_models
from pipeline.models.transfer import Patience

CONTENT = bytes(range(256)) * 1200
SHA = hashlib.sha256(CONTENT).hexdigest()
HASTY = Patience(stall_s=0.4, window_s=0.5, tries=3, redirects=3)


class Server(BaseHTTPRequestHandler):
    """Does what the path says."""

    protocol_version = "HTTP/1.0"
    asked: list[tuple[str, str | None, str | None]]
    stop: threading.Event

    def log_message(self, *_):
        pass

    def do_GET(self):
        name = self.path.strip("/").split("/")[0]
        self.asked.append((name, self.headers.get("Range"), self.headers.get("If-Range")))
        with suppress(BrokenPipeError, ConnectionResetError):
            getattr(self, name.replace("-", "_"))()

    def head(self, code=200, **headers):
        self.send_response(code)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()

    def ranged(self):
        """Where the asked range begins, after the headers for it."""
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        if start >= len(CONTENT):
            self.head(416, Content_Range=f"bytes */{len(CONTENT)}")
            return None
        if start:
            told = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
            self.head(206, Content_Range=told, Content_Length=len(CONTENT) - start, ETag='"a"')
        else:
            self.head(Content_Length=len(CONTENT), ETag='"a"')
        return start

    def good(self):
        start = self.ranged()
        if start is not None:
            self.wfile.write(CONTENT[start:])

    def whole(self):
        """Knows nothing of ranges."""
        self.head(Content_Length=len(CONTENT))
        self.wfile.write(CONTENT)

    def silent_length(self):
        self.head()
        self.wfile.write(CONTENT)

    def drops(self):
        start = self.ranged()
        self.wfile.write(CONTENT[start : start + 120_000])

    def drops_whole(self):
        self.head(Content_Length=len(CONTENT))
        self.wfile.write(CONTENT[:120_000])

    def nothing(self):
        self.head(Content_Length=len(CONTENT))

    def stalls(self):
        self.head(Content_Length=len(CONTENT))
        self.wfile.write(CONTENT[:50_000])
        self.stop.wait(5)

    def mute(self):
        self.stop.wait(5)

    def drips(self):
        self.head(Content_Length=len(CONTENT))
        for n in range(100):
            self.wfile.write(CONTENT[n : n + 1])
            if self.stop.wait(0.05):
                return

    def says_more(self):
        self.head(Content_Length=len(CONTENT) + 10)
        self.wfile.write(CONTENT)

    def says_less(self):
        self.head(Content_Length=len(CONTENT) - 10)
        self.wfile.write(CONTENT)

    def says_huge(self):
        self.head(Content_Length=2**50)

    def wrong(self):
        self.head(Content_Length=len(CONTENT))
        self.wfile.write(CONTENT[::-1])

    def page(self):
        self.head(Content_Type="text/html")
        self.wfile.write(b"<html>this file has moved</html>")

    def packed(self):
        self.head(Content_Length=3, Content_Encoding="gzip")
        self.wfile.write(b"abc")

    def other_part(self):
        self.head(206, Content_Range=f"bytes 0-9/{len(CONTENT)}", Content_Length=10)
        self.wfile.write(CONTENT[:10])

    def no_range(self):
        self.head(206, Content_Length=10)
        self.wfile.write(CONTENT[:10])

    def gone(self):
        self.head(404)

    def broken(self):
        self.head(503)

    def moved(self):
        self.head(302, Location="/good/file.pt")

    def loop(self):
        self.head(302, Location="/loop/file.pt")

    def to_file(self):
        self.head(302, Location="file:///etc/passwd")

    def to_ftp(self):
        self.head(301, Location="ftp://127.0.0.1/file.pt")

    def to_https(self):
        self.head(307, Location="https://127.0.0.1:9/file.pt")

    def noise(self):
        self.wfile.write(b"\x00\xff this is not http\r\n\r\n")


@pytest.fixture
def server(monkeypatch):
    """Addresses on a server of this machine; `asked` tells what it was asked for."""
    monkeypatch.setenv("no_proxy", "*")
    asked, stop = [], threading.Event()
    kind = type("Bound", (Server,), {"asked": asked, "stop": stop})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}", asked
    stop.set()
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.fixture
def offer(catalogue, server, fetched):
    """Write an entry whose mirrors do what their names say; return a function that fetches it."""

    def make(*mirrors, sha=SHA, size=None, **options):
        lines = "".join(f"    - {server[0]}/{name}/file.pt\n" for name in mirrors)
        catalogue.with_name("checkpoints.yaml").write_text(
            "offered:\n  like: tiny-world\n  purpose: For tests.\n  file: file.pt\n  licence: unknown\n"
            f"  bytes: {'null' if size is None else size}\n  sha256: {'null' if sha is None else repr(sha)}\n"
            + (f"  mirrors:\n{lines}" if mirrors else "  source: a friend\n")
        )
        return fetch("offered", catalogue=catalogue, **{"patience": HASTY, **options})

    return make


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".file.pt.lock"}


@pytest.mark.parametrize("mirror", ["good", "moved", "whole", "silent-length", "drops"])
def test_a_file_arrives_whole(offer, fetched, catalogue, server, mirror):
    seen = []
    found = offer(mirror, watch=lambda done, total: seen.append(done))
    assert found.path == fetched / "file.pt" and found.path.read_bytes() == CONTENT
    assert (found.bytes, found.sha256, found.mirror) == (len(CONTENT), SHA, f"{server[0]}/{mirror}/file.pt")
    assert seen == sorted(seen) and seen[-1] == len(CONTENT)
    assert left(fetched) == {"file.pt", "pins.json"}
    assert [one.state for one in list_models(["offered"], thorough=True, catalogue=catalogue)] == ["present"]
    assert find("offered", catalogue=catalogue).bytes == len(CONTENT)
    assert offer(mirror).mirror == ""  # it is there now


def test_a_dropped_connection_goes_on_where_it_was(offer, server):
    offer("drops")
    assert server[1] == [
        ("drops", None, None),
        ("drops", "bytes=120000-", '"a"'),
        ("drops", "bytes=240000-", '"a"'),
    ]


@pytest.mark.parametrize("have", [1, 100_000, len(CONTENT)])
@pytest.mark.parametrize("mirror", ["good", "whole"])
def test_a_part_is_gone_on_with(offer, fetched, server, have, mirror):
    fetched.mkdir()
    (fetched / "file.pt.part").write_bytes(CONTENT[:have])
    assert offer(mirror).path.read_bytes() == CONTENT
    assert server[1][0] == (mirror, f"bytes={have}-", None)


@pytest.mark.parametrize("part", [b"x" * 1000, b"x" * (len(CONTENT) + 5)])
def test_a_part_of_something_else_is_thrown_away(offer, fetched, part):
    fetched.mkdir()
    (fetched / "file.pt.part").write_bytes(part)
    assert offer("good").path.read_bytes() == CONTENT


FAULTS = {
    "drops-whole": r"drops the connection \(120000 of 307200 bytes came\)",
    "nothing": r"drops the connection \(0 of 307200 bytes came\)",
    "stalls": r"stalls: nothing for 0\.4 s, 50000 of 307200 bytes came",
    "mute": r"says nothing for 0\.4 s",
    "drips": r"stalls: \d+ bytes in \d+ s",
    "says-more": r"drops the connection|gives another file",
    "says-less": r"gives another file \(sha256 [0-9a-f]{64}, not " + SHA,
    "says-huge": r"says the file has \d+ bytes, more than any model",
    "wrong": r"gives another file \(sha256 [0-9a-f]{64}, not " + SHA,
    "page": r"gives another file",
    "packed": r"sends the file as 'gzip'",
    "other-part": r"gives another file|answers with another part|drops",
    "no-range": r"answers with another part than was asked for",
    "gone": r"answers 404",
    "broken": r"answers 503",
    "loop": r"redirects more than 3 times",
    "to-file": r"leads from http to 'file:///etc/passwd', which is not followed",
    "to-ftp": r"leads from http to 'ftp://",
    "to-https": r"leads from http to 'https://",
    "noise": r"cannot be reached",
}


@pytest.mark.parametrize("mirror", FAULTS)
def test_a_bad_mirror_is_named_or_passed_over(offer, fetched, server, mirror):
    began = time.monotonic()
    with pytest.raises(ModelError, match=FAULTS[mirror]) as caught:
        offer(mirror)
    told = str(caught.value)
    assert told.startswith(f"{fetched / 'file.pt'}: no mirror gives it: {server[0]}/{mirror}/file.pt ")
    assert told.endswith("; try again later or put the file there") and "\n" not in told
    assert time.monotonic() - began < 4
    assert not (fetched / "file.pt").exists() and not (fetched / "pins.json").exists()
    assert offer(mirror, "good").mirror.endswith("/good/file.pt")  # whatever the bad one has left
    assert (fetched / "file.pt").read_bytes() == CONTENT
    assert left(fetched) == {"file.pt", "pins.json"}


@pytest.mark.parametrize("mirror", ["says-more", "says-less", "good"])
def test_a_known_size_is_compared_before_anything_is_written(offer, fetched, mirror):
    with pytest.raises(ModelError, match=r"has a file of \d+ bytes, not of 307201|sends more"):
        offer(mirror, size=len(CONTENT) + 1)
    assert not list(fetched.glob("*.part"))


def test_a_server_that_is_not_there_is_named(catalogue, offer, monkeypatch):
    with pytest.raises(ModelError):
        offer("gone")
    path = catalogue.with_name("checkpoints.yaml")
    path.write_text(path.read_text().replace("127.0.0.1", "127.0.0.1:1/", 1).replace("1/:", "1/"))
    with pytest.raises(ModelError, match="cannot be reached"):
        fetch("offered", catalogue=catalogue, patience=HASTY)


def test_a_damaged_file_is_replaced(offer, fetched):
    fetched.mkdir()
    (fetched / "file.pt").write_bytes(CONTENT[:-1] + b"!")
    assert offer("good").path.read_bytes() == CONTENT


def test_a_file_without_a_digest_needs_one_that_is_typed(offer, catalogue, fetched, server):
    with pytest.raises(ModelError, match=r"nobody has pinned a digest for file\.pt; .* add --trust sha256:DIGEST"):
        offer("good", sha=None)
    for text in ("", SHA, f"md5:{SHA}", "sha256:abc"):
        with pytest.raises(UsageError, match="is no digest; write sha256: and 64 digits"):
            offer("good", sha=None, trust=text)
    with pytest.raises(ModelError, match="gives another file"):
        offer("good", sha=None, trust="sha256:" + "0" * 64)
    assert find("offered", catalogue=catalogue).sha256 is None
    offer("good", sha=None, trust=f"sha256:{SHA.upper()}")
    assert find("offered", catalogue=catalogue).sha256 == SHA  # remembered
    assert offer("good", sha=None).mirror == ""


def test_a_digest_typed_against_the_catalogue_is_refused(offer, server):
    with pytest.raises(UsageError, match="is pinned already"):
        offer("good", trust="sha256:" + "0" * 64)
    assert offer("good", trust=f"sha256:{SHA}").sha256 == SHA


def test_two_fetches_do_not_fight(offer, fetched):
    fetched.mkdir()
    descriptor = os.open(fetched / ".file.pt.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(BusyError, match=r"file\.pt: another fetch of it is under way"):
        offer("good")
    os.close(descriptor)
    assert offer("good").mirror


def test_a_full_disk_is_noticed_before_anything_is_written(offer, fetched, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda place: type("Usage", (), {"free": 1000})())
    with pytest.raises(StoreError, match=r"does not fit \(307200 bytes needed, 1000 free\)"):
        offer("good")
    assert left(fetched) == set()


def test_a_folder_that_cannot_be_made_is_named(offer, fetched):
    fetched.write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be written"):
        offer("good")


def test_what_has_no_mirror_or_is_shipped_is_said(offer, catalogue):
    with pytest.raises(ModelError, match=r"get it from a friend and run `pipeline models add FILE --like offered`"):
        offer()
    with pytest.raises(UsageError, match="tiny-world: comes with the package"):
        fetch("tiny-world", catalogue=catalogue)


def test_the_command_says_where_the_file_is(command, catalogue, offer, fetched, monkeypatch):
    with pytest.raises(ModelError):
        offer("gone")
    text = (
        catalogue.with_name("checkpoints.yaml")
        .read_text()
        .replace("gone", "good")
        .replace("like: tiny-world", "like: PADexpanded")
    )
    fetched.mkdir(exist_ok=True)
    (fetched / "added.yaml").write_text(text.replace("PADexpanded", "pixelartdiffusion_expanded"))
    answer = command("models", "fetch", "offered")
    assert answer.out == f"{fetched / 'file.pt'}: {len(CONTENT)} bytes, sha256 {SHA}\n", answer.err
    assert command("models", "fetch", "offered").out.endswith("; was there\n")
    assert json.loads(command("models", "fetch", "offered", "--json").out)["sha256"] == SHA
    assert command("models", "verify", "offered").out == "offered  good\n"
    (fetched / "file.pt").write_bytes(CONTENT[:-1] + b"!")
    answer = command("models", "verify", "offered")
    assert (answer.code, answer.out) == (3, "offered  damaged\n")
    assert f"the catalogue says {SHA}; run `pipeline models fetch offered` or put the file there" in answer.err
    assert command("models", "verify", "secondary").code == 3
    assert command("models", "fetch", "secondry").code == 3
