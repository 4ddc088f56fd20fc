PRAGMA user_version = 1;

CREATE TABLE IF NOT EXISTS runs (
    id          INTEGER PRIMARY KEY,
    started     TEXT NOT NULL,
    target      TEXT NOT NULL,
    language    TEXT NOT NULL,
    browser     TEXT NOT NULL,
    commit_id   TEXT,
    -- A seed may be larger than SQLite's integers.
    seed        TEXT NOT NULL,
    duration_ms INTEGER NOT NULL,
    exit_status INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS results (
    id          INTEGER PRIMARY KEY,
    run         INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    feature     TEXT NOT NULL,
    name        TEXT NOT NULL,
    round       INTEGER NOT NULL,
    status      TEXT NOT NULL,
    class       TEXT,
    duration_ms INTEGER NOT NULL,
    -- A list in JSON, a number a step.
    steps_ms    TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS results_of_run ON results (run);
