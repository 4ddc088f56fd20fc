-- Layout 1.
CREATE TABLE levers (
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  run       TEXT NOT NULL,    -- whose it is to undo it
  lever     TEXT NOT NULL,    -- its key in the profile
  scenario  TEXT NOT NULL,
  fillings  TEXT NOT NULL,    -- what is filled into its requests, as JSON; no secret among it
  pulled_ms INTEGER NOT NULL, -- when it was about to be pulled, since 1970
  undone_ms INTEGER           -- when it was undone, since 1970
) STRICT;
PRAGMA application_id = 0x64636c65; -- dcle
PRAGMA user_version = 1;
