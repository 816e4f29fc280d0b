"""The fidelity lab: judges, labels by people, interviews, scores of branches, and a user's own measures."""

from sqlalchemy import Connection, text


def migrate_lab(connection: Connection) -> None:
    for statement in _STATEMENTS:
        connection.execute(text(statement))


_STATEMENTS = [
    """
    CREATE TABLE judge (
        name VARCHAR(200) NOT NULL,
        weights_sha256 VARCHAR NOT NULL,
        is_server BOOLEAN NOT NULL,
        n_samples INTEGER NOT NULL,
        licence JSON NOT NULL,
        id VARCHAR NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "CREATE INDEX ix_judge_weights_sha256 ON judge (weights_sha256)",
    """
    CREATE TABLE label (
        verdict VARCHAR(32) NOT NULL,
        why VARCHAR(1000000) NOT NULL,
        metric VARCHAR NOT NULL,
        score_id INTEGER,
        person VARCHAR(200) NOT NULL,
        id VARCHAR NOT NULL,
        turn_id INTEGER NOT NULL,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(turn_id) REFERENCES turn (id) ON DELETE CASCADE
    )
    """,
    "CREATE INDEX ix_label_metric ON label (metric)",
    "CREATE INDEX ix_label_turn_id ON label (turn_id)",
    """
    CREATE TABLE interview (
        role_id VARCHAR NOT NULL,
        questionnaire VARCHAR NOT NULL,
        mode VARCHAR NOT NULL,
        answers JSON NOT NULL,
        scales JSON NOT NULL,
        record JSON NOT NULL,
        id VARCHAR NOT NULL,
        playtest_id VARCHAR NOT NULL,
        turn_id INTEGER,
        judge_id VARCHAR,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(playtest_id) REFERENCES playtest (id) ON DELETE CASCADE,
        FOREIGN KEY(turn_id) REFERENCES turn (id) ON DELETE CASCADE,
        FOREIGN KEY(judge_id) REFERENCES judge (id)
    )
    """,
    "CREATE INDEX ix_interview_playtest_id ON interview (playtest_id)",
    "CREATE INDEX ix_interview_role_id ON interview (role_id)",
    "CREATE INDEX ix_interview_turn_id ON interview (turn_id)",
    """
    CREATE TABLE branchscore (
        metric VARCHAR NOT NULL,
        value FLOAT,
        reason VARCHAR,
        evidence JSON NOT NULL,
        id INTEGER NOT NULL,
        playtest_id VARCHAR NOT NULL,
        head_id INTEGER NOT NULL,
        role_id VARCHAR NOT NULL,
        judge_id VARCHAR,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id),
        FOREIGN KEY(playtest_id) REFERENCES playtest (id) ON DELETE CASCADE,
        FOREIGN KEY(head_id) REFERENCES turn (id) ON DELETE CASCADE,
        FOREIGN KEY(judge_id) REFERENCES judge (id)
    )
    """,
    "CREATE INDEX ix_branchscore_head_id ON branchscore (head_id)",
    "CREATE INDEX ix_branchscore_metric ON branchscore (metric)",
    "CREATE INDEX ix_branchscore_playtest_id ON branchscore (playtest_id)",
    """
    CREATE TABLE ownmetric (
        name VARCHAR(200) NOT NULL,
        kind VARCHAR(32) NOT NULL,
        body VARCHAR(1000000) NOT NULL,
        better VARCHAR NOT NULL,
        how_to_read VARCHAR(1000000) NOT NULL,
        id VARCHAR NOT NULL,
        deleted_at VARCHAR,
        created_at VARCHAR NOT NULL,
        PRIMARY KEY (id)
    )
    """,
    "ALTER TABLE score ADD COLUMN judge_id VARCHAR REFERENCES judge (id)",
]
