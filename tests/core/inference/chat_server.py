"""A real HTTP server on this machine that speaks the OpenAI API as it is told to, also badly."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core.inference.servers.events import format_event

MODELS = {"object": "list", "data": [{"id": "small", "owned_by": "somebody"}, {"id": "large", "owned_by": "somebody"}]}


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class Answering(BaseHTTPRequestHandler):
    """Hands each request to the function of its path."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_arguments: object) -> None:
        """Keeps the tests' output clean."""

    def _answer(self, body: dict[str, Any]) -> None:
        server = self.server
        assert isinstance(server, ChatServer)
        server.asked.append(Asked(self.path, dict(self.headers), body))
        answer = server.paths.get(self.path)
        if answer is None:
            self.send_json({"error": {"message": "no such path"}}, 404)
            return
        try:
            answer(self)
        except (BrokenPipeError, ConnectionResetError):
            server.broken_off.set()

    def send_json(self, value: object, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_bytes(json.dumps(value).encode(), status, headers)

    def send_bytes(self, data: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_event(self, event: object) -> None:
        self.send_piece(format_event(event if isinstance(event, str) else json.dumps(event)))

    def send_piece(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def end_stream(self) -> None:
        self.wfile.write(b"0\r\n\r\n")

    def say(self, *words: str) -> None:
        """Streams a whole answer."""
        self.begin_stream()
        for word in words:
            self.send_event(delta(content=word))
        self.send_event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        self.send_event({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": len(words)}})
        self.send_event("[DONE]")
        self.end_stream()


class ChatServer(ThreadingHTTPServer):
    """`paths` says what is answered where."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.paths: dict[str, Callable[[Answering], None]] = {"/v1/models": lambda to: to.send_json(MODELS)}
        self.asked: list[Asked] = []
        self.broken_off = threading.Event()
        """Whoever asked cut the connection."""

    def handle_error(self, *_arguments: object) -> None:
        """A connection that was cut is nothing to print."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def on_chat(self, answer: Callable[[Answering], None]) -> None:
        self.paths["/v1/chat/completions"] = answer

    @property
    def chats(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == "/v1/chat/completions"]


def delta(**fields: object) -> dict[str, Any]:
    """An event that adds something to the answer."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class InTurn:
    """Answers each request with the next of several functions, and the last one over again."""

    answers: list[Callable[[Answering], None]]
    n_asked: int = field(default=0)

    def __call__(self, to: Answering) -> None:
        answer = self.answers[min(self.n_asked, len(self.answers) - 1)]
        self.n_asked += 1
        answer(to)
