"""Has a server write one answer: asks, shows the words as they come, and asks again while none have come."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

from core.inference.request import Finish, Generate, Generated
from core.inference.servers.answer_parts import Answer, Part
from core.inference.servers.chat_api import ChatReader, chat_body
from core.inference.servers.exchange import Cancellation
from core.inference.servers.faults import ServerFault, not_understood
from core.inference.servers.http_client import HttpClient
from core.inference.servers.json_answers import ServerSays
from core.inference.servers.kinds import ServerKind, unmet
from core.inference.servers.llama_server import LlamaServer, completion_body, read_completion
from core.inference.servers.probe import ServerProfile
from core.inference.unsupported import Unsupported

MAX_EVENTS_AFTER_END = 8
"""What an answer cost comes behind its end."""

Read = Callable[[str], Part | None]


def write_answer(
    client: HttpClient,
    profile: ServerProfile,
    llama: LlamaServer | None,
    request: Generate,
    cancellation: Cancellation,
    show: Callable[[str], None],
) -> Generated:
    """Returns an answer.

    Args:
        llama: The server's own API, where it is a llama-server.
        show: Called with each new piece of text. What was shown is never taken back: once it was called, a server
            that breaks off is not asked again.

    Raises:
        Unsupported: The server cannot write it in the way that was asked for.
        ServerFault: It fails.
        Cancelled: The answer is not wanted any more.
    """
    refuse_unmet(profile, request)
    opening_ids: tuple[int, ...] = ()
    if llama is not None:
        opening_ids = llama.tokenize(request.opening, cancellation) if request.opening else ()
        prompt = llama.render(request.messages, request.opening, cancellation)
        path, body = llama.completion_path, completion_body(request, [prompt, *opening_ids])
    else:
        path, body = "chat/completions", chat_body(request, profile.kind, profile.model)
    answer = Answer(request, opening_ids)
    began = time.monotonic()

    def write() -> None:
        reader: Read = read_completion if llama is not None else ChatReader(request.opening).read
        with closing(client.stream(path, body, cancellation, lambda: answer.has_begun)) as events:
            for part in _parts(client, events, reader, answer):
                if text := answer.add(part):
                    show(text)

    def write_once_shown() -> None:
        try:
            write()
        except ServerFault as fault:
            if answer.has_begun and fault.retry:
                raise ServerFault(f"{client.host} broke off in the middle of an answer.", fault.hint) from fault
            raise

    client.retry(write_once_shown, cancellation)
    if text := answer.end():
        show(text)
    return answer.result(began)


def refuse_unmet(profile: ServerProfile, request: Generate) -> None:
    """Raises Unsupported when a server cannot write an answer in the way that was asked for."""
    if missing := unmet(profile.kind, request.sampling):
        names = ", ".join(missing)
        raise Unsupported(f"This server cannot draw tokens by {names}.", "Set them back, or use other weights.")
    if request.grammar and profile.kind is not ServerKind.LLAMA_SERVER:
        raise Unsupported("This server cannot keep to a grammar.", "Use llama-server or weights on this machine.")
    if request.opening and not profile.begins_answers:
        hint = "Use llama-server, vLLM, Ollama or weights on this machine."
        raise Unsupported("This server cannot begin an answer with given words.", hint)


def _parts(client: HttpClient, events: Iterator[str], read: Read, answer: Answer) -> Iterator[Part]:
    """Yields what events add, until the answer is complete. Raises ServerFault when they end before it is."""
    n_after_end = 0
    for data in events:
        try:
            part = read(data)
        except ServerSays as fault:
            raise ServerFault(
                f"{client.host} failed: {client.clean(str(fault))}.", "See the server's own log."
            ) from fault
        except ValueError as error:
            raise not_understood(client.host) from error
        if part is None:
            return
        yield part
        if answer.finish is not None:
            n_after_end += 1
            if answer.is_counted or answer.finish is not Finish.END or n_after_end > MAX_EVENTS_AFTER_END:
                return
    if answer.finish is None:
        raise ServerFault(f"{client.host} broke off.", "Ask again, or see the server's own log.", retry=True)
