"""A branch as a judge sees it, extended as the branch grows: a long scene is not masked anew for each question."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.fidelity.conversation import Line
from core.fidelity.judging.masks import Masked, Masks, masks_for
from core.playtest.scores.lines import about_script, line_of
from core.playtest.script import NARRATOR_ID, USER_ID, Script
from models.playtest import Turn


class MaskedBranch:
    """Lines of one cast with masks that are the same on every branch, while the cast is. For one thread."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._about = about_script(script)
        self._names = dict(self._about.names)
        self._turns: list[Turn] = []
        self._lines: list[Line] = []
        self._mask()

    def is_of(self, script: Script, said: Sequence[Turn]) -> bool:
        """Whether a path of turns goes along what is known, or on from it."""
        n = min(len(said), len(self._turns))
        return script is self._script and (n == 0 or said[n - 1].id == self._turns[n - 1].id)

    def masked(self, said: Sequence[Turn]) -> Masked:
        """Returns the lines of a path for which `is_of` holds."""
        new = said[len(self._turns) :]
        lines = [line_of(turn, self._about) for turn in new]
        recast = {
            line.speaker: turn.speaker
            for line, turn in zip(lines, new, strict=True)
            if "/" in line.speaker and line.speaker not in self._names
        }
        self._turns += new
        if recast:
            self._names |= recast
            self._mask()
            lines, self._lines = [line_of(turn, self._about) for turn in self._turns], []
        hide = self._masks.hide
        self._lines += [Line(line.speaker, hide(line.text), hide(line.thought)) for line in lines]
        return Masked(self._shown, tuple(self._lines[: len(said)]), self._masks)

    def _mask(self) -> None:
        masks = _masks_of(self._script, self._names, self._about.aliases)
        self._masks = masks
        self._shown = replace(
            self._about,
            personas={speaker: tuple(map(masks.hide, facts)) for speaker, facts in self._about.personas.items()},
            scene=masks.hide(self._about.scene),
            names={**masks.by_speaker, NARRATOR_ID: "Narrator"},
            aliases={},
        )


def _masks_of(script: Script, names: Mapping[str, str], aliases: Mapping[str, tuple[str, ...]]) -> Masks:
    """Returns masks of the whole cast, so that they are the same on every branch and while it grows."""
    statements = [text for part in script.parts for text in part.character.statements]
    return masks_for({**names, USER_ID: script.scenario.user_name}, [script.scenario.setting, *statements], aliases)
