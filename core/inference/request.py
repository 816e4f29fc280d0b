"""What may be asked of an engine, and what comes back. Frozen and picklable: a request captures all its inputs."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as chat templates take it."""

    role: Literal["system", "user", "assistant"]
    content: str


class Layout(StrEnum):
    """How sequences lie in memory, and with it which batches there are."""

    APART = "apart"
    """Each sequence by itself, and a batch never mixes two: the same requests give the same text."""
    BATCHED = "batched"
    """Each sequence by itself; those that write share a batch. Fastest for many at once."""
    SHARED = "shared"
    """One pool of cells; tokens that sequences have in common are kept once. Smallest, slower late in a scene."""


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
    layout: Layout = Layout.APART


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the next token is drawn. Each value that follows a default of 0 or 1 is off there."""

    temperature: float = 0.8
    """0: always the likeliest."""
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    typical_p: float = 1.0
    repeat_penalty: float = 1.1
    repeat_last_n: int = 64
    """Tokens of the answer that all four penalties look back on; -1: all of them."""
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    dry_breakers: tuple[str, ...] = ("\n", ":", '"', "*")
    xtc_probability: float = 0.0
    xtc_threshold: float = 0.1
    mirostat: int = 0
    """1 or 2: that version of mirostat, in place of all cuts."""
    mirostat_tau: float = 5.0
    mirostat_eta: float = 0.1
    logit_bias: tuple[tuple[int, float], ...] = ()
    """Token and what is added to its logit; -inf forbids it."""
    seed: int = 0


HEARD = "\ue000"
"""Stands for the words that are being said, in a chat that hears them."""


class AdapterKind(StrEnum):
    """What changes weights while they run."""

    LORA = "lora"
    """Low-rank changes to matrices, from a GGUF."""
    CONTROL = "control"
    """A direction per layer, from a GGUF, that is added to the residual stream."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A change to weights for one request. The weights themselves stay as they are, and others use them unchanged."""

    kind: AdapterKind
    path: Path
    scale: float = 1.0
    """0: as if it were not there. Of a control vector: length of what is added, if its directions have length 1."""
    first_layer: int = 1
    """Of a control vector: the first layer it is added behind; layer 0 has none."""
    last_layer: int = -1
    """Of a control vector; -1: the last that the weights have."""


@dataclass(frozen=True, slots=True)
class Listener:
    """A chat that hears an answer while it is written, so that whoever answers next begins at once.

    Args:
        lane: The sequence of the chat that hears.
        messages: That chat; its last message holds `HEARD` where the words go.
        after: Only what follows this text in the answer is heard, such as `</think>`; empty: all of it.
    """

    lane: str
    messages: tuple[Message, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Shadow:
    """Another chat before the same answer, along which the answer is weighed while it is written.

    A `Score` of that chat and that answer then finds its numbers there and reads nothing; a `Diverge` too, where
    `distributions` says that they are to be kept.
    """

    lane: str
    messages: tuple[Message, ...]
    distributions: bool = False


@dataclass(frozen=True, slots=True)
class Generate:
    """Write the next message of a chat.

    Args:
        lane: The sequence that holds this chat's tokens from turn to turn, such as a character's id.
        messages: The chat so far; it ends with a message that is not the assistant's.
        opening: Text that the answer must begin with, such as `<think>`; part of the answer, and streamed with it.
        stop: Texts that end the answer and are not part of it, found across token borders.
        grammar: A GBNF grammar, or a JSON Schema, that the answer after its opening keeps to; empty: none.
        listeners: Chats that hear the answer; who they are never changes what is written. They read with the same
            adapters.
        shadows: Chats that weigh it, with the same adapters.
        adapters: What changes the weights; requests with the same adapters share a context.
    """

    lane: str
    messages: tuple[Message, ...]
    max_tokens: int = 200
    sampling: Sampling = field(default_factory=Sampling)
    opening: str = ""
    stop: tuple[str, ...] = ()
    grammar: str = ""
    listeners: tuple[Listener, ...] = ()
    shadows: tuple[Shadow, ...] = ()
    adapters: tuple[Adapter, ...] = ()


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
    waited_s: float = 0.0
    """From the arrival of the request to the start of work on it."""
    n_copied_tokens: int = 0
    """Of the reused ones: shared with another sequence."""
    n_restored_tokens: int = 0
    """Of the reused ones: brought back from where parked sequences are kept."""
    n_batches: int = 0
    n_batch_tokens: int = 0
    """Tokens of all requests in those batches; the share of this one is what it read and wrote, divided by this."""
    n_sequences: int = 0
    """Sequences in use when the request ended."""
    n_evicted: int = 0
    """Sequences that were parked or dropped to make room for this request."""
    work_s: float = 0.0
    """What the weights worked for it: of each batch its share by tokens. For an answer that holds what was read along
    by those who hear it, for a score what was read along for it. 0: not known, as of servers."""


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer. `token_ids` are the tokens of `text`, opening included, without the end token."""

    text: str
    token_ids: tuple[int, ...]
    finish: Finish
    usage: Usage
    logprobs: tuple[float, ...] = ()
    """Log-probability of each of `token_ids` in nats, at temperature 1, kept from writing; empty if not all are known
    (an answer that went on after a crash)."""


@dataclass(frozen=True, slots=True)
class Score:
    """Log-probability of each token of a given answer in a given chat.

    `completion` are token ids (as in `Generated.token_ids`) or text, which is then tokenised.
    """

    lane: str
    messages: tuple[Message, ...]
    completion: tuple[int, ...] | str
    adapters: tuple[Adapter, ...] = ()


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
    adapters: tuple[Adapter, ...] = ()
    """Of both chats."""


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


@dataclass(frozen=True, slots=True)
class Tokenize:
    """The tokens of each text by itself, special tokens neither added nor read."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tokenized:
    """Answer to `Tokenize`, in order: per text the ids of its tokens, and the text of each."""

    token_ids: tuple[tuple[int, ...], ...]
    tokens: tuple[tuple[str, ...], ...]
    """A character that several tokens write shows as replacement characters."""


OPTIONS = "\ue001"
"""Stands for the labelled list of options, in a chat that chooses."""


@dataclass(frozen=True, slots=True)
class Choose:
    """How likely each of some options is as the answer to a chat.

    The options are listed with labels, one a line, in every cyclic order, so that each stands once in each place.

    Args:
        lane: The sequence of the chat; other orders use sequences of their own.
        messages: The chat; it ends with a message that is not the assistant's. The list goes where `OPTIONS` stands,
            or at the end of the last message.
        opening: Text before the label or option in the answer.
        labels: One a place, each a single token of the vocabulary, with or without a blank before it.
    """

    lane: str
    messages: tuple[Message, ...]
    options: tuple[str, ...]
    opening: str = ""
    labels: tuple[str, ...] = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class OrderedChoice:
    """What one order of the list gave; numbers are in the order of `Choose.options`."""

    places: tuple[int, ...]
    """Option -> its place in the list, from 0."""
    label_probabilities: tuple[float, ...]
    """Of each option's label as the first token, before normalising."""
    logprobs: tuple[float, ...]
    """Of each option's whole text in nats."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Answer to `Choose`. Probabilities are per option, sum to 1, and have the order of the list averaged out."""

    by_label: tuple[float, ...]
    by_likelihood: tuple[float, ...]
    """From the log-probability of the whole text; short options gain by it."""
    by_token_likelihood: tuple[float, ...]
    """From the mean log-probability of a token of it."""
    label_mass: float
    """Probability that the answer begins with any label, [0, 1]: where it is low, `by_label` says little."""
    position_bias: float
    """Half the sum of how far the places' mean probabilities are from equal; 0: none, 1 - 1/n: one place takes all."""
    n_tokens: tuple[int, ...]
    """Of each option."""
    orders: tuple[OrderedChoice, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Embed:
    """The pooled embedding of each text."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """Answer to `Embed`."""

    vectors: NDArray[np.float32]
    """(n_texts, n_dimensions), each row of length 1."""
    n_tokens: tuple[int, ...]
    """Of each text, special tokens included."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An answer in a chat; without messages, a text by itself."""

    messages: tuple[Message, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class ReadResiduals:
    """The residual stream behind each layer, averaged over the last tokens of each passage."""

    passages: tuple[Passage, ...]
    adapters: tuple[Adapter, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Answer to `ReadResiduals`."""

    vectors: NDArray[np.float32]
    """(n_passages, n_layers, n_embd)."""
    n_tokens: tuple[int, ...]
    """Averaged over, of each passage."""
    architecture: str


Request = Generate | Score | Diverge | CountTokens | Render | Tokenize | Choose | Embed | ReadResiduals
Result = Generated | Scored | Diverged | TokenCounts | Rendered | Tokenized | Chosen | Embedded | Residuals

Ask = Callable[[Request], Result | None]
"""Runs a request and waits for its result; None: the user stopped. Raises UserError for the world's faults."""


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
    layout: Layout = Layout.APART
    writes: bool = True
    """False: these weights embed texts and answer nothing else but `CountTokens` and `Tokenize`."""
    can_trim: bool = True
    """False: sequences of these weights cannot be cut (recurrent state): a chat that changed is read again whole."""


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
            the world's faults. `CountTokens`, `Tokenize` and `Render` do not wait for requests before them.
        """
        ...

    @property
    def info(self) -> WeightsInfo:
        """The weights in use; loads them when they are not loaded yet."""
        ...

    def close(self) -> None:
        """Ends the engine and frees its memory. Pending requests are cancelled."""
        ...
