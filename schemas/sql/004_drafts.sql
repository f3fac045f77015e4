-- SPDX-License-Identifier: Apache-2.0
-- Version 4: what agents have begun to write and not yet sent.

CREATE TABLE drafts (
  ticket INTEGER NOT NULL,
  user INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  base_seq INTEGER NOT NULL,
  saved_at INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX drafts_by_ticket ON drafts (ticket, user, kind);
CREATE INDEX drafts_by_user ON drafts (user, saved_at);
