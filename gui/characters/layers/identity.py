"""The section of who somebody is: names, portrait, what places them among others, and what they do."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from core.characters.prompt import BlockOrigin
from gui import theme
from gui.characters.layers.number_fields import AgeField
from gui.characters.sections import row_of

if TYPE_CHECKING:
    from gui.characters.form import CharacterForm


def add_identity(form: "CharacterForm") -> None:
    """Adds the section at the end of a form."""
    tr = form.tr
    section = form.sections.add_section(tr("Identity"), tr("Identity"))
    fields = QVBoxLayout()
    fields.setSpacing(14)
    name = form.add_line("name", tr("Name"), tr("e.g. Mara Voss"), None if form.is_fragment else BlockOrigin.NAME)
    who = (
        tr("A fragment needs a name; the old one is kept.")
        if form.is_fragment
        else tr("A character needs a name; the old one is kept.")
    )
    name.check = lambda value: None if value else who
    description = form.add_text(
        "description",
        tr("Description: who they are"),
        tr("One sentence is enough to begin, e.g. The keeper of the Skarholm light, who lets nobody see the log."),
        BlockOrigin.DESCRIPTION,
        min_lines=3,
    )
    summary = form.add_text(
        "summary",
        tr("For lists, in a sentence; the weights never read it"),
        tr("e.g. The keeper of a light that went out."),
        None,
        counter=None,
        min_lines=1,
    )
    if form.is_fragment:
        for field in (name, description, summary):
            section.addWidget(field)
    else:
        nickname = form.add_line("nickname", tr("Nickname, for {{char}}"), tr("the name"), None)
        fields.addLayout(row_of(name, nickname, stretches=(3, 2)))
        fields.addWidget(description)
        fields.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(20)
        top.addWidget(form.portrait, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(fields, 1)
        section.addLayout(top)
        theme.set_kind(form.portrait_fault, "fault")
        section.addWidget(form.portrait_fault)
        section.addWidget(summary)
    _add_social(form, section)
    if form.expressions is not None:
        section.addWidget(form.add("layers.expressions", form.expressions))


def _add_social(form: "CharacterForm", section: QVBoxLayout) -> None:
    tr, identity, career = form.tr, BlockOrigin.IDENTITY, BlockOrigin.CAREER
    age = form.add("layers.social.age", AgeField(tr("Age"), tr("e.g. 58"), origin=identity, counter=form.counter))
    work = form.add_line("layers.career.occupation", tr("Occupation"), tr("e.g. lighthouse keeper on Skarholm"), career)
    section.addLayout(
        row_of(
            age,
            form.add_line("layers.social.gender", tr("Gender"), tr("e.g. woman"), identity),
            form.add_line("layers.social.pronouns", tr("Pronouns"), tr("e.g. she/her"), identity),
            work,
            stretches=(2, 3, 3, 6),
        )
    )
    section.addLayout(
        row_of(
            form.add_line("layers.social.nationality", tr("Nationality"), tr("e.g. Norwegian"), identity),
            form.add_line("layers.social.residence", tr("Home"), tr("e.g. Skarholm"), identity),
            form.add_line("layers.social.education", tr("Education"), tr("e.g. village school"), identity),
        )
    )
    section.addLayout(
        row_of(
            form.add_line("layers.social.family", tr("Family"), tr("e.g. a widow; one brother, drowned"), identity),
            form.add_line(
                "layers.social.belief", tr("Belief"), tr("e.g. goes to chapel, prays to the weather"), identity
            ),
        )
    )
