"""What the functions of this package share: finding a row, and changing it only to what its base class allows."""

from typing import Any, TypeVar

from sqlmodel import Session, SQLModel

from core.errors import UserError

Row = TypeVar("Row", bound=SQLModel)


def require(session: Session, model: type[Row], key: str | int) -> Row:
    row = find_living(session, model, key)
    if row is None:
        raise UserError(f"This {model.__name__.lower()} is not in the project any more.", "Undo may bring it back.")
    return row


def find_living(session: Session, model: type[Row], key: str | int | None) -> Row | None:
    """Returns a row, or None when it is gone or in the trash."""
    row = session.get(model, key) if key is not None else None
    return None if getattr(row, "deleted_at", None) is not None else row


def assign(row: SQLModel, base: type[SQLModel], fields: dict[str, Any]) -> None:
    """Validates against the base class: table classes do not validate."""
    current = {name: getattr(row, name) for name in base.model_fields}
    try:
        checked = base.model_validate(current | fields)
    except ValueError as error:
        raise UserError(*_explain_invalid(error)) from error
    for name in fields:
        setattr(row, name, getattr(checked, name))


def _explain_invalid(error: ValueError) -> tuple[str, str]:
    details: list[dict[str, Any]] = getattr(error, "errors", list)()
    if not details:
        return "A value is not allowed.", "Change it and try again."
    first = details[0]
    return f"{first['loc'][-1]}: {first['msg']}.", "Change it and try again; the old value is kept."
