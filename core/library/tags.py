"""Tags of everything that the library lists. Two tags that differ only in case are one."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from core.errors import UserError
from core.library.kinds import MODELS, Listed, Reference, name_all, require_listed
from core.project import Project

MAX_TAG_CHARS = 200


def clean_tag(tag: str) -> str:
    """Returns a tag as it is kept: one line, no spaces around it. Raises UserError when nothing is left."""
    cleaned = " ".join(tag.split())[:MAX_TAG_CHARS]
    if not cleaned:
        raise UserError("A tag needs at least one letter.", "Type a name for it.")
    return cleaned


def count_tags(tags: Iterable[Sequence[str]]) -> dict[str, int]:
    """Returns each tag, as most write it, and how many things have it, by name."""
    written: dict[str, Counter[str]] = {}
    for some in tags:
        for tag in {tag.casefold(): tag for tag in some}.values():
            written.setdefault(tag.casefold(), Counter())[tag] += 1
    names = {counts.most_common(1)[0][0]: counts.total() for counts in written.values()}
    return dict(sorted(names.items(), key=lambda pair: pair[0].casefold()))


def add_tag(project: Project, references: Sequence[Reference], tag: str) -> None:
    """Gives things a tag, as one undo step."""
    wanted = clean_tag(tag)
    with project.act("") as session:
        rows = require_listed(session, references)
        session.info["label"] = f"Tag {name_all(rows)} {wanted}"
        for row in rows:
            if not _has(row.tags, wanted):
                row.tags = [*row.tags, wanted]


def remove_tag(project: Project, references: Sequence[Reference], tag: str) -> None:
    """Takes a tag from things, as one undo step."""
    with project.act("") as session:
        rows = require_listed(session, references)
        session.info["label"] = f"Remove the tag {tag} from {name_all(rows)}"
        for row in rows:
            if _has(row.tags, tag):
                row.tags = [one for one in row.tags if one.casefold() != tag.casefold()]


def rename_tag(project: Project, tag: str, new_tag: str) -> None:
    """Gives a tag another name everywhere, in the trash too. Where the new one is there already, the two become one."""
    wanted = clean_tag(new_tag)
    with project.act(f"Rename the tag {tag} to {wanted}") as session:
        for row in _tagged(session, tag):
            renamed = [wanted if one.casefold() == tag.casefold() else one for one in row.tags]
            row.tags = list({one.casefold(): one for one in renamed}.values())


def delete_tag(project: Project, tag: str) -> None:
    """Takes a tag from everything that has it, as one undo step."""
    with project.act(f"Delete the tag {tag}") as session:
        for row in _tagged(session, tag):
            row.tags = [one for one in row.tags if one.casefold() != tag.casefold()]


def _tagged(session: Session, tag: str) -> list[Listed]:
    found: list[Listed] = []
    for model in MODELS.values():
        tags = session.execute(select(model.id, model.tags))
        ids = [entity_id for entity_id, some in tags if _has(some, tag)]
        for start in range(0, len(ids), 500):
            found += session.exec(select(model).where(col(model.id).in_(ids[start : start + 500])))
    return found


def _has(tags: Iterable[str], tag: str) -> bool:
    return tag.casefold() in {one.casefold() for one in tags}
