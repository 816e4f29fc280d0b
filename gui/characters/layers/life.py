"""The section of how somebody lives: a usual day, preferences, short essays, skills and what they strive for."""

from typing import TYPE_CHECKING

from core.characters.prompt import BlockOrigin
from gui.characters.layers.entry_list import EntriesField
from gui.characters.layers.text_entries import EssayEntry
from gui.characters.sections import row_of

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


def add_life(form: "CharacterForm") -> None:
    """Adds the section at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Life"), tr("Life"))
    day = tr("e.g. Up at four to trim the wick; sleeps when the boats are in.")
    section.addWidget(form.add_text("layers.life.day", tr("A usual day"), day, BlockOrigin.LIFE))
    likes = form.add_list(
        "layers.life.likes",
        tr("Likes"),
        tr("e.g. strong tea"),
        BlockOrigin.LIFE,
        add_text=tr("Add a liking"),
        entry_name=tr("Liking %1"),
    )
    dislikes = form.add_list(
        "layers.life.dislikes",
        tr("Dislikes"),
        tr("e.g. questions"),
        BlockOrigin.LIFE,
        add_text=tr("Add a dislike"),
        entry_name=tr("Dislike %1"),
    )
    section.addLayout(row_of(likes, dislikes))
    interests = form.add_list(
        "layers.life.interests",
        tr("Interests"),
        tr("e.g. birds"),
        BlockOrigin.LIFE,
        add_text=tr("Add an interest"),
        entry_name=tr("Interest %1"),
    )
    skills = form.add_list(
        "layers.career.skills",
        tr("Skills"),
        tr("e.g. reading the weather"),
        BlockOrigin.CAREER,
        add_text=tr("Add a skill"),
        entry_name=tr("Skill %1"),
    )
    section.addLayout(row_of(interests, skills))
    aspiration = tr("e.g. to keep her post until she dies")
    section.addWidget(
        form.add_line("layers.career.aspiration", tr("What they strive for"), aspiration, BlockOrigin.CAREER)
    )
    essays = EntriesField(
        tr("Essays, in their own words"),
        EssayEntry,
        tr("Add an essay"),
        lambda essay: (essay["title"], essay["text"]),
        origin=BlockOrigin.LIFE,
        counter=form.counter,
    )
    section.addWidget(form.add("layers.life.essays", essays))
