-- Beside layout 2, which says nothing of them: the runs that are shards of one.
CREATE TABLE IF NOT EXISTS shards (
  run   TEXT PRIMARY KEY,
  whole TEXT NOT NULL
) STRICT;
