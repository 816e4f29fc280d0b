"""The stage: how a cast is run, who perceived a turn, memories put right by hand, names and deletion of branches."""

from sqlalchemy import Connection, text


def migrate_stage(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(text(statement))


_STATEMENTS = [
    "ALTER TABLE scenario ADD COLUMN stage JSON NOT NULL DEFAULT '{}'",
    "ALTER TABLE role ADD COLUMN goal_test VARCHAR(1000000) NOT NULL DEFAULT ''",
    "ALTER TABLE playtest ADD COLUMN what_if JSON NOT NULL DEFAULT '{}'",
    "ALTER TABLE playtest ADD COLUMN ended_why VARCHAR NOT NULL DEFAULT ''",
    "ALTER TABLE turn ADD COLUMN audience JSON",
    """
    CREATE TABLE memorychange (
        role_id VARCHAR NOT NULL,
        entry_id VARCHAR NOT NULL,
        act VARCHAR(32) NOT NULL,
        text VARCHAR(1000000) NOT NULL,
        importance FLOAT,
        id VARCHAR NOT NULL,
        turn_id INTEGER NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(turn_id) REFERENCES turn (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_memorychange_turn_id ON memorychange (turn_id)",
    """
    CREATE TABLE turnmark (
        name VARCHAR(200) NOT NULL,
        is_cut BOOLEAN NOT NULL,
        id VARCHAR NOT NULL,
        turn_id INTEGER NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(turn_id) REFERENCES turn (id) ON DELETE CASCADE
    )
    """,
    "CREATE UNIQUE INDEX ix_turnmark_turn_id ON turnmark (turn_id)",
]
