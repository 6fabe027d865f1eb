"""A manifest that settings only name: beside them on the disk, or on the web, where it is asked for and public."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pipeline.errors import KeyframeError
from pipeline.importing import remote
from pipeline.importing.remote import RemoteFault, fetch_text, public_address
from tests.importing.test_deforum import FLAT

ROWS = [{"frame": frame, "angle": 2 * frame, "angle_delta": 2.0} for frame in range(4)]
MANIFEST = json.dumps({"options": {"output_fps": 10}, "rendered_frames": ROWS})


class Answers(BaseHTTPRequestHandler):
    """Answers by the path that is asked for."""

    def do_GET(self) -> None:
        body = {"/good": MANIFEST.encode(), "/long": b" " * 3000, "/bytes": b"\xff\xfe\x00"}.get(self.path, b"")
        moved = {"/moved": "/good", "/round": "/round", "/away": "http://inside.example/good"}.get(self.path)
        self.send_response(302 if moved else 200 if body else 404)
        if moved:
            self.send_header("Location", moved)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server whose name, as far as we know, is that of a public one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def public(host: str, port: int) -> str:
        return "127.0.0.1" if host == "outside.example" else public_address("127.0.0.1", port)

    monkeypatch.setattr(remote, "public_address", public)
    yield f"http://outside.example:{server.server_port}"
    server.shutdown()
    server.server_close()


def complaint(bring: Callable, said: str, **options: bool) -> str:
    with pytest.raises(KeyframeError) as caught:
        bring(FLAT | {"parseq_manifest": said}, **options)
    (found,) = caught.value.complaints
    return f"{found.what}; {found.do}"


def test_an_address_is_read_only_where_that_is_asked_for(bring, verdicts, outside: str) -> None:
    unasked = bring(FLAT | {"parseq_manifest": f"{outside}/good"})
    assert verdicts(unasked)["parseq_manifest"] == "unsupported"
    assert "--fetch" in unasked.report.entries["parseq_manifest"].why
    for path in ("good", "moved"):
        found = bring(FLAT | {"parseq_manifest": f"{outside}/{path}"}, may_fetch=True)
        turns = [plan.camera.roll_deg for plan in found.film.shots[0].plans[1:4]]
        assert turns == pytest.approx([2, 2, 2])


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none", "the server says 404"),
        ("bytes", "it is no UTF-8 text"),
        ("round", "it leads on more than 3 times"),
        ("away", "127.0.0.1 is on this machine or in its network"),
    ],
)
def test_answers_that_are_no_manifest(bring, outside: str, path: str, said: str) -> None:
    assert said in complaint(bring, f"{outside}/{path}", may_fetch=True)


def test_what_is_too_long_is_not_read_whole(outside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "LIMIT", 2999)
    with pytest.raises(RemoteFault, match="it has more than 0 MiB"):
        fetch_text(f"{outside}/long")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"],
)
def test_nothing_is_read_from_this_network(host: str) -> None:
    with pytest.raises(RemoteFault, match="is on this machine or in its network"):
        public_address(host, 80)


def test_public_addresses_are_let_through() -> None:
    assert public_address("8.8.8.8", 443) == "8.8.8.8"


@pytest.mark.parametrize(
    "address", ["ftp://a/b", "http://me:secret@a/b", "http:///b", "http://a:99999/b", "http://[::/b"]
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(RemoteFault, match=r"; |only http"):
        fetch_text(address)


def test_a_manifest_beside_the_settings(bring, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(MANIFEST)
    found = bring(FLAT | {"parseq_manifest": "../m.json"})
    assert found.film.shots[0].plans[2].camera.roll_deg == pytest.approx(2)
    assert "no such file" in complaint(bring, "none.json")
    assert "it is no ordinary file" in complaint(bring, "..")
    (tmp_path / "bad.json").write_text("{")
    assert complaint(bring, "../bad.json") == "the manifest is not valid JSON; render it anew"
