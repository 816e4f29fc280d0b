"""The alarm for leaks: a line that says what its speaker cannot know, and a secret that reaches somebody new."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.hearing.learning import Knowing, Learnt, Minds
from core.hearing.telling import People, Said, Sayable, Spoken, how_said
from core.world.spoken import telling_stems
from models.world import Fact

ALARMS_KEY = "alarms"
"""Where a turn's record keeps its alarms."""
MIN_TELLING_WORDS = 2
"""A secret with fewer cannot be told from idle words."""


class AlarmKind(StrEnum):
    """What is wrong."""

    CANNOT_KNOW = "cannot_know"
    SECRET_OUT = "secret_out"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A leak in one line."""

    kind: AlarmKind
    roles: tuple[str, ...]
    """Who cannot know it; or whom the secret has reached."""
    fact_id: str = ""
    secret_of: str = ""
    """The role whose own secret it is, when it is no fact of the world."""

    @property
    def record(self) -> dict[str, Any]:
        """Returns what a turn keeps of it."""
        record: dict[str, Any] = {"kind": self.kind.value, "fact": self.fact_id}
        if self.secret_of:
            record["secret_of"] = self.secret_of
        if self.kind == AlarmKind.CANNOT_KNOW:
            return record | {"role": self.roles[0]}
        return record | {"roles": list(self.roles)}


@dataclass(frozen=True, slots=True)
class Secret:
    """A sentence of somebody's secret: of its role in the scene, or of its persona."""

    owner_id: str
    text: str


HasHeard = Callable[[str, Secret], bool]
"""Whether a role has heard somebody tell a secret before."""


def find_leaks(
    spoken: Spoken,
    learnt: Learnt,
    facts: Sequence[Fact],
    minds: Minds,
    secrets: Sequence[Secret],
    people: People,
    has_heard: HasHeard,
) -> list[Alarm]:
    """Returns the alarms of a line.

    Whoever asks, guesses or denies gives no alarm: that is how people talk of what they do not know. An alarm is for a
    line that says a thing as if its speaker knew it.

    Args:
        learnt: What came of the line, see `core.hearing.learning.learn`.
        minds: What all knew before it.
        has_heard: Asked only of secrets that the line tells.
    """
    return [*_of_facts(spoken, learnt, facts, minds), *_of_secrets(spoken, secrets, minds, people, has_heard)]


def _of_facts(spoken: Spoken, learnt: Learnt, facts: Sequence[Fact], minds: Minds) -> Iterator[Alarm]:
    for fact in facts:
        said = learnt.told.get(fact.id)
        if said == Said.TOLD and minds.of(spoken.speaker_id, fact.id) == Knowing.UNKNOWN:
            yield Alarm(AlarmKind.CANNOT_KNOW, (spoken.speaker_id,), fact.id)
        reached = [
            role_id
            for role_id in spoken.hearers
            if fact.id in learnt.learned.get(role_id, ()) or fact.id in learnt.suspected.get(role_id, ())
        ]
        if fact.is_secret and reached:
            yield Alarm(AlarmKind.SECRET_OUT, tuple(reached), fact.id)


def _of_secrets(
    spoken: Spoken, secrets: Sequence[Secret], minds: Minds, people: People, has_heard: HasHeard
) -> Iterator[Alarm]:
    """Of one owner's secrets the first that is told counts: a line is marked once for each owner."""
    done: set[tuple[AlarmKind, str]] = set()
    for secret in secrets:
        if not tells_secret(spoken, secret, people):
            continue
        is_others = secret.owner_id != spoken.speaker_id and spoken.speaker_id in minds.role_ids
        alarms = []
        if is_others and not has_heard(spoken.speaker_id, secret):
            alarms.append(Alarm(AlarmKind.CANNOT_KNOW, (spoken.speaker_id,), secret_of=secret.owner_id))
        reached = [one for one in spoken.hearers if one != secret.owner_id and not has_heard(one, secret)]
        if reached:
            alarms.append(Alarm(AlarmKind.SECRET_OUT, tuple(reached), secret_of=secret.owner_id))
        for alarm in alarms:
            if (alarm.kind, alarm.secret_of) not in done:
                done.add((alarm.kind, alarm.secret_of))
                yield alarm


def tells_secret(spoken: Spoken, secret: Secret, people: People) -> bool:
    """Whether a line tells somebody's secret, which is written about its owner in any person."""
    if len(telling_stems(secret.text)) < MIN_TELLING_WORDS or not people.may_say(spoken.text, secret.text):
        return False
    what = Sayable(secret.text, people.named_in(secret.text) | {secret.owner_id})
    return how_said(spoken, what, people) == Said.TOLD


def split_secrets(owner_id: str, texts: Collection[str]) -> list[Secret]:
    """Returns the sentences of somebody's secrets, each a secret of its own."""
    found = []
    for text in texts:
        for sentence in text.replace("!", ".").replace("\n", ".").split("."):
            if sentence.strip():
                found.append(Secret(owner_id, sentence.strip()))
    return found
