"""Personas in layers, fragments, relationships, and scenarios with a world and beats."""

from sqlalchemy import Connection, text


def migrate_authoring(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(text(statement))


_STATEMENTS = [
    "ALTER TABLE character ADD COLUMN layers JSON NOT NULL DEFAULT '{}'",
    "ALTER TABLE character ADD COLUMN fragment_ids JSON NOT NULL DEFAULT '[]'",
    "ALTER TABLE scenario ADD COLUMN world JSON NOT NULL DEFAULT '{}'",
    "ALTER TABLE role ADD COLUMN style VARCHAR(1000000) NOT NULL DEFAULT ''",
    "ALTER TABLE role ADD COLUMN emotion VARCHAR(1000000) NOT NULL DEFAULT ''",
    "ALTER TABLE role ADD COLUMN relations VARCHAR(1000000) NOT NULL DEFAULT ''",
    "ALTER TABLE role ADD COLUMN personality VARCHAR(1000000) NOT NULL DEFAULT ''",
    """
    CREATE TABLE fragment (
        name VARCHAR(200) NOT NULL,
        summary VARCHAR(1000000) NOT NULL,
        content JSON NOT NULL,
        id VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        updated_at VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    """
    CREATE TABLE relationship (
        label VARCHAR(200) NOT NULL,
        trust INTEGER NOT NULL,
        power INTEGER NOT NULL,
        history VARCHAR(1000000) NOT NULL,
        belief VARCHAR(1000000) NOT NULL,
        id VARCHAR NOT NULL,
        character_id VARCHAR NOT NULL,
        other_id VARCHAR NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (character_id, other_id),
        FOREIGN KEY(character_id) REFERENCES character (id) ON DELETE CASCADE,
        FOREIGN KEY(other_id) REFERENCES character (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_relationship_character_id ON relationship (character_id)",
    "CREATE INDEX ix_relationship_other_id ON relationship (other_id)",
    """
    CREATE TABLE beat (
        name VARCHAR(200) NOT NULL,
        kind VARCHAR(32) NOT NULL,
        text VARCHAR(1000000) NOT NULL,
        condition VARCHAR(1000000) NOT NULL,
        effects VARCHAR(1000000) NOT NULL,
        failure_effects VARCHAR(1000000) NOT NULL,
        success VARCHAR(1000000) NOT NULL,
        goals JSON NOT NULL,
        place_id VARCHAR,
        is_repeatable BOOLEAN NOT NULL,
        x FLOAT NOT NULL,
        y FLOAT NOT NULL,
        id VARCHAR NOT NULL,
        scenario_id VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(scenario_id) REFERENCES scenario (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_beat_scenario_id ON beat (scenario_id)",
    """
    CREATE TABLE beat_link (
        label VARCHAR(200) NOT NULL,
        "trigger" JSON NOT NULL,
        condition VARCHAR(1000000) NOT NULL,
        position INTEGER NOT NULL,
        id VARCHAR NOT NULL,
        scenario_id VARCHAR NOT NULL,
        from_id VARCHAR NOT NULL,
        to_id VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(scenario_id) REFERENCES scenario (id) ON DELETE CASCADE,
        FOREIGN KEY(from_id) REFERENCES beat (id) ON DELETE CASCADE,
        FOREIGN KEY(to_id) REFERENCES beat (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_beat_link_scenario_id ON beat_link (scenario_id)",
    "CREATE INDEX ix_beat_link_from_id ON beat_link (from_id)",
    "CREATE INDEX ix_beat_link_to_id ON beat_link (to_id)",
]
