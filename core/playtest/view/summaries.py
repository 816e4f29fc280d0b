"""Summaries of the turns that have left a character's view, written by the weights in that character's own view.

A summary is a row that belongs to the last turn it covers: every branch through that turn finds it again, any other
branch does not. It grows: the next one is written from the one before and the turns that left since.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlmodel import col, select

from core.characters.prompt import join_blocks, render_system
from core.characters.reply import parse_reply
from core.inference.request import Engine, Finish, Generate, Generated, Message, Sampling, WeightsInfo
from core.inference.servers.kinds import describe_weights
from core.memory.persona import told_character
from core.playtest.script import Part, Script
from core.playtest.view.context_room import ContextRoom, Fit
from core.playtest.view.earlier import Earlier
from core.playtest.view.views import GO_ON, partner_id, project_history
from core.project import Project
from models.playtest import Turn
from models.summary import Summary

N_SENTENCES = 4
BY_KEY = "by"
"""Where the record of a summary keeps who played the part: it stands in no other character's view."""
CHUNK_SHARE = 0.5
"""Of the room for history, what one request reads at most: a scene that was long before is summed up in several."""
MIN_PARAMS = 200_000_000
"""Weights that are known to have fewer parameters cannot sum up; the house weights are among them."""

Write = Callable[[Generate], Generated | None]
"""Runs a request; None: it was cancelled."""


class SummaryCancelled(Exception):
    """The user stopped while a summary was being written."""


def can_summarise(engine: Engine) -> bool:
    """Tells whether weights are large enough. A server does not always say; it is taken to be."""
    n_params = engine.info.n_params
    return n_params == 0 or n_params >= MIN_PARAMS


class Summaries:
    """The summaries of one playtest."""

    def __init__(self, project: Project, script: Script) -> None:
        self._project = project
        self._script = script

    def find(self, part: Part, path: Sequence[Turn], n_left: int) -> tuple[int, str]:
        """Returns how many turns of a path the longest summary within the first `n_left` covers, and its text."""
        places = {turn.id: place for place, turn in enumerate(path[:n_left])}
        query = (
            select(Summary)
            .join(Turn, col(Summary.turn_id) == col(Turn.id))
            .where(Turn.playtest_id == path[0].playtest_id, Summary.role_id == part.role_id)
            .order_by(col(Summary.id).desc())  # of two for one turn the first one written counts
        )
        with self._project.reading() as session:
            found = {
                row.turn_id: row.text
                for row in session.exec(query)
                if row.turn_id in places and row.record.get(BY_KEY, part.character.name) == part.character.name
            }
        longest = max(found, key=lambda turn_id: places[turn_id], default=None)
        return (places[longest] + 1, found[longest]) if longest is not None else (0, "")

    def write(self, part: Part, path: Sequence[Turn], fit: Fit, room: ContextRoom, write: Write) -> str:
        """Returns the summary of the turns that have left, written now where it is not there yet.

        Args:
            fit: How many have left, and what words that stand for them may take.
            room: Counts, and knows the engine that writes.

        Returns:
            The text; empty when the weights say nothing.

        Raises:
            SummaryCancelled: `write` returned None.
            UserError: The weights cannot be run.
        """
        n_covered, text = self.find(part, path, fit.n_left)
        while n_covered < fit.n_left:
            end = _end_of_chunk(path, n_covered, fit, room)
            earlier = Earlier(n_covered, summary=text)
            request = self._request(part, path[n_covered:end], earlier, fit.stand_in_tokens)
            generated = write(request)
            if generated is None:
                raise SummaryCancelled
            text = self._clean(part, generated)
            if not text:
                return ""
            n_covered = end
            self._keep(part, path[end - 1], text, n_covered, generated, room.engine.info)
        return text

    def _request(self, part: Part, turns: Sequence[Turn], earlier: Earlier, max_tokens: int) -> Generate:
        """The view as it was, and one neutral question at its end: what was read for the scene is not read again."""
        character = told_character(part.character, self._script.rules.memory)
        system = join_blocks(render_system(character, part.role, self._script.scene, part.relations))
        thinker = part.character.name if self._script.rules.thought.keeps else None
        partner = partner_id(self._script, part.role_id)
        history = project_history(turns, part.role_id, partner, earlier.text, thinker=thinker)
        asked = (
            f"(The scene pauses. What has happened so far, as {part.character.name} saw it, in at most {N_SENTENCES} "
            "sentences? Tell only what was said and done, without thoughts.)"
        )
        last = history[-1]
        content = asked if last.content == GO_ON else f"{last.content}\n\n{asked}"
        messages = (Message("system", system), *history[:-1], replace(last, content=content))
        return Generate(part.role_id, messages, max_tokens=max_tokens, sampling=Sampling(temperature=0.0))

    def _clean(self, part: Part, generated: Generated) -> str:
        reply = parse_reply(generated.text, part.character.name, [])
        text = " ".join(reply.text.split())
        if generated.finish is Finish.LENGTH:
            end = max(text.rfind(mark) for mark in ".!?…")
            text = text[: end + 1] or text
        return text

    def _keep(self, part: Part, last: Turn, text: str, n_covered: int, generated: Generated, info: WeightsInfo) -> None:
        usage = generated.usage
        record = {
            BY_KEY: part.character.name,
            "n_turns": n_covered,
            "weights": describe_weights(info),
            "n_prompt_tokens": usage.n_prompt_tokens,
            "n_reused_tokens": usage.n_reused_tokens,
            "n_written_tokens": usage.n_written_tokens,
            "total_s": round(usage.total_s, 4),
        }
        with self._project.append() as session:
            session.add(Summary(turn_id=last.id or 0, role_id=part.role_id, text=text, record=record))


def _end_of_chunk(path: Sequence[Turn], start: int, fit: Fit, room: ContextRoom) -> int:
    n_tokens = 0
    for place in range(start, fit.n_left):
        n_tokens += room.count(path[place].text + (path[place].thought or ""))
        if n_tokens > fit.room_tokens * CHUNK_SHARE and place > start:
            return place
    return fit.n_left
