-- Beside layout 2, which says nothing of it: what is paid by the hour. Its row counts for as long as it is there, and costs.
CREATE TABLE IF NOT EXISTS hourly (
  purchase   INTEGER PRIMARY KEY REFERENCES purchases (id),
  frozen_fen INTEGER NOT NULL
) STRICT;
