"""History: undo steps that grow while somebody types, changes found by entity, and named versions."""

from sqlalchemy import Connection, text


def migrate_history(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(text(statement))


_STATEMENTS = [
    "ALTER TABLE action ADD COLUMN burst VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE action ADD COLUMN changed_at VARCHAR NOT NULL DEFAULT ''",
    "UPDATE action SET changed_at = created_at",
    "CREATE INDEX ix_change_entity_entity_id ON change (entity, entity_id)",
    """
    CREATE TABLE version (
        kind VARCHAR NOT NULL,
        entity_id VARCHAR NOT NULL,
        name VARCHAR(200) NOT NULL,
        rows JSON NOT NULL,
        id VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_version_entity_id ON version (entity_id)",
]
