"""Whether turns and scenes hold: they end, stay one speaker's, think as asked, and do not loop."""

import random
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import count

from assets.weights.probes.speaker import Row, Speaker, Values
from assets.weights.sample import Line, Message, Play, render_messages
from assets.weights.teaching import draw_play
from core.characters.reply import parse_reply
from core.fidelity.words.ending import is_loop
from core.playtest.writing.redrawing import must_redraw, warmed

_ROOM_TOKENS = 1900
_NEXT_SEED = 1_000_000
_LONGEST_TURN = 80
"""Tokens within which a turn is to end."""


@dataclass(frozen=True, slots=True)
class SceneProbe:
    """Writes turns of generated scenes, and whole ones."""

    speaker: Speaker

    def turns(self, n_turns: int) -> Row:
        """Turns of generated scenes: whether they end, stay one speaker's, and think as asked."""
        rng, counts = Values().begin("turns")
        for index in range(n_turns):
            play = draw_play(rng)
            me, thoughts = rng.randrange(len(play.cast)), index % 2 == 0
            messages = render_messages(play, me, thoughts)
            own = [place for place, message in enumerate(messages) if message["role"] == "assistant"]
            if not own:
                continue
            written, ended = self.speaker.write(messages[: rng.choice(own)], index, _LONGEST_TURN)
            reply = parse_reply(
                written, play.cast[me].name, [one.name for one in play.cast if one is not play.cast[me]]
            )
            counts.update(turns=1, ended=ended, bled=reply.bled, empty=not reply.text, repeats=_repeats(written))
            counts.update(thoughts_asked=thoughts, thoughts_well_formed=thoughts and _well_formed(written))
            counts.update(thoughts_unasked=not thoughts and "<think>" in written)
        return {"probe": "turns", **counts}

    def self_talk(self, n_scenes: int, n_turns: int = 20) -> Row:
        """Whole scenes played by the weights alone. Source of the guard: methods 2.1, as the app has it."""
        rng, counts = Values().begin("self-talk")
        for index in range(n_scenes):
            lines = self.play_scene(draw_scene(rng), n_turns, index)
            texts = [line.text for line in lines]
            looped = any(is_loop(texts[:end]) for end in range(len(texts) + 1))
            counts.update(free_of_loops=not looped, empty_turns=sum(not text for text in texts))
            counts.update(to_oneself=sum(speaks_to(line.text, line.speaker) for line in lines[1:]))
        return {"probe": "self-talk", "n": n_scenes, "turns_each": n_turns, **counts}

    def play_scene(self, scene: Play, n_turns: int, seed: int) -> list[Line]:
        """Plays a scene from its first line on, its cast taking turns in order."""
        lines = list(scene.lines[:1])
        names = [one.name for one in scene.cast]
        first = names.index(lines[0].speaker) + 1 if lines[0].speaker in names else 0
        for n in range(n_turns):
            me = (first + n) % len(scene.cast)
            name = scene.cast[me].name
            play = Play(scene.kind, scene.title, scene.setting, scene.cast, (*lines, Line(name, "")))
            messages = render_messages(play, me, thoughts=seed % 2 == 0)[:-1]
            while len(messages) > 3 and len(self.speaker.weights.tokens(messages)) > _ROOM_TOKENS:
                messages = [messages[0], *messages[3:]]
            lines.append(self._write_line(play, messages, seed * 100 + n))
        return lines

    def _write_line(self, play: Play, messages: list[Message], seed: int) -> Line:
        """Writes the last line of a play; one that says again what was said is drawn anew, as the app does it."""
        settings, name = self.speaker.settings, play.lines[-1].speaker
        others = [one.name for one in play.cast if one.name != name]
        before = [line.text for line in play.lines[:-1] if line.speaker == name]
        for attempt in count():
            speaker = replace(self.speaker, settings=warmed(settings, attempt))
            reply = parse_reply(speaker.write(messages, seed + attempt * _NEXT_SEED)[0], name, others)
            if not must_redraw(reply.text, before, settings, attempt):
                return Line(name, reply.text, reply.thought or "")
        raise AssertionError


def speaks_to(text: str, name: str) -> bool:
    """Whether a text calls somebody by name: `Mara, come.`, `Come, Mara.`, but not `My name? Mara.`"""
    called, speech = re.escape(name.split(maxsplit=1)[0]), re.sub(r"\*[^*]*\*|\"", "", text).strip()
    return re.search(rf"(^|[.?!] ){called},|, {called}[,.?!]|\b({_GREETINGS}) {called}\b", speech) is not None


_GREETINGS = "Hello|Hi|Good day|Good morning|Good evening|Goodbye|Thank you"


def _repeats(written: str) -> bool:
    pieces = written.lower().split()
    grams = Counter(tuple(pieces[i : i + 4]) for i in range(len(pieces) - 3))
    return max(grams.values(), default=0) >= 3


def draw_scene(rng: random.Random) -> Play:
    """A scene of at least two: with one alone there is nobody to talk to."""
    while len((scene := draw_play(rng)).cast) < 2:
        pass
    return scene


def _well_formed(written: str) -> bool:
    thought, closing, speech = written.removeprefix("<think>").partition("</think>")
    parts = written.startswith("<think>"), closing, thought.strip(), speech.strip()
    return all(parts) and "think>" not in speech
