"""Which statements of a character its playtests have shown, by the words that a statement and a turn have in common."""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from core.fidelity.words.tokens import content_words, tokenise
from core.project import Project
from models.playtest import Playtest, Turn

SHARE = 0.5
"""Of a statement's content words, what a turn must have to have shown it."""
MIN_WORDS = 2
"""So many of them at least, unless the statement has fewer."""
ENOUGH_TURNS = 10
"""Before a character has said so many turns, nothing follows from a statement that did not show."""


def spoken_words(project: Project, character_id: str, name: str) -> list[frozenset[str]]:
    """Returns the content words of every turn that a character spoke in playtests, all branches, without its name."""
    with project.reading() as session:
        query = select(Playtest.id, Playtest.script).where(col(Playtest.deleted_at).is_(None))
        roles = {playtest_id: _roles_of(script, character_id) for playtest_id, script in session.exec(query)}
        played = {playtest_id: ids for playtest_id, ids in roles.items() if ids}
        turns = session.exec(
            select(Turn.playtest_id, Turn.speaker_id, Turn.text).where(col(Turn.playtest_id).in_(list(played)))
        )
        texts = [text for playtest_id, speaker_id, text in turns if speaker_id in played[playtest_id]]
    own_name = content_words(tokenise(name))
    return [content_words(tokenise(text)) - own_name for text in texts]


def count_uses(statements: Sequence[str], name: str, spoken: Iterable[frozenset[str]]) -> list[int]:
    """Returns in how many turns each statement shows.

    Source: ours [D]: the overlap of content words that methods 3.1 uses for persona relevance, by the turn.
    """
    own_name = content_words(tokenise(name))
    wanted = [content_words(tokenise(statement)) - own_name for statement in statements]
    counts = [0] * len(wanted)
    for words in spoken:
        for place, those in enumerate(wanted):
            n_common = len(those & words)
            if those and n_common >= max(min(MIN_WORDS, len(those)), SHARE * len(those)):
                counts[place] += 1
    return counts


def _roles_of(script: object, character_id: str) -> frozenset[str]:
    """The role ids that a character has in a script; scripts of older versions may lack anything."""
    parts = script.get("parts") if isinstance(script, dict) else None
    found = set()
    for part in parts if isinstance(parts, list | tuple) else ():
        role = part.get("role") if isinstance(part, dict) else None
        if isinstance(role, dict) and role.get("character_id") == character_id:
            found.add(str(part.get("role_id")))
    return frozenset(found)
