"""A hub on this machine that keeps its word, or breaks it in the ways that hubs and networks do."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + "0" * 34


@dataclass
class Mischief:
    """What the server does wrong, one after the other or always."""

    break_after: list[int] = field(default_factory=list)
    """Bytes after which each download in turn breaks off."""
    statuses: list[int] = field(default_factory=list)
    """What the first downloads are answered with."""
    promised_bytes: int | None = None
    """A size that is not true."""
    sha256: str | None = None
    """A hash that is not true; empty: none is named."""
    ignores_range: bool = False
    chunked: bool = False
    """Names no length, so that an early end looks like the end."""
    send: bytes | None = None
    """What is sent in place of the file."""
    pause: threading.Event | None = None
    """Waits for this in the middle of a download."""
    look_up_status: int = 0


class HubServer(ThreadingHTTPServer):
    """Files by `owner/name/file`, behind a redirect to another host, as hubs do it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.mischief = Mischief()
        self.requests: list[tuple[str, str, str]] = []
        """Method, path and Range of each request."""
        self.tokens_on_storage: list[str] = []
        """Authorizations that were sent to the host that only stores."""

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is no news."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def storage(self) -> str:
        """The same server by another name: to a client another host."""
        return f"http://localhost:{self.server_port}/storage"

    def ranges(self) -> list[str]:
        return [where for method, path, where in self.requests if method == "GET" and path.startswith("/storage")]


class _Handler(BaseHTTPRequestHandler):
    server: HubServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing."""

    def end_headers(self) -> None:
        """One answer a connection: no thread outlives its test."""
        self.send_header("Connection", "close")
        super().end_headers()

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.requests.append((self.command, path, self.headers.get("Range", "")))
        if path.startswith("/storage/"):
            if token := self.headers.get("Authorization"):
                self.server.tokens_on_storage.append(token)
            self._send_file(self.server.files.get(path.removeprefix("/storage/")), with_body)
        elif path.startswith("/api/models/"):
            self._send_listing(path.removeprefix("/api/models/").partition("/revision/")[0])
        elif "/resolve/" in path:
            repo, _, rest = path[1:].partition("/resolve/")
            self._redirect(f"{repo}/{rest.partition('/')[2]}")
        else:
            self._send_file(self.server.files.get(path[1:]), with_body)

    def _redirect(self, name: str) -> None:
        content, mischief = self.server.files.get(name), self.server.mischief
        if mischief.look_up_status or content is None:
            status = mischief.look_up_status or 404
            self.send_response(status)
            codes = {404: "EntryNotFound", 401: "RepoNotFound", 403: "GatedRepo"}
            self.send_header("X-Error-Code", codes.get(status, ""))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(302)
        self.send_header("Location", f"{self.server.storage}/{name}")
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("X-Linked-Size", str(mischief.promised_bytes or len(content)))
        tag = hashlib.sha256(content).hexdigest() if mischief.sha256 is None else mischief.sha256
        self.send_header("X-Linked-Etag", f'"{tag or "W/none"}"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_file(self, content: bytes | None, with_body: bool) -> None:
        mischief = self.server.mischief
        if with_body and mischief.statuses:
            self.send_response(mischief.statuses.pop(0))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if content is None:
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        content = mischief.send if mischief.send is not None else content
        wanted = self.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and not mischief.ignores_range else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if mischief.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if with_body:
            self._send_body(content[start:])

    def _send_body(self, body: bytes) -> None:
        mischief = self.server.mischief
        limit = mischief.break_after.pop(0) if mischief.break_after else len(body)
        for place in range(0, min(limit, len(body)), 65536):
            piece = body[place : min(place + 65536, limit)]
            if mischief.pause and place > len(body) // 2:
                mischief.pause.wait(10)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if mischief.chunked else piece)
        if mischief.chunked:
            self.wfile.write(b"0\r\n\r\n")
        if limit < len(body) and not mischief.chunked:
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()

    def _send_listing(self, repo: str) -> None:
        files = {name: content for name, content in self.server.files.items() if name.startswith(f"{repo}/")}
        siblings = [
            {
                "rfilename": name.removeprefix(f"{repo}/"),
                "size": len(content),
                "lfs": {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 135},
            }
            for name, content in files.items()
        ]
        body = json.dumps({"id": repo, "sha": COMMIT, "siblings": siblings}).encode()
        self.send_response(200 if files else 404)
        if not files:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
