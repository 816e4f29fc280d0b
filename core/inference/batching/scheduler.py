"""What goes into the next batch. Pure Python: knows wants and how many tokens each has ready, not what they are.

Words come first; a prompt that somebody waits for, and what is read along, go between two words as long as the words
keep flowing; the background has what is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.inference.batching.logprobs import N_ROWS_MAX
from core.inference.batching.want import Kind, Want
from core.inference.request import Layout

GAP_S = 0.25
"""Two words of an answer are not further apart because of what is read along between them."""
GAP_WORDS = 8
"""Nor than so many words take, where the weights are slow: else all of it would be read before the next answer."""
SMOOTHING = 0.2
"""Weight of the newest measurement of what reading costs."""

Part = tuple[Want, int]
"""A want, and how many of its tokens."""


@dataclass(slots=True)
class _Offer:
    """A want with something ready."""

    want: Want
    n_ready: int


class Scheduler:
    """Composes batches, fair within each kind: who was served last comes last."""

    def __init__(self, layout: Layout, n_batch: int) -> None:
        self._layout = layout
        self._n_batch = n_batch
        self._turn = 0
        self._served: dict[int, int] = {}
        self._words_due = False
        self._read_s = 0.0
        self._write_s = 0.0

    def compose(self, wants: Sequence[Want], n_ready: Callable[[Want], int]) -> list[Part]:
        """Returns the next batch; empty when nothing is ready.

        Args:
            n_ready: How many tokens of a want the next batch could take.
        """
        offers: dict[Kind, list[_Offer]] = {kind: [] for kind in Kind}
        for want in wants:
            ready = n_ready(want)
            if ready > 0:
                offers[want.kind].append(_Offer(want, ready))
        for of_kind in offers.values():
            of_kind.sort(key=lambda offer: self._served.get(offer.want.number, 0))
        parts = self._mixed(offers) if self._layout is Layout.SHARED else self._separate(offers)
        self._turn += 1
        for want, _ in parts:
            self._served[want.number] = self._turn
        self._words_due = bool(parts) and parts[0][0].kind is not Kind.WRITE
        return parts

    def note(self, n_tokens: int, took_s: float) -> None:
        """Learns from a batch what a word costs, or a token that is read with others."""
        if n_tokens > 1:
            self._read_s = _smooth(self._read_s, took_s / n_tokens)
        else:
            self._write_s = _smooth(self._write_s, took_s)

    @property
    def _gap_s(self) -> float:
        return max(GAP_S, GAP_WORDS * self._write_s)

    def forget(self, number: int) -> None:
        """A request has ended."""
        self._served.pop(number, None)

    def _separate(self, offers: dict[Kind, list[_Offer]]) -> list[Part]:
        """Words in one batch and reads one by one; apart, words one by one as well."""
        writes, reads, along, background = (offers[kind] for kind in Kind)
        if writes and (self._words_due or not (reads or self._fits_between_words(writes, along))):
            together = writes[:N_ROWS_MAX] if self._layout is Layout.BATCHED else writes[:1]
            return [(offer.want, 1) for offer in together]
        for of_kind in (reads, along, background):
            if of_kind:
                return [(of_kind[0].want, of_kind[0].n_ready)]
        return []

    def _fits_between_words(self, writes: list[_Offer], along: list[_Offer]) -> bool:
        """Tells whether something may be read along before the next words.

        Where several write there is no pause to be spared: what the others have said is read at once, which is faster.
        """
        return len(writes) == 1 and bool(along) and along[0].n_ready * self._read_s <= self._gap_s

    def _mixed(self, offers: dict[Kind, list[_Offer]]) -> list[Part]:
        """Words, and as many reads as the gap allows; without words, as many as fit. The background goes alone."""
        writes, reads, along, background = (offers[kind] for kind in Kind)
        parts = [(offer.want, 1) for offer in writes[:N_ROWS_MAX]]
        room, row_room = self._n_batch - len(parts), N_ROWS_MAX - len(parts)
        if parts and self._read_s:
            # A tiny cost makes the quotient infinite
            room = min(room, max(1, int(min(room, self._gap_s / self._read_s))))
        lanes = {want.lane for want, _ in parts}
        for offer in [*reads, *along] or ([] if parts else background[:1]):
            want = offer.want
            n_tokens = min(offer.n_ready, room, want.n_without_rows + row_room)
            if n_tokens > 0 and want.lane not in lanes:
                parts.append((want, n_tokens))
                lanes.add(want.lane)
                room -= n_tokens
                row_room -= max(0, n_tokens - want.n_without_rows)
        return parts


def _smooth(before: float, now: float) -> float:
    return now if not before else (1 - SMOOTHING) * before + SMOOTHING * now
