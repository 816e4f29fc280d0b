"""One run of propose, validate, revise: from a plan to characters. Can be cancelled, kept and resumed.

Each person depends on the plan, the seed, the names in the project and those before: a run that was resumed gives the
same people as one that went through. Only where a name was given to somebody else meanwhile, that person is renamed.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from core.authoring.population.board import Board
from core.authoring.population.gate import DuplicateGate
from core.authoring.population.plan import Quota, QuotaKind
from core.authoring.population.pools import load_pools
from core.authoring.population.renaming import rename_taken
from core.authoring.population.rules import Fault, find_faults
from core.authoring.population.run_state import PopulationState, Rejection
from core.authoring.population.slots import Slot, deal_slots
from core.authoring.population.writers import WRITERS, Task
from core.errors import UserError
from models.character import CharacterBase

MAX_ROUNDS = 3
"""Revisions of one proposal."""
MAX_PROPOSALS = 5
"""Proposals for one place in the plan: the first and four more."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """One more person is there."""

    number: int
    character: CharacterBase


class PopulationRun:
    """Writes the people who are still missing. Stop iterating to cancel: `state` is always whole."""

    def __init__(self, state: PopulationState, taken_names: frozenset[str] = frozenset()) -> None:
        """Prepares a run.

        Args:
            taken_names: Names of characters that are in the project already.

        Raises:
            UserError: The quotas cannot be met together.
        """
        self.state = state
        self._pools = load_pools()
        self._slots = deal_slots(state.plan, state.seed, self._pools)
        self._taken = frozenset(name.casefold() for name in taken_names)
        self._names = set(self._taken)
        self._gate = DuplicateGate()
        for character in state.characters():
            self._let_in(character)

    def __iter__(self) -> Iterator[Accepted | Rejection]:
        """Yields what was rejected and who was accepted, as it happens.

        Raises:
            UserError: Nobody could be written for a place in the plan.
        """
        for renamed in rename_taken(self.state, self._taken, self._pools):
            self._names.add(str(self.state.accepted[renamed.number]["name"]).casefold())
            yield renamed
        for slot in self._slots[len(self.state.accepted) :]:
            yield from self._fill(slot)

    def _fill(self, slot: Slot) -> Iterator[Accepted | Rejection]:
        task = Task(self.state.plan, slot, self._pools)
        for proposal in range(MAX_PROPOSALS):
            board, n_rounds, faults = self._propose(task, proposal)
            for fault in faults:
                yield self._reject(slot, fault.rule, fault.why)
            if board is None:
                continue
            character = board.to_character(self.state.plan)
            twin = self._gate.find_near(_text_of(character))
            if twin is not None:
                yield self._reject(slot, "no near-duplicate", f"{character.name} nearly repeats {twin}")
                continue
            self._let_in(character)
            self.state.accepted.append(character.model_dump(mode="json", exclude_defaults=True))
            self.state.rounds.append(n_rounds)
            yield Accepted(slot.number, character)
            return
        raise UserError(
            f"Nobody could be written for place {slot.number + 1} of the plan.",
            "Ask for fewer people, or for fewer things of the same person.",
        )

    def _propose(self, task: Task, proposal: int) -> tuple[Board | None, int, list[Fault]]:
        """Writes a board and lets the owners of faults write again; returns it, or None, and all faults on the way."""
        key = f"{self.state.seed}|{task.slot.number}|{proposal}"
        board = Board()
        found: list[Fault] = []
        owners = set(WRITERS)
        for n_round in range(MAX_ROUNDS + 1):
            for writer, write in WRITERS.items():
                if writer in owners:
                    write(task, board, random.Random(f"{key}|{n_round}|{writer}"))
            faults = list(find_faults(task, board, self._names))
            if not faults:
                return board, n_round, found
            found += faults
            owners = {fault.owner for fault in faults}
        return None, MAX_ROUNDS, found

    def _reject(self, slot: Slot, rule: str, why: str) -> Rejection:
        rejection = Rejection(number=slot.number, rule=rule, why=why)
        self.state.rejections.append(rejection)
        return rejection

    def _let_in(self, character: CharacterBase) -> None:
        self._names.add(character.name.casefold())
        self._gate.add(_text_of(character), character.name)


def count_quota(quota: Quota, characters: list[CharacterBase]) -> int:
    """Counts who meets a quota, from the characters alone."""

    def meets(character: CharacterBase) -> bool:
        persona = character.persona
        match quota.about:
            case QuotaKind.AGE:
                return persona.social.age is not None and quota.holds_age(persona.social.age)
            case QuotaKind.GENDER:
                return persona.social.gender == quota.word
            case QuotaKind.OCCUPATION:
                return persona.career.occupation == quota.word
            case QuotaKind.TRAIT:
                return any(trait.name == quota.word for trait in persona.personal.traits)

    return sum(map(meets, characters))


def _text_of(character: CharacterBase) -> str:
    """What must differ: all but the name and the setting, which is everybody's."""
    return " ".join([*character.statements, character.voice, *character.persona.horizon.secrets])
