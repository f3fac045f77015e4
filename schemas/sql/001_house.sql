-- SPDX-License-Identifier: Apache-2.0
-- Version 1 of the desk's database. An entity is one row: the columns that are searched for, and the whole entity in "row"
-- (src/codec/row_writer.hpp). Every index costs a page in each commit, so there are few. There are no foreign keys: rows come
-- whole from one engine in one transaction, and a check that fails at that point could only stop the desk.

CREATE TABLE counters (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL DEFAULT 0,
  seq INTEGER NOT NULL DEFAULT 0,
  next_ticket INTEGER NOT NULL DEFAULT 1,
  next_message INTEGER NOT NULL DEFAULT 1,
  next_offer INTEGER NOT NULL DEFAULT 1,
  next_customer INTEGER NOT NULL DEFAULT 1,
  last_now INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO counters (one) VALUES (1);

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor_kind INTEGER NOT NULL,
  actor INTEGER NOT NULL,
  command TEXT NOT NULL,
  events TEXT NOT NULL
) STRICT;

-- State changes of tickets out of the journal, for timelines.
CREATE TABLE history (
  ticket INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  from_state INTEGER NOT NULL,
  to_state INTEGER NOT NULL,
  PRIMARY KEY (ticket, seq, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
  id INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,
  queue INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  agent INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  row BLOB NOT NULL,
  subject TEXT NOT NULL
) STRICT;
-- Lists are merged from runs of one queue or agent and one state, each already in the order of ids.
CREATE INDEX tickets_by_queue ON tickets (queue, state);
CREATE INDEX tickets_by_agent ON tickets (agent, state) WHERE agent <> 0;
CREATE INDEX tickets_by_customer ON tickets (customer) WHERE customer <> 0;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  ticket INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  row BLOB NOT NULL
) STRICT;
CREATE INDEX messages_by_ticket ON messages (ticket, seq) WHERE ticket <> 0;
CREATE INDEX machine_mail ON messages (id) WHERE ticket = 0;

-- Personal data of messages; erasable without touching anything else.
CREATE TABLE contents (
  message INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  details TEXT NOT NULL,
  raw BLOB,
  raw_bytes INTEGER NOT NULL
) STRICT;

-- A blob that is known here is kept; its bytes are "data" or, when that is null, a file below blobs/.
CREATE TABLE blobs (
  id INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  is_raw INTEGER NOT NULL,
  data BLOB
) STRICT;
CREATE UNIQUE INDEX blobs_by_sha256 ON blobs (sha256);

-- Messages whose attachments are blobs of their own (uploads), not parts of the raw mail.
CREATE TABLE blob_uses (
  sha256 BLOB NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (sha256, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (id INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT;

CREATE TABLE identities (
  customer INTEGER NOT NULL,
  key BLOB NOT NULL,
  since INTEGER NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (customer, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
  kind INTEGER NOT NULL,
  key BLOB NOT NULL,
  ticket INTEGER NOT NULL,
  message INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  message_seq INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE offers (
  ticket INTEGER NOT NULL,
  id INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  row BLOB NOT NULL,
  PRIMARY KEY (ticket, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_pending ON offers (id) WHERE pending = 1;

CREATE TABLE agents (id INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT;
CREATE TABLE outbox (message INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT;

CREATE TABLE names (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  user TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role INTEGER NOT NULL,
  password_hash TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  user INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
