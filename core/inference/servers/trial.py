"""Tries a server out: what models it has, what it is, what it says, and what it can and cannot do."""

from contextlib import closing
from dataclasses import dataclass

from core.app_settings import Server
from core.inference.request import Generate, Generated, Message, Sampling
from core.inference.servers.api_keys import find_key
from core.inference.servers.faults import ServerFault
from core.inference.servers.http_client import HttpClient, Timeouts
from core.inference.servers.json_answers import as_object
from core.inference.servers.kinds import TRAITS, ServerKind
from core.inference.servers.probe import ServerProfile, probe_server
from core.inference.servers.remote import RemoteEngine

TRIAL = (Message("user", "Say hello in three words."),)
TRIAL_TOKENS = 12
PATIENCE = Timeouts(connect_s=5.0, first_token_s=60.0, between_tokens_s=20.0)
"""Less than a scene has: somebody waits for the answer, and nothing else."""


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


def list_models(server: Server, key: str = "") -> tuple[str, ...]:
    """Returns what models a server has; raises UserError when it does not answer.

    Args:
        key: One that is not kept yet.
    """
    with closing(HttpClient(server.base_url, key or find_key(server), PATIENCE)) as client:
        return probe_server(client, server.model_copy(update={"model": ""})).models


def try_server(server: Server) -> Trial:
    """Asks a server what it is and for a few words. Raises UserError when that fails."""
    with closing(RemoteEngine(server, PATIENCE)) as engine:
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
    with closing(HttpClient(server.base_url, find_key(server), PATIENCE)) as client:
        try:
            answer = as_object(client.ask("chat/completions", body))
        except ServerFault:
            return False
    choices = answer.get("choices")
    choice = as_object(choices[0]) if isinstance(choices, list) and choices else {}
    return bool(as_object(choice.get("logprobs")).get("content"))
