-- SPDX-License-Identifier: Apache-2.0
-- Version 3: plain facts of the edges by kind and key (a visitor's own words, refused hooks, media still to be fetched).

CREATE TABLE records (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER,
  value TEXT NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_time ON records (kind, at);
CREATE INDEX records_ending ON records (expires_at) WHERE expires_at IS NOT NULL;
