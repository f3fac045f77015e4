-- SPDX-License-Identifier: Apache-2.0
-- Version 2: fewer random pages in each commit. A mail's raw bytes are kept with its content instead of under their hash, and the
-- keys of one mail, which begin alike, stand side by side.

ALTER TABLE contents ADD COLUMN raw_data BLOB;  -- The mail as it came, compressed; null: in a file below blobs/.
UPDATE contents SET raw_data = (SELECT data FROM blobs WHERE sha256 = contents.raw) WHERE raw IS NOT NULL;
DELETE FROM blobs WHERE is_raw = 1 AND data IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM uploads WHERE uploads.sha256 = blobs.sha256)
  AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.sha256 = blobs.sha256);

CREATE TABLE keys_by_key (
  kind INTEGER NOT NULL,
  key BLOB NOT NULL,
  ticket INTEGER NOT NULL,
  message INTEGER NOT NULL,
  customer INTEGER NOT NULL,
  message_seq INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (key, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO keys_by_key SELECT * FROM keys;
DROP TABLE keys;
ALTER TABLE keys_by_key RENAME TO keys;
