"""The first schema: characters, scenarios and roles, playtests with their turns and scores, and the ledger."""

from sqlalchemy import Connection, text

APPLICATION_ID = 0x54524431
"""Marks a SQLite file as a project, in its header (`TRD1`)."""


def migrate_first(connection: Connection) -> None:
    connection.execute(text(f"PRAGMA application_id = {APPLICATION_ID}"))
    connection.execute(text("CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, applied_at VARCHAR NOT NULL)"))
    for statement in _STATEMENTS:
        connection.execute(text(statement))


_STATEMENTS = [
    """
    CREATE TABLE action (
        id INTEGER NOT NULL,
        label VARCHAR NOT NULL,
        undone BOOLEAN NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE asset (
        sha256 VARCHAR(64) NOT NULL,
        media_type VARCHAR NOT NULL,
        data BLOB NOT NULL,
        PRIMARY KEY (sha256)
    )
    """,
    """
    CREATE TABLE character (
        name VARCHAR(200) NOT NULL,
        nickname VARCHAR(200) NOT NULL,
        summary VARCHAR(1000000) NOT NULL,
        description VARCHAR(1000000) NOT NULL,
        personality VARCHAR(1000000) NOT NULL,
        voice VARCHAR(1000000) NOT NULL,
        knowledge VARCHAR(1000000) NOT NULL,
        boundaries VARCHAR(1000000) NOT NULL,
        statements JSON NOT NULL,
        situation VARCHAR(1000000) NOT NULL,
        greeting VARCHAR(1000000) NOT NULL,
        alternate_greetings JSON NOT NULL,
        example_dialogue VARCHAR(1000000) NOT NULL,
        system_prompt VARCHAR(1000000) NOT NULL,
        post_history_instructions VARCHAR(1000000) NOT NULL,
        tags JSON NOT NULL,
        creator VARCHAR(1000000) NOT NULL,
        creator_notes VARCHAR(1000000) NOT NULL,
        character_version VARCHAR(200) NOT NULL,
        book JSON NOT NULL,
        card_extra JSON NOT NULL,
        portrait VARCHAR,
        id VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        updated_at VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE playtest (
        name VARCHAR(200) NOT NULL,
        scenario_id VARCHAR,
        script JSON NOT NULL,
        settings JSON NOT NULL,
        weights JSON NOT NULL,
        head_id INTEGER,
        ended VARCHAR,
        id VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        deleted_at VARCHAR,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_playtest_scenario_id ON playtest (scenario_id)
    """,
    """
    CREATE TABLE scenario (
        name VARCHAR(200) NOT NULL,
        summary VARCHAR(1000000) NOT NULL,
        setting VARCHAR(1000000) NOT NULL,
        rules VARCHAR(1000000) NOT NULL,
        greeting VARCHAR(1000000) NOT NULL,
        greeting_role_id VARCHAR,
        user_name VARCHAR(200) NOT NULL,
        thoughts BOOLEAN NOT NULL,
        turn_policy VARCHAR(32) NOT NULL,
        max_turns INTEGER NOT NULL,
        id VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        updated_at VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE setting (
        "key" VARCHAR NOT NULL,
        value JSON,
        PRIMARY KEY ("key")
    )
    """,
    """
    CREATE TABLE change (
        id INTEGER NOT NULL,
        action_id INTEGER NOT NULL,
        entity VARCHAR NOT NULL,
        entity_id VARCHAR NOT NULL,
        "before" JSON,
        "after" JSON,
        PRIMARY KEY (id),
        FOREIGN KEY(action_id) REFERENCES action (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_change_action_id ON change (action_id)
    """,
    """
    CREATE TABLE role (
        name VARCHAR(200) NOT NULL,
        goal VARCHAR(1000000) NOT NULL,
        secret VARCHAR(1000000) NOT NULL,
        position INTEGER NOT NULL,
        character_id VARCHAR,
        id VARCHAR NOT NULL,
        scenario_id VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(character_id) REFERENCES character (id) ON DELETE SET NULL,
        FOREIGN KEY(scenario_id) REFERENCES scenario (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_role_scenario_id ON role (scenario_id)
    """,
    """
    CREATE TABLE turn (
        speaker_id VARCHAR NOT NULL,
        speaker VARCHAR NOT NULL,
        kind VARCHAR(32) NOT NULL,
        text VARCHAR NOT NULL,
        thought VARCHAR,
        origin VARCHAR(32) NOT NULL,
        finish VARCHAR NOT NULL,
        token_ids JSON NOT NULL,
        record JSON NOT NULL,
        id INTEGER NOT NULL,
        playtest_id VARCHAR NOT NULL,
        parent_id INTEGER,
        number INTEGER NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(playtest_id) REFERENCES playtest (id) ON DELETE CASCADE,
        FOREIGN KEY(parent_id) REFERENCES turn (id)
    )
    """,
    """
    CREATE INDEX ix_turn_parent_id ON turn (parent_id)
    """,
    """
    CREATE INDEX ix_turn_playtest_id ON turn (playtest_id)
    """,
    """
    CREATE TABLE score (
        metric VARCHAR NOT NULL,
        value FLOAT,
        reason VARCHAR,
        evidence JSON NOT NULL,
        id INTEGER NOT NULL,
        turn_id INTEGER NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(turn_id) REFERENCES turn (id) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_score_metric ON score (metric)
    """,
    """
    CREATE INDEX ix_score_turn_id ON score (turn_id)
    """,
]
