"""A turn that weights wrote, with all that is needed to explain and repeat it in its record."""

from collections.abc import Sequence
from typing import Any

from core.characters.reply import Reply
from core.hearing.perception import ROUND_KEY
from core.inference.request import Generated, Usage, WeightsInfo
from core.inference.servers.kinds import describe_weights, kind_of, sampling_used
from core.minds.aftermath import look_back
from core.playtest.script import Part
from core.playtest.settings import PlaySettings
from core.playtest.view.long_scene import Perceived
from core.playtest.view.scene_lore import LORE_KEY
from models.playtest import Origin, SpeakerKind, TurnBase


def make_turn(
    info: WeightsInfo,
    part: Part,
    generated: Generated,
    reply: Reply,
    settings: PlaySettings,
    seed: int,
    perceived: Perceived,
    adapters: Sequence[dict[str, Any]],
    in_round: int | None,
    opening: str,
    room_is_estimate: bool,
) -> TurnBase:
    """Returns a turn that weights wrote, not committed yet.

    Args:
        reply: What they wrote, taken apart.
        adapters: What changed them, as the record keeps it.
        in_round: The simultaneous round that it was spoken in.
        opening: What the reply had to begin with.
        room_is_estimate: The tokens of the view could not be counted.
    """
    usage = generated.usage
    cut = reply.bled or not reply.text
    return TurnBase(
        speaker_id=part.role_id,
        speaker=part.character.name,
        kind=SpeakerKind.CHARACTER,
        text=reply.text,
        thought=reply.thought,
        origin=Origin.WEIGHTS,
        finish="empty" if not reply.text else "stop" if reply.bled else generated.finish.value,
        token_ids=[] if cut else list(generated.token_ids),
        record={
            "seed": seed,
            "sampling": sampling_used(info, settings.sampling(seed)),
            "max_tokens": settings.max_tokens,
            "opening": opening,
            "think_tokens": perceived.inner.think_tokens,
            "weights": describe_weights(info),
            "adapters": adapters,
            "n_ctx": info.n_ctx,
            "n_threads": info.n_threads,
            "gpu": info.gpu,
            "safe_mode": info.safe_mode,
            "n_prompt_tokens": usage.n_prompt_tokens,
            "n_reused_tokens": usage.n_reused_tokens,
            "n_written_tokens": usage.n_written_tokens,
            "first_token_s": round(usage.first_token_s, 4),
            "total_s": round(usage.total_s, 4),
            "engine": _engine_record(info, usage),
            "n_turns_dropped": perceived.earlier.n_turns,
            "room_is_estimate": room_is_estimate,
            "earlier": perceived.record,
            **({LORE_KEY: perceived.lore.record} if perceived.lore.record else {}),
            **look_back(perceived.inner.record, part.role_id, reply.text, reply.thought),
            **({ROUND_KEY: in_round} if in_round is not None else {}),
            "bled": reply.bled,
            **({"went_on": True} if _went_on(info, generated) else {}),
        },
    )


def _went_on(info: WeightsInfo, generated: Generated) -> bool:
    """Whether the process of the weights died while a turn was written: then not all its probabilities are known."""
    return kind_of(info) is None and bool(generated.token_ids) and not generated.logprobs


def _engine_record(info: WeightsInfo, usage: Usage) -> dict[str, Any]:
    """Returns how the engine came to the turn: which batches there were, and what was spared; servers do not tell."""
    if kind_of(info) is not None:
        return {}
    return {
        "layout": info.layout.value,
        "can_trim": info.can_trim,
        "waited_s": round(usage.waited_s, 4),
        "n_copied_tokens": usage.n_copied_tokens,
        "n_restored_tokens": usage.n_restored_tokens,
        "n_batches": usage.n_batches,
        "n_batch_tokens": usage.n_batch_tokens,
        "n_sequences": usage.n_sequences,
        "n_evicted": usage.n_evicted,
        "work_s": round(usage.work_s, 4),
    }
