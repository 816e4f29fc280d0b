"""Reads tokens into lanes, as far as they are not held there or elsewhere. Owns the sequences of a context."""

from collections.abc import Callable, Sequence

from core.errors import UserError
from core.inference.batching.logprobs import N_ROWS_MAX, is_usable
from core.inference.batching.parked import ParkingLot
from core.inference.batching.prefix_cache import Held, Lane, PrefixCache, common_prefix
from core.inference.batching.want import Kind, Want
from core.inference.llama import Chunk, Context, Stop
from core.inference.request import Layout

N_WRITING = 16
"""Where those that write share a batch, the sequences that are kept for them, next to each other."""

STRIDE, GPU_STRIDE = 16, 128
"""Where sequences lie apart, tokens are read in chunks of exactly this many, from the first on, and only such chunks
are ever used again. What they leave in memory is then a function of the tokens alone: whatever was said, read along,
copied, parked or lost before, the same request gives the same text. Large chunks are dear between two words on a CPU,
small ones are dear on a GPU."""


class LaneReader:
    """Lanes of tokens on the sequences of a context."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._cache = PrefixCache(context.n_sequences)
        self._parked = ParkingLot()
        whole_only = context.layout is Layout.APART and context.can_trim
        self._stride = (GPU_STRIDE if context.on_gpu else STRIDE) if whole_only else 0
        batched = context.layout is Layout.BATCHED
        self._n_writing = min(N_WRITING, context.n_sequences // 2) if batched else 0
        self.pinned: set[Lane] = set()
        """Lanes that must not give way."""

    @property
    def n_sequences(self) -> int:
        """Sequences in use."""
        return len(self._cache)

    def begin_request(self, *, background: bool) -> None:
        """Notes that a request begins to read; lanes that are idle for long are parked."""
        for lane in self._cache.begin_request(background=background):
            if lane not in self.pinned:
                self._give_up(lane)

    def is_placed(self, want: Want) -> bool:
        """Tells whether a want's lane holds the beginning of its tokens, and nothing else."""
        held = self._cache.look(want.lane)
        return held is not None and held.reader is want

    def place(self, want: Want) -> bool:
        """Makes a lane hold the beginning of a want's tokens: what it held, or another holds, or what was parked.

        Returns:
            False: no sequence can be had for it now.
        """
        own = self._cache.touch(want.lane)
        if own is None and not self._find_room(want):
            return False
        held = own or self._cache.add(want.lane)
        n_kept = self._bring(want, held, self._n_usable(held.tokens, held.n_whole, want))
        if n_kept < len(held.tokens) or n_kept == 0:
            n_kept = self._context.trim(held.sequence, n_kept)
            del held.tokens[n_kept:]
        held.n_whole = min(held.n_whole, n_kept)
        held.reader = want
        want.n_held = n_kept
        if self._n_writing and want.kind is Kind.READ:
            self._move_to_writers(want.lane, held)
        return True

    def n_ready(self, want: Want) -> int:
        """Returns how many tokens of a want the next batch can take; of those read along none until it is worth it."""
        end = min(len(want.tokens), self._context.n_ctx)
        if self._stride:
            boundary = (want.n_held // self._stride + 1) * self._stride
            if want.kind is Kind.ALONG and boundary > end:
                return 0
            end = min(end, boundary)
        elif want.kind is Kind.ALONG and not want.complete and end - want.n_held < STRIDE:
            return 0
        return min(end - want.n_held, want.n_without_rows + N_ROWS_MAX, self._context.n_batch)

    def read(self, parts: Sequence[tuple[Want, int]], should_stop: Callable[[], bool]) -> bool:
        """Reads the next tokens of wants that are placed, in one batch; False: it was stopped and read nothing.

        Raises:
            UserError: The weights cannot be run; the lanes are then empty.
        """
        chunks = [self._chunk(want, n_tokens) for want, n_tokens in parts]
        try:
            found = self._context.decode(chunks, should_stop)
            if found is Stop.NO_ROOM:
                self._make_cells(parts)
        except UserError:
            for want, _ in parts:
                self._forget(want.lane)
            raise
        if isinstance(found, Stop):
            return False
        n_batch_tokens = sum(len(chunk.tokens) for chunk in chunks)
        usable = True
        for (want, n_tokens), chunk, rows in zip(parts, chunks, found, strict=True):
            held = self._cache.touch(want.lane)
            assert held is not None
            if held.n_whole == chunk.start and n_tokens == self._stride:
                held.n_whole += n_tokens
            held.tokens += chunk.tokens
            want.reading.n_tokens += n_tokens
            want.reading.n_batches += 1
            want.reading.n_batch_tokens += n_batch_tokens
            usable = usable and (not len(rows) or is_usable(rows))
            want.take(len(held.tokens), rows)
        if not usable:
            for want, _ in parts:
                self._forget(want.lane)
            raise UserError(
                f"{self._context.weights_name} computes numbers that are not numbers.",
                "The file is damaged or the weights are broken. Choose other weights.",
            )
        return True

    def close(self) -> None:
        """Forgets what is parked."""
        self._parked.close()

    def _n_usable(self, tokens: Sequence[int], n_whole: int, want: Want) -> int:
        """How much of what is held somewhere can be used for a want."""
        n_common = min(common_prefix(tokens, want.tokens), want.limit)
        if not self._stride:
            return n_common
        return min(n_common, n_whole) // self._stride * self._stride

    def _bring(self, want: Want, held: Held, n_own: int) -> int:
        """Brings tokens from a parked state or another lane, if that spares reading; returns how many can be kept."""
        source = self._cache.source(want.lane, want.tokens[: want.limit], n_own, self._stride)
        waiting = self._parked.look(want.lane)
        n_parked = self._n_usable(waiting.tokens, waiting.n_whole, want) if waiting else 0
        if n_parked > max(n_own, source.n_tokens if source else 0):
            parked = self._parked.take(want.lane)
            if parked and self._context.restore(held.sequence, parked[1]):
                held.tokens[:] = parked[0].tokens
                held.n_whole = parked[0].n_whole
                n_kept = self._n_usable(held.tokens, held.n_whole, want)
                want.reading.n_restored_tokens += n_kept
                return n_kept
            held.tokens.clear()
            n_own = 0
        if source:
            origin = self._cache.look(source.lane)
            assert origin is not None
            n_kept = self._context.copy(origin.sequence, held.sequence, source.n_tokens)
            held.tokens[:] = origin.tokens[:n_kept]
            held.n_whole = min(n_kept, origin.n_whole)
            want.reading.n_copied_tokens += n_kept
            return n_kept
        return n_own

    def _find_room(self, want: Want) -> bool:
        victim = self._cache.victim(want.lane.background, self.pinned)
        if isinstance(victim, bool):
            return victim
        if want.kind is Kind.ALONG:
            return False  # nobody gives way to who only goes along
        self._give_up(victim)
        want.reading.n_evicted += 1
        return True

    def _move_to_writers(self, lane: Lane, held: Held) -> None:
        """Moves a lane to the lowest sequence that nobody needs now: only neighbours share a batch."""
        for sequence in range(min(self._n_writing, held.sequence)):
            owner = self._cache.owner(sequence)
            if owner is None or owner not in self.pinned:
                break
        else:
            return
        if owner:
            other = self._cache.look(owner)
            free = self._cache.free_sequences()
            if other and free:
                self._context.copy(sequence, free[0], len(other.tokens))
                self._cache.move(owner, free[0])
            else:
                self._give_up(owner)
        self._context.copy(held.sequence, sequence, len(held.tokens))
        left = self._cache.move(lane, sequence)
        self._context.trim(left, 0)

    def _give_up(self, lane: Lane) -> None:
        """Takes a lane's sequence; what the foreground held is parked."""
        held = self._cache.look(lane)
        state = self._context.save(held.sequence) if held and held.tokens and not lane.background else b""
        if held and state:
            self._parked.put(lane, held.tokens, held.n_whole, state)
        self._forget(lane)

    def _forget(self, lane: Lane) -> None:
        held = self._cache.look(lane)
        if held:
            self._context.trim(held.sequence, 0)
            self._cache.forget(lane)

    def _make_cells(self, parts: Sequence[tuple[Want, int]]) -> None:
        """Gives up the lane used least, so that its cells are free."""
        at_work = [want.lane for want, _ in parts]
        victim = self._cache.least_used([*at_work, *self.pinned]) or self._cache.least_used(at_work)
        if victim is None or self._context.layout is not Layout.SHARED:
            raise UserError("The context is full.", "Choose a larger context in Weights, or fewer playtests at a time.")
        self._give_up(victim)
        parts[0][0].reading.n_evicted += 1

    def _chunk(self, want: Want, n_tokens: int) -> Chunk:
        held = self._cache.look(want.lane)
        assert held is not None
        end = want.n_held + n_tokens
        return Chunk(
            want.tokens[want.n_held : end], held.sequence, want.n_held, max(0, end - max(want.n_held, want.next_row))
        )
