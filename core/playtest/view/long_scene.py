"""What a character's view holds of a scene, however long it is: the last turns whole, and words for those before.

Turns leave by the playtest's policy, never the persona, and never without being said. The same branch, pins, settings
and weights give the same view.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.hearing.perception import heard_by
from core.inference.unsupported import Unsupported
from core.library.playtests import list_pins
from core.minds.mind import NOTHING_INNER, Inner, recall_notes
from core.minds.moment import MIND_KEY
from core.playtest.directing.recasting import cast_at, recastings
from core.playtest.looking_back.recorded import round_of
from core.playtest.script import Part, Script
from core.playtest.settings import PlaySettings, WhenFull
from core.playtest.view.context_room import ContextRoom, Fit, pick_pinned
from core.playtest.view.earlier import NOTHING_EARLIER, Earlier
from core.playtest.view.scene_lore import NO_CHANCE, NO_LORE, Chance, Lore, SceneLore, most_lore_tokens
from core.playtest.view.summaries import Summaries, Write, can_summarise
from core.playtest.view.views import View, build_view
from core.project import Project
from models.playtest import Turn, TurnBase


@dataclass(frozen=True, slots=True)
class Perceived:
    """What a character has perceived of a branch, as far as its view holds it."""

    history: tuple[TurnBase, ...]
    """The last turns, whole."""
    earlier: Earlier = NOTHING_EARLIER
    when_full: WhenFull = WhenFull.DROP
    """How what stands for the turns before was found; not always as it was set, see `summaries.can_summarise`."""
    lore: Lore = NO_LORE
    inner: Inner = NOTHING_INNER
    """What its mind brings into the turn."""
    script: Script | None = None
    """With the cast as it stands; None: as it was when the playtest began."""

    @property
    def record(self) -> dict[str, Any]:
        """What a turn that was written from this keeps of it; empty while no turn has left."""
        return self.earlier.record(self.when_full.value) if self.earlier.n_turns else {}


class LongScene:
    """Finds what each character of one playtest perceives. Not for several threads at a time."""

    def __init__(self, project: Project, script: Script, playtest_id: str) -> None:
        self._project = project
        self._script = script
        self._playtest_id = playtest_id
        self._summaries = Summaries(project, script)
        self._lore = SceneLore(script)
        self._lores: dict[tuple[int | None, ...], SceneLore] = {}

    def view(self, part: Part, perceived: Perceived) -> View:
        """Returns the chat that a character's weights read."""
        placement, notes = perceived.lore.placement, perceived.inner.notes
        script = perceived.script or self._script
        return build_view(script, part, perceived.history, perceived.earlier, placement, notes)

    def perceive(
        self,
        part: Part,
        path: Sequence[Turn],
        settings: PlaySettings,
        room: ContextRoom,
        write: Write | None = None,
        chance: Chance = NO_CHANCE,
        inner: Inner = NOTHING_INNER,
        in_round: int | None = None,
    ) -> Perceived:
        """Returns what a character perceives of a path before its turn: no turn that it did not hear.

        Args:
            room: Counts for the engine that plays the part.
            write: Runs a request, for a summary that is not there yet; None: then key lines stand for it.
            chance: Decides which lore enters, where that is left to chance.
            inner: What its mind brings into the turn, for which room is kept.
            in_round: The simultaneous round that is being spoken.

        Raises:
            UserError: The persona, the scene and the pinned turns fill the context.
            SummaryCancelled: by `write`.
        """
        script = cast_at(self._script, path)
        scene_lore = self._lore_of(script, path)
        whole, path = path, heard_by(path, part.role_id, in_round)
        pins = list_pins(self._project, self._playtest_id)
        pinned = frozenset(place for place, turn in enumerate(path) if turn.id in pins) if pins else frozenset()
        stands_in = settings.when_full is not WhenFull.DROP
        n_ctx = room.engine.info.n_ctx
        lore = scene_lore.find(part, path, n_ctx, room.count_each, chance.seed, chance.trigger, whole)
        extra = most_lore_tokens(part, path, lore, n_ctx) + sum(room.count_each([note.text for note in inner.notes]))
        fit = room.fit(part, path, settings.max_tokens, pinned=pinned, stands_in=stands_in, extra_tokens=extra)
        kept = tuple(path[fit.n_left :])
        if not fit.n_left:
            return Perceived(kept, lore=lore, inner=inner, script=script)
        if settings.when_full is WhenFull.SUMMARISE and can_summarise(room.engine):
            summary = self._summarise(part, path, fit, room, write)
            if summary:
                earlier = Earlier(fit.n_left, pick_pinned(path, fit.n_left, pinned), summary=summary)
                return Perceived(kept, earlier, WhenFull.SUMMARISE, lore, inner, script)
        earlier = room.extract(path, fit, pinned)
        return Perceived(kept, earlier, WhenFull.EXTRACT if stands_in else WhenFull.DROP, lore, inner, script)

    def recall(
        self, part: Part, turn: Turn, path: Sequence[Turn], settings: PlaySettings, room: ContextRoom
    ) -> Perceived:
        """Returns what the speaker of a turn perceived of the path before it, from the turn's own record.

        Where a person wrote the turn there is none: then what the weights would have read.
        """
        in_round = round_of(turn)
        if not turn.record.get("weights"):
            return self.perceive(part, path, settings, room, in_round=in_round)
        script = cast_at(self._script, path)
        scene_lore = self._lore_of(script, path)
        path = heard_by(path, part.role_id, in_round)
        record = turn.record.get("earlier")
        if not isinstance(record, dict) or not record:  # nothing had left, or an older version wrote the turn
            record = {"n_turns": turn.record.get("n_turns_dropped")}
        earlier = Earlier.from_record(record, path)
        used = str(record.get("when_full"))
        when_full = WhenFull(used) if used in set(WhenFull) else WhenFull.DROP
        lore = scene_lore.recall(part, turn, len(path))
        inner = Inner(recall_notes(turn.record.get(MIND_KEY)))
        return Perceived(tuple(path[earlier.n_turns :]), earlier, when_full, lore, inner, script)

    def _lore_of(self, script: Script, path: Sequence[Turn]) -> SceneLore:
        """Returns the lore of a cast, made ready once for each."""
        if script.lore is self._script.lore:
            return self._lore
        known = tuple(turn.id for turn in recastings(path))
        if known not in self._lores:
            self._lores[known] = SceneLore(script)
        return self._lores[known]

    def _summarise(self, part: Part, path: Sequence[Turn], fit: Fit, room: ContextRoom, write: Write | None) -> str:
        if write is None:
            n_covered, text = self._summaries.find(part, path, fit.n_left)
            return text if n_covered == fit.n_left else ""
        try:
            return self._summaries.write(part, path, fit, room, write)
        except Unsupported:  # by a server
            return ""
