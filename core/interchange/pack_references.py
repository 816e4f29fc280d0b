"""Whether what the documents of a pack name is in the pack."""

from dataclasses import dataclass

from core.interchange.pack_documents import (
    CharacterDocument,
    FragmentDocument,
    Manifest,
    RelationshipDocument,
    ScenarioDocument,
)
from core.interchange.pack_rows import portraits_of


@dataclass(frozen=True, slots=True)
class PackReferences:
    """All documents of a pack that name others."""

    scenario: ScenarioDocument
    characters: tuple[CharacterDocument, ...]
    fragments: tuple[FragmentDocument, ...]
    relationships: tuple[RelationshipDocument, ...]
    manifest: Manifest

    def find_fault(self) -> str:
        """Returns what does not fit together; empty when all does."""
        return self._fault_of_scenario() or self._fault_of_characters()

    def _fault_of_scenario(self) -> str:
        scenario = self.scenario
        role_ids = [role.id for role in scenario.roles]
        beat_ids = {beat.id for beat in scenario.beats}
        character_ids = {character.id for character in self.characters}
        links = scenario.links
        return _first(
            ("two roles have the same id", len(set(role_ids)) < len(role_ids)),
            ("the greeting is spoken by nobody", scenario.greeting_role_id not in {None, *role_ids}),
            (
                "a role is played by nobody in it",
                any(role.character_id not in {None, *character_ids} for role in scenario.roles),
            ),
            ("two beats have the same id", len(beat_ids) < len(scenario.beats)),
            ("two arrows have the same id", len({link.id for link in links}) < len(links)),
            ("an arrow leads nowhere", any(not {link.from_id, link.to_id} <= beat_ids for link in links)),
        )

    def _fault_of_characters(self) -> str:
        character_ids = {character.id for character in self.characters}
        fragment_ids = {fragment.id for fragment in self.fragments}
        members = [member for member in self.manifest.files if member.startswith("portraits/")]
        portraits = {member.rpartition("/")[2].partition(".")[0] for member in members}
        pairs = [(edge.character_id, edge.other_id) for edge in self.relationships]
        return _first(
            ("a portrait is missing", any(not portraits_of(one) <= portraits for one in self.characters)),
            ("a fragment is missing", any(not set(one.fragment_ids) <= fragment_ids for one in self.characters)),
            ("a relationship is with nobody in it", any(not set(pair) <= character_ids for pair in pairs)),
            ("two relationships are between the same two", len(set(pairs)) < len(pairs)),
        )


def _first(*faults: tuple[str, bool]) -> str:
    return next((what for what, is_so in faults if is_so), "")
