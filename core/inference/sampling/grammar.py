"""Which tokens a grammar lets come next: a GBNF program run over the bytes that tokens write.

Every set of places that the program can be in becomes one state, found once; a step from state to state is then one
look-up. Work is counted, so that no grammar can take more than a few seconds or fill the memory: unlike llama.cpp's
own sampler, which a grammar that doubles its places with each character brings down.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.inference.sampling.gbnf import Byte, Call, End, OneToken, Program
from core.inference.sampling.left_recursion import refuse_left_recursion

MAX_STEPS = 200_000
"""Steps that one question may take, about half a second; grammars that people write take a tenth of these."""

MAX_KEPT = 2_000_000
"""Numbers that the states and stacks of one grammar may take to keep, about 200 MB."""

_MAX_MASKS = 64
"""States whose allowed tokens are remembered."""

_NOTHING_ABOVE = -1
_DEAD = -1


class TokenTable:
    """The tokens of a vocabulary in the order of what they write.

    Args:
        pieces: Token -> its bytes; control tokens write none.
        ends: Tokens that end an answer.
        find_token: Text of a token -> its id; None where the vocabulary has no such token.
    """

    def __init__(self, pieces: Sequence[bytes], ends: Collection[int], find_token: Callable[[str], int | None]) -> None:
        self.pieces = pieces
        self.ends = frozenset(ends)
        self.find_token = find_token
        writing = [token for token, piece in enumerate(pieces) if piece and token not in self.ends]
        self.ordered = sorted(writing, key=pieces.__getitem__)
        self.n_shared = _shared_with_previous([pieces[token] for token in self.ordered])
        """Per token of `ordered`: bytes at the start that it shares with the one before it."""


class CompiledGrammar:
    """A grammar over one vocabulary, and the states of it that were met."""

    def __init__(self, program: Program, table: TokenTable) -> None:
        self._program = program
        self._table = table
        self._tokens = {item: self._number(item) for item in program.items if isinstance(item, OneToken)}
        self._stacks: list[tuple[int, int]] = []
        """Stack -> the place on its top, and the stack below."""
        self._stack_numbers: dict[tuple[int, int], int] = {}
        self._states: list[frozenset[int]] = []
        self._state_numbers: dict[tuple[frozenset[int], bool], int] = {}
        self._finished: list[bool] = []
        self._nexts: list[dict[int, int]] = []
        self._masks: dict[int, NDArray[np.bool_]] = {}
        self._n_steps = 0
        self._n_kept = 0
        refuse_left_recursion(program)
        self.start = self._state_of([(place, _NOTHING_ABOVE) for place in program.starts[program.root]])

    @property
    def is_crowded(self) -> bool:
        """Whether so much has been met that another answer should begin with a new one of these."""
        return self._n_kept > MAX_KEPT // 2

    def is_complete(self, state: int) -> bool:
        """Whether an answer can only end here."""
        return self._finished[state] and not self._states[state]

    def next_state(self, state: int, token: int) -> int | None:
        """Returns the state after a token; None where it may not come."""
        self._n_steps = 0
        if token in self._table.ends:
            return state if self._finished[state] else None
        after = self._after_bytes(state, self._table.pieces[token]) if self._table.pieces[token] else _DEAD
        seeds = self._after_token(state, token)
        if not seeds:
            return None if after == _DEAD else after
        if after == _DEAD:
            return self._state_of(seeds)
        stacks, finished = self._closed(seeds)
        return self._number_of(self._states[after] | stacks, self._finished[after] or finished)

    def allowed(self, state: int) -> NDArray[np.bool_]:
        """Returns for each token of the vocabulary whether it may come; not to be changed."""
        if state not in self._masks:
            self._n_steps = 0
            if len(self._masks) >= _MAX_MASKS:
                self._masks.pop(next(iter(self._masks)))
            self._masks[state] = self._find_allowed(state)
        return self._masks[state]

    def _find_allowed(self, state: int) -> NDArray[np.bool_]:
        table = self._table
        mask = np.zeros(len(table.pieces), np.bool_)
        mask[list(table.ends)] = self._finished[state]
        for item in self._token_items(state):
            mask[self._matching(item)] = True
        path = [state]
        at = 0
        while at < len(table.ordered):
            piece = table.pieces[table.ordered[at]]
            del path[table.n_shared[at] + 1 :]
            for byte in piece[len(path) - 1 :]:
                after = self._next(path[-1], byte)
                if after == _DEAD:
                    break
                path.append(after)
            if len(path) > len(piece):
                mask[table.ordered[at]] = True
                at += 1
            else:
                at = self._after_prefix(at, len(path))
        return mask

    def _after_prefix(self, at: int, n_bytes: int) -> int:
        """Returns the next token in order that does not begin with the same bytes."""
        shared = self._table.n_shared
        at += 1
        while at < len(shared) and shared[at] >= n_bytes:
            at += 1
        return at

    def _matching(self, item: OneToken) -> list[int]:
        number = self._tokens[item]
        return [token for token in self._table.ordered if token != number] if item.negated else [number]

    def _token_items(self, state: int) -> list[OneToken]:
        tops = (self._program.items[self._stacks[stack][0]] for stack in self._states[state])
        return [item for item in tops if isinstance(item, OneToken)]

    def _after_token(self, state: int, token: int) -> list[tuple[int, int]]:
        """Returns where the program goes on if this whole token is what it waits for."""
        seeds = []
        for stack in self._states[state] if self._tokens else ():
            place, below = self._stacks[stack]
            item = self._program.items[place]
            if isinstance(item, OneToken) and self._is_match(item, token):
                seeds.append((place + 1, below))
        return seeds

    def _is_match(self, item: OneToken, token: int) -> bool:
        if item.negated:
            return token != self._tokens[item] and bool(self._table.pieces[token])
        return token == self._tokens[item]

    def _after_bytes(self, state: int, data: bytes) -> int:
        for byte in data:
            state = self._next(state, byte)
            if state == _DEAD:
                break
        return state

    def _next(self, state: int, byte: int) -> int:
        known = self._nexts[state].get(byte)
        if known is None:
            known = self._nexts[state][byte] = self._find_next(state, byte)
        return known

    def _find_next(self, state: int, byte: int) -> int:
        seeds = []
        for stack in self._states[state]:
            place, below = self._stacks[stack]
            item = self._program.items[place]
            if isinstance(item, Byte) and byte in item.allowed:
                seeds.append((place + 1, below))
        self._count(1 + len(self._states[state]))
        return self._state_of(seeds) if seeds else _DEAD

    def _state_of(self, seeds: Sequence[tuple[int, int]]) -> int:
        return self._number_of(*self._closed(seeds))

    def _number_of(self, stacks: frozenset[int], finished: bool) -> int:
        key = (stacks, finished)
        if key not in self._state_numbers:
            self._count(len(stacks))
            self._keep(1 + len(stacks))
            self._state_numbers[key] = len(self._states)
            self._states.append(stacks)
            self._finished.append(finished)
            self._nexts.append({})
        return self._state_numbers[key]

    def _closed(self, seeds: Sequence[tuple[int, int]]) -> tuple[frozenset[int], bool]:
        """Follows calls and ends; returns the stacks whose tops wait for a byte or token, and whether all may end."""
        todo = list(seeds)
        seen = set(todo)
        waiting = set()
        finished = False
        while todo:
            self._count(1)
            place, below = todo.pop()
            item = self._program.items[place]
            found: list[tuple[int, int]] = []
            if isinstance(item, Call):
                goes_on = not isinstance(self._program.items[place + 1], End)
                after = self._stack_of(place + 1, below) if goes_on else below
                found = [(start, after) for start in self._program.starts[item.rule]]
            elif not isinstance(item, End):
                waiting.add(self._stack_of(place, below))
            elif below == _NOTHING_ABOVE:
                finished = True
            else:
                found = [self._stacks[below]]
            fresh = [entry for entry in found if entry not in seen]
            seen.update(fresh)
            todo += fresh
        return frozenset(waiting), finished

    def _stack_of(self, place: int, below: int) -> int:
        key = (place, below)
        if key not in self._stack_numbers:
            self._keep(1)
            self._stack_numbers[key] = len(self._stacks)
            self._stacks.append(key)
        return self._stack_numbers[key]

    def _number(self, item: OneToken) -> int:
        number = self._table.find_token(item.token) if isinstance(item.token, str) else item.token
        if number is None or number >= len(self._table.pieces):
            raise UserError(f"These weights have no token {item.token}.", "Write it as text in the grammar.")
        return number

    def _keep(self, n_numbers: int) -> None:
        self._n_kept += n_numbers
        if self._n_kept > MAX_KEPT:
            raise _too_complex()

    def _count(self, n_steps: int) -> None:
        self._n_steps += n_steps
        if self._n_steps > MAX_STEPS:
            raise _too_complex()


class AnswerGrammar:
    """Where one answer is in its grammar.

    Args:
        grammar: What the answer keeps to.
        written: Tokens of the answer so far, as when it goes on after a restart.
    """

    def __init__(self, grammar: CompiledGrammar, written: Sequence[int] = ()) -> None:
        self._grammar = grammar
        self._state = grammar.start
        for token in written:
            self.accept(token)

    @property
    def is_complete(self) -> bool:
        """Whether nothing may follow any more."""
        return self._grammar.is_complete(self._state)

    def allows(self, token: int) -> bool:
        """Whether a token may come next. An end token may where the answer may end."""
        return self._grammar.next_state(self._state, token) is not None

    def allowed(self) -> NDArray[np.bool_]:
        """Returns for each token whether it may come next, (n_vocab,); not to be changed."""
        return self._grammar.allowed(self._state)

    def accept(self, token: int) -> None:
        """Goes on after a token that is allowed."""
        state = self._grammar.next_state(self._state, token)
        if state is None:
            raise ValueError(f"token {token} does not keep to the grammar")
        self._state = state


def _shared_with_previous(pieces: Sequence[bytes]) -> list[int]:
    shared = []
    for before, piece in pairwise([b"", *pieces]):
        count = 0
        while count < len(before) and count < len(piece) and before[count] == piece[count]:
            count += 1
        shared.append(count)
    return shared


def _too_complex() -> UserError:
    return UserError("The grammar is too ambiguous to follow.", "Let each text be written in fewer ways.")
