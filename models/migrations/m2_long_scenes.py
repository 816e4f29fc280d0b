"""Pins and summaries: what stays of a long scene when the context is full."""

from sqlalchemy import Connection, text


def migrate_long_scenes(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(text(statement))


_STATEMENTS = [
    """
    CREATE TABLE pin (
        id VARCHAR NOT NULL,
        turn_id INTEGER NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(turn_id) REFERENCES turn (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE UNIQUE INDEX ix_pin_turn_id ON pin (turn_id)
    """,
    """
    CREATE TABLE summary (
        role_id VARCHAR NOT NULL,
        text VARCHAR NOT NULL,
        record JSON NOT NULL,
        id INTEGER NOT NULL,
        turn_id INTEGER NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(turn_id) REFERENCES turn (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_summary_turn_id ON summary (turn_id)
    """,
]
