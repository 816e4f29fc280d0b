"""What may be asked of an engine, and what comes back. Frozen and picklable: a request captures all its inputs."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as chat templates take it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class WeightsSettings:
    """Which weights to load, and how. Zero means: choose for this machine."""

    path: Path
    n_threads: int = 0
    n_gpu_layers: int = 0
    """-1: all that fit."""
    n_ctx: int = 0
    """Tokens that one sequence can hold; 0: what the weights were trained for, at most 8,192."""
    n_sequences: int = 16
    """Sequences whose tokens are kept at once; fewer when memory is short."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn."""

    temperature: float = 0.8
    """0: always the likeliest."""
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    repeat_penalty: float = 1.1
    repeat_last_n: int = 64
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Generate:
    """Write the next message of a chat.

    Args:
        lane: The sequence that holds this chat's tokens from turn to turn, such as a character's id.
        messages: The chat so far; it ends with a message that is not the assistant's.
        opening: Text that the answer must begin with, such as `<think>`; part of the answer, and streamed with it.
        stop: Texts that end the answer and are not part of it, found across token borders.
    """

    lane: str
    messages: tuple[Message, ...]
    max_tokens: int = 200
    sampling: Sampling = field(default_factory=Sampling)
    opening: str = ""
    stop: tuple[str, ...] = ()


class Finish(StrEnum):
    """Why an answer ended."""

    END = "end"
    """The weights ended it."""
    LENGTH = "length"
    STOP = "stop"
    """A stop text was found."""
    CANCELLED = "cancelled"
    CONTEXT = "context"
    """The sequence was full."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a request cost."""

    n_prompt_tokens: int
    n_reused_tokens: int
    """Prompt tokens that were still in the sequence and were not read again."""
    n_written_tokens: int
    first_token_s: float
    """From the start of work on the request to its first token."""
    total_s: float


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer. `token_ids` are the tokens of `text`, opening included, without the end token."""

    text: str
    token_ids: tuple[int, ...]
    finish: Finish
    usage: Usage


@dataclass(frozen=True, slots=True)
class Score:
    """Log-probability of each token of a given answer in a given chat.

    `completion` are token ids (as in `Generated.token_ids`) or text, which is then tokenised.
    """

    lane: str
    messages: tuple[Message, ...]
    completion: tuple[int, ...] | str


@dataclass(frozen=True, slots=True)
class Scored:
    """Per token of the completion: its id, its text and its log-probability in nats, at temperature 1."""

    token_ids: tuple[int, ...]
    tokens: tuple[str, ...]
    logprobs: tuple[float, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Diverge:
    """How far the next-token distributions of two chats lie apart along one given answer.

    KL is of `messages` from `reference_messages`: sum q (log q - log p), q being the former.
    """

    lane: str
    messages: tuple[Message, ...]
    reference_lane: str
    reference_messages: tuple[Message, ...]
    completion: tuple[int, ...] | str


@dataclass(frozen=True, slots=True)
class Diverged:
    """Per token of the completion, over the whole vocabulary, in nats."""

    tokens: tuple[str, ...]
    kl: tuple[float, ...]
    js: tuple[float, ...]
    argmax_differs: tuple[bool, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class CountTokens:
    """Number of tokens of each text by itself, special tokens not added."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Answer to `CountTokens`, in order."""

    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Render:
    """The exact text that a chat becomes by the weights' own chat format."""

    messages: tuple[Message, ...]
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Answer to `Render`."""

    text: str
    n_tokens: int


Request = Generate | Score | Diverge | CountTokens | Render
Result = Generated | Scored | Diverged | TokenCounts | Rendered


@dataclass(frozen=True, slots=True)
class WeightsInfo:
    """What was loaded, and what is true of it. Everything here was read back, not assumed."""

    path: str
    name: str
    sha256: str
    """Of the file, or of its first and last 16 MiB and its size when it is larger than 1 GiB."""
    size_bytes: int
    n_params: int
    n_vocab: int
    n_ctx: int
    n_sequences: int
    n_threads: int
    """Threads that read; weights under 10 million parameters write with one, which is faster."""
    n_gpu_layers: int
    """Layers that are on a GPU, proven at load."""
    gpu: str
    """The GPU in use; empty: none."""
    chat_format: str
    """`own` (the weights' template), or `plain` with the reason behind a colon."""
    kv_bytes: int
    safe_mode: bool


class Engine(Protocol):
    """Anything that answers requests: the worker that runs llama.cpp, and the scripted one of tests."""

    def submit(
        self, request: Request, on_text: Callable[[str], None] | None = None, *, background: bool = False
    ) -> Future[Result]:
        """Queues a request.

        Args:
            on_text: Called with each new piece of text of a `Generate`, on the engine's thread; must be quick.
            background: Give way to every request that is not in the background, between two batches.

        Returns:
            A future. `future.cancel()` takes effect within one batch; a cancelled `Generate` still returns
            what was written, with `Finish.CANCELLED`, anything else raises CancelledError. Raises UserError for
            the world's faults. `CountTokens` and `Render` do not wait for requests before them.
        """
        ...

    @property
    def info(self) -> WeightsInfo:
        """The weights in use; loads them when they are not loaded yet."""
        ...

    def close(self) -> None:
        """Ends the engine and frees its memory. Pending requests are cancelled."""
        ...
