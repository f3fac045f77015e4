-- SPDX-License-Identifier: Apache-2.0
-- Version 6: from where somebody logged in, so that one knows a session again that is not one's own.

ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN network TEXT NOT NULL DEFAULT '';
