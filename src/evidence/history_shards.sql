-- Beside layout 1, which says nothing of them: the runs that were shards of another.
CREATE TABLE IF NOT EXISTS shards (
    run   INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
    -- Which one, from 1.
    shard INTEGER NOT NULL
);
