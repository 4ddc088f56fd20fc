-- Layout 2. Neither order numbers nor ids of instances are unique: a target that was set up anew gives them out again.
CREATE TABLE purchases (
  id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never given out again
  run         TEXT NOT NULL,
  scenario    TEXT NOT NULL,
  account     TEXT NOT NULL,            -- its name in the profile, never how it logs in
  name        TEXT NOT NULL,            -- the name that its instances were given
  what        TEXT NOT NULL,            -- what was chosen, in words
  region      TEXT,
  at_ms       INTEGER NOT NULL,         -- when it was reserved, since 1970
  fen         INTEGER NOT NULL CHECK (fen >= 0), -- the fee that was shown, or what was charged where that is more
  instances   INTEGER NOT NULL CHECK (instances > 0),
  balance_fen INTEGER,                  -- what the account had before, where that is known
  clicked_ms  INTEGER,                  -- when the click that pays was about to be made, since 1970
  answer      TEXT,                     -- what the page said to the click, where it was a refusal or an unpaid order
  settled     INTEGER NOT NULL DEFAULT 0, -- what was charged for it is known: the balance was held against it
  returned_ms INTEGER,                  -- when the last of its instances was seen to be returned, since 1970
  stage       TEXT NOT NULL CHECK (stage IN ('intent', 'clicked', 'order', 'instance', 'returned', 'void')),
  order_no    TEXT,
  note        TEXT
) STRICT;
CREATE TABLE instances (
  id        TEXT NOT NULL,
  purchase  INTEGER NOT NULL REFERENCES purchases (id),
  returned  INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (purchase, id)
) STRICT;
CREATE INDEX purchases_by_time ON purchases (at_ms);
PRAGMA application_id = 0x64636462; -- dcdb
PRAGMA user_version = 2;
