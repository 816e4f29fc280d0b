"""The sections of what somebody knows, cannot know and hides, what they would never do, and what they remember."""

from typing import TYPE_CHECKING

from core.characters.prompt import BlockOrigin
from gui.characters.layers.entry_list import EntriesField
from gui.characters.layers.text_entries import MemoryEntry
from gui.characters.sections import row_of

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


def add_knowledge(form: "CharacterForm") -> None:
    """Adds the section of knowledge and its horizon at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Knows"))
    section.addWidget(
        form.add_text(
            "knowledge",
            tr("Knows"),
            tr("e.g. The tides, the lamp, who was out that night."),
            BlockOrigin.KNOWLEDGE,
            explanation=tr("What they know of the world, and where it ends."),
        )
    )
    section.addLayout(
        row_of(
            form.add_line(
                "layers.horizon.date",
                tr("Their present: nothing later is known"),
                tr("e.g. March 1926"),
                BlockOrigin.HORIZON,
            ),
            form.add_line(
                "layers.horizon.place", tr("Where their knowledge ends"), tr("e.g. the island"), BlockOrigin.HORIZON
            ),
        )
    )
    section.addWidget(
        form.add_list(
            "layers.horizon.unknown",
            tr("What they cannot know"),
            tr("e.g. who paid the magistrate"),
            BlockOrigin.HORIZON,
            add_text=tr("Add something unknown"),
            entry_name=tr("Unknown %1"),
        )
    )
    section.addWidget(
        form.add_list(
            "layers.horizon.secrets",
            tr("What they know and hide"),
            tr("e.g. She let the lamp go out."),
            BlockOrigin.PERSONA_SECRETS,
            add_text=tr("Add a secret"),
            entry_name=tr("Secret %1"),
        )
    )


def add_boundaries(form: "CharacterForm") -> None:
    """Adds the section of limits at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Limits"))
    section.addWidget(
        form.add_text(
            "boundaries",
            tr("Limits"),
            tr("e.g. Never leaves the island. Never names the drowned."),
            BlockOrigin.BOUNDARIES,
            explanation=tr("What they would never do or say, whatever happens in the scene."),
        )
    )


def add_memories(form: "CharacterForm") -> None:
    """Adds the section of memories at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Memories"))
    memories = EntriesField(
        tr("Memories"),
        MemoryEntry,
        tr("Add a memory"),
        lambda memory: (memory["when"], memory["text"]),
        origin=BlockOrigin.MEMORIES,
        counter=form.counter,
        explanation=tr("What happened before any scene, and is remembered in all of them."),
    )
    section.addWidget(form.add("layers.memories", memories))
