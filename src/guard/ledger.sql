CREATE TABLE IF NOT EXISTS purchases (
  id         INTEGER PRIMARY KEY,
  run        TEXT NOT NULL,
  scenario   TEXT NOT NULL,
  account    TEXT NOT NULL,            -- its name in the profile, never how it logs in
  name       TEXT NOT NULL,            -- the name that its instances were given
  what       TEXT NOT NULL,            -- what was chosen, in words
  region     TEXT,
  at_ms      INTEGER NOT NULL,         -- when it was reserved, since 1970
  fen        INTEGER NOT NULL CHECK (fen >= 0),
  instances  INTEGER NOT NULL CHECK (instances > 0),
  stage      TEXT NOT NULL CHECK (stage IN ('intent', 'clicked', 'order', 'instance', 'returned', 'void')),
  order_no   TEXT UNIQUE,
  note       TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS instances (
  id        TEXT PRIMARY KEY,
  purchase  INTEGER NOT NULL REFERENCES purchases (id),
  returned  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS purchases_by_time ON purchases (at_ms);
PRAGMA user_version = 1;
