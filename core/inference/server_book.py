"""The servers that the app remembers: added with their keys, tried out, forgotten with their keys."""

from contextlib import closing
from dataclasses import dataclass

from core.app_settings import AppSettings, Server, change_settings, load_settings
from core.errors import UserError
from core.inference.api_keys import find_key, forget_key, keep_key
from core.inference.http_client import HttpClient, Timeouts
from core.inference.json_answers import as_object
from core.inference.remote import RemoteEngine
from core.inference.request import Generate, Generated, Message, Sampling
from core.inference.server_address import origin_of
from core.inference.server_faults import ServerFault
from core.inference.server_kinds import TRAITS, ServerKind
from core.inference.server_probe import ServerProfile, probe_server

TRIAL = (Message("user", "Say hello in three words."),)
TRIAL_TOKENS = 12


@dataclass(frozen=True, slots=True)
class Ability:
    """One thing that a server may be able to do."""

    name: str
    can: bool
    note: str
    """What follows from it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a server out."""

    profile: ServerProfile
    said: str
    first_token_s: float
    tokens_per_s: float
    """Over the whole answer, its prompt included; 0: it wrote nothing."""
    tells_logprobs: bool


def remember_server(server: Server, key: str = "") -> Server:
    """Remembers a server in place of one of the same name; returns it as it was kept.

    Args:
        key: Kept in the system's keyring; empty: a key that was kept before stays.

    Raises:
        UserError: The key or the settings cannot be kept.
    """
    if key:
        keep_key(server, key)
    before = [other for other in load_settings().servers if _is_same(other, server.name)]
    kept_before = any(other.has_key and origin_of(other.base_url) == origin_of(server.base_url) for other in before)
    server = server.model_copy(update={"has_key": bool(key) or kept_before})

    def change(settings: AppSettings) -> None:
        settings.servers = [*(other for other in settings.servers if not _is_same(other, server.name)), server]

    change_settings(change)
    return server


def forget_server(name: str) -> Server:
    """Forgets a server, and its key unless another one at the same address needs it.

    Raises:
        UserError: It is not known, or the keyring refuses.
    """
    settings = load_settings()
    server = next((other for other in settings.servers if _is_same(other, name)), None)
    if server is None:
        raise UserError(f"No server “{name}” is known here.", "`tableread server list` shows those that are.")
    others = [other for other in settings.servers if other != server]
    if server.has_key and not any(origin_of(other.base_url) == origin_of(server.base_url) for other in others):
        forget_key(server)

    def change(settings: AppSettings) -> None:
        settings.servers = [other for other in settings.servers if not _is_same(other, name)]

    change_settings(change)
    return server


def list_models(server: Server, key: str = "") -> tuple[str, ...]:
    """Returns what models a server has; raises UserError when it does not answer.

    Args:
        key: One that is not kept yet.
    """
    with closing(HttpClient(server.base_url, key or find_key(server), Timeouts(connect_s=5))) as client:
        return probe_server(client, server.model_copy(update={"model": ""})).models


def try_server(server: Server) -> Trial:
    """Asks a server what it is and for a few words. Raises UserError when that fails."""
    with closing(RemoteEngine(server, Timeouts(connect_s=5))) as engine:
        profile = engine.profile
        sampling = Sampling(temperature=0, repeat_penalty=1.0)
        answer = engine.submit(Generate("trial", TRIAL, TRIAL_TOKENS, sampling)).result()
        assert isinstance(answer, Generated)
    usage = answer.usage
    return Trial(
        profile=profile,
        said=" ".join(answer.text.split()),
        first_token_s=usage.first_token_s,
        tokens_per_s=usage.n_written_tokens / usage.total_s if usage.total_s > 0 else 0.0,
        tells_logprobs=_tells_logprobs(server, profile),
    )


def abilities(trial: Trial) -> tuple[Ability, ...]:
    """Returns what a server can do and what it cannot, each with what follows."""
    profile = trial.profile
    thoughts = "begins an answer with a thought"
    if not profile.begins_answers:
        thoughts = "cannot begin an answer with given words: characters think only if they do so by themselves"
    context = f"{profile.n_ctx:,} tokens" + ("" if profile.n_ctx_is_known else ", assumed: it does not say")
    drift = "scored" if profile.diverges else "not scored"
    if profile.scores and not profile.diverges:
        drift += f": a vocabulary of {profile.n_vocab:,} is too large to be sent for each token"
    counts = "exact" if profile.counts else "estimated, so that views are a little shorter than they might be"
    return (
        Ability("thoughts", profile.begins_answers, thoughts),
        Ability("token counts", profile.counts, counts),
        Ability("context", profile.n_ctx_is_known, context),
        Ability("log-probabilities", trial.tells_logprobs, "of what it writes" if trial.tells_logprobs else ""),
        Ability("grounding", profile.scores, "scored" if profile.scores else "not scored"),
        Ability("drift", profile.diverges, drift),
        Ability("grammars", profile.kind is ServerKind.LLAMA_SERVER, ""),
        Ability("sampling", True, ", ".join(name.replace("_", " ") for name in TRAITS[profile.kind].samplers)),
    )


def _tells_logprobs(server: Server, profile: ServerProfile) -> bool:
    """Asks for one token with its log-probability: some servers refuse, some send the answer without it."""
    body = {
        "model": profile.model,
        "messages": [{"role": "user", "content": TRIAL[0].content}],
        "max_tokens": 1,
        "logprobs": True,
    }
    with closing(HttpClient(server.base_url, find_key(server), Timeouts(connect_s=5))) as client:
        try:
            answer = as_object(client.ask("chat/completions", body))
        except ServerFault:
            return False
    choices = answer.get("choices")
    choice = as_object(choices[0]) if isinstance(choices, list) and choices else {}
    return bool(as_object(choice.get("logprobs")).get("content"))


def _is_same(server: Server, name: str) -> bool:
    return server.name.casefold() == name.strip().casefold()
