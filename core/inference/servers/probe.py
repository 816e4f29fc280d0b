"""Asks a server what it is and what it can do. What it does not tell is not known, and said to be so."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from core.app_settings import Server
from core.errors import UserError
from core.inference.request import WeightsInfo
from core.inference.servers.address import native_path
from core.inference.servers.exchange import Cancellation
from core.inference.servers.faults import not_understood
from core.inference.servers.http_client import HttpClient
from core.inference.servers.json_answers import as_object, whole
from core.inference.servers.kinds import REMOTE, TRAITS, ServerKind

ASSUMED_N_CTX = 4096
"""Tokens that a chat may take where a server does not say: what common servers give at the least."""
MAX_MODELS = 10_000
MAX_DIVERGE_VOCAB = 8_192
"""Whole distributions come as text, about 100 bytes for each token of the vocabulary: 0.1 s a token at 4,096."""
_Find = Callable[[str], dict[str, Any]]
"""From a path to the JSON object there; empty where there is none."""

_OWNERS = {"llamacpp": ServerKind.LLAMA_SERVER, "vllm": ServerKind.VLLM, "sglang": ServerKind.SGLANG}


@dataclass(frozen=True, slots=True)
class ServerProfile:
    """What one server is. Zero: it does not say."""

    kind: ServerKind
    models: tuple[str, ...]
    model: str
    """The one that plays."""
    n_ctx: int
    n_ctx_is_known: bool
    """False: nobody said, and `n_ctx` is an assumption."""
    n_slots: int = 0
    n_vocab: int = 0
    n_params: int = 0
    size_bytes: int = 0

    @property
    def begins_answers(self) -> bool:
        """It can be made to begin an answer with given words."""
        return TRAITS[self.kind].prefill is not None

    @property
    def counts(self) -> bool:
        """It counts tokens."""
        return TRAITS[self.kind].tokenizes

    @property
    def scores(self) -> bool:
        """It tells how likely given words are."""
        return self.kind is ServerKind.LLAMA_SERVER

    @property
    def diverges(self) -> bool:
        """It tells whole distributions, and they are small enough to be sent."""
        return self.scores and 0 < self.n_vocab <= MAX_DIVERGE_VOCAB

    def weights_info(self, base_url: str) -> WeightsInfo:
        """Returns what is known of the weights."""
        return WeightsInfo(
            path=base_url,
            name=PurePath(self.model).stem if self.model.endswith(".gguf") else self.model,
            sha256="",
            size_bytes=self.size_bytes,
            n_params=self.n_params,
            n_vocab=self.n_vocab,
            n_ctx=self.n_ctx,
            n_sequences=self.n_slots,
            n_threads=0,
            n_gpu_layers=0,
            gpu="",
            chat_format=f"{REMOTE}{self.kind.value}",
            kv_bytes=0,
            safe_mode=False,
        )


def probe_server(client: HttpClient, server: Server, cancellation: Cancellation | None = None) -> ServerProfile:
    """Asks a server what it is.

    Raises:
        UserError: It does not answer, is no such server, or does not have the model.
        Cancelled: The answer is not wanted any more.
    """
    cancelled = cancellation or Cancellation()
    entries = _list_models(client, cancelled)

    def find(path: str) -> dict[str, Any]:
        return as_object(client.find(path, cancelled))

    models = tuple(str(entry["id"]) for entry in entries)
    if server.model and models and server.model not in models:
        some = ", ".join(models[:5]) + (" …" if len(models) > 5 else "")
        raise UserError(f"{client.host} has no model “{server.model}”.", f"It has {some}.")
    model = server.model or next(iter(models), "")
    if not model:
        raise UserError(f"{client.host} has no model loaded.", "Load one there.")
    entry = next((entry for entry in entries if entry["id"] == model), {})
    kind = _find_kind(find, server.base_url, entries)
    meta = as_object(entry.get("meta"))
    n_ctx, n_slots = _find_context(find, server.base_url, kind, entry)
    return ServerProfile(
        kind=kind,
        models=models,
        model=model,
        n_ctx=server.n_ctx or n_ctx or ASSUMED_N_CTX,
        n_ctx_is_known=bool(server.n_ctx or n_ctx),
        n_slots=n_slots,
        n_vocab=whole(meta.get("n_vocab")),
        n_params=whole(meta.get("n_params")),
        size_bytes=whole(meta.get("size")),
    )


def _list_models(client: HttpClient, cancellation: Cancellation) -> list[dict[str, Any]]:
    entries = as_object(client.ask("models", cancellation=cancellation)).get("data")
    if not isinstance(entries, list):
        raise not_understood(client.host)
    return [entry for entry in entries[:MAX_MODELS] if isinstance(entry, dict) and isinstance(entry.get("id"), str)]


def _find_kind(find: _Find, base_url: str, entries: list[dict[str, Any]]) -> ServerKind:
    owners = {str(entry.get("owned_by")) for entry in entries}
    for owner, kind in _OWNERS.items():
        if owner in owners:
            return kind
    if _lm_studio_models(find):
        return ServerKind.LM_STUDIO
    version = find("/api/version") if not native_path(base_url) else {}
    return ServerKind.OLLAMA if "version" in version else ServerKind.OTHER


def _find_context(find: _Find, base_url: str, kind: ServerKind, entry: dict[str, Any]) -> tuple[int, int]:
    """Returns the tokens that one chat may take, and how many chats run at once; 0 for what is not told."""
    match kind:
        case ServerKind.LLAMA_SERVER:
            props = find(f"{native_path(base_url)}/props")
            n_ctx = whole(as_object(props.get("default_generation_settings")).get("n_ctx"))
            return n_ctx, whole(props.get("total_slots"))
        case ServerKind.VLLM | ServerKind.SGLANG:
            return whole(entry.get("max_model_len")), 0
        case ServerKind.OLLAMA:
            return _entry_of(find("/api/ps"), "models", "model", entry["id"], "context_length"), 0
        case ServerKind.LM_STUDIO:
            found = {"data": _lm_studio_models(find)}
            return _entry_of(found, "data", "id", entry["id"], "loaded_context_length"), 0
        case ServerKind.OTHER:
            return 0, 0


def _lm_studio_models(find: _Find) -> list[Any]:
    entries = find("/api/v0/models").get("data")
    return entries if isinstance(entries, list) else []


def _entry_of(found: dict[str, Any], key: str, id_key: str, wanted: str, field: str) -> int:
    entries = found.get(key)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get(id_key) == wanted:
            return whole(entry.get(field))
    return 0
