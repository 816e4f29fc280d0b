"""The beats and links of one scenario as they are shown: who leads where. Knows no widgets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from models.beat import Beat, BeatKind, BeatLink


@dataclass(frozen=True, slots=True)
class Graph:
    """A snapshot of the rows. Links whose ends are missing are left out."""

    beats: Mapping[str, Beat] = field(default_factory=dict)
    links: Mapping[str, BeatLink] = field(default_factory=dict)
    ways_out: Mapping[str, tuple[BeatLink, ...]] = field(default_factory=dict)
    """Beat id -> links from it, in the order in which they are tried."""
    ways_in: Mapping[str, tuple[BeatLink, ...]] = field(default_factory=dict)

    def between(self, beat_ids: Iterable[str]) -> list[BeatLink]:
        """Returns the links that begin and end at some beats."""
        wanted = set(beat_ids)
        return [link for link in self.links.values() if link.from_id in wanted and link.to_id in wanted]

    def start_id(self) -> str:
        """Returns the beat where the scene begins, or the first of all; empty: there is none."""
        starts = (beat.id for beat in self.beats.values() if beat.kind == BeatKind.START)
        return next(starts, next(iter(self.beats), ""))


def make_graph(beats: Iterable[Beat], links: Iterable[BeatLink]) -> Graph:
    """Puts rows together. Beats go from left to right, links in the order in which they are tried."""
    known = {beat.id: beat for beat in sorted(beats, key=lambda beat: (beat.x, beat.y, beat.id))}
    kept = {
        link.id: link
        for link in sorted(links, key=lambda link: (link.from_id, link.position, link.id))
        if link.from_id in known and link.to_id in known
    }
    ways_out, ways_in = defaultdict(list), defaultdict(list)
    for link in kept.values():
        ways_out[link.from_id].append(link)
        ways_in[link.to_id].append(link)
    return Graph(known, kept, _tuples(ways_out), _tuples(ways_in))


def _tuples(lists: Mapping[str, list[BeatLink]]) -> dict[str, tuple[BeatLink, ...]]:
    return {key: tuple(links) for key, links in lists.items()}
