-- SPDX-License-Identifier: Apache-2.0
-- Version 5: three prepared answers to begin with; a desk changes and deletes them like its own.

INSERT INTO records (kind, key, at, expires_at, value) VALUES
  ('macro', '1', 1, NULL, '{"name":"Received","text":"Hello {{customer.first_name}},\n\nthank you for writing to {{desk.name}}. I am looking into it and will come back to you soon.\n\n{{agent.name}}","queue":null,"channel":null,"actions":{}}'),
  ('macro', '2', 2, NULL, '{"name":"More details, please","text":"Hello {{customer.first_name}},\n\nto help you with \"{{ticket.subject}}\" we need a little more: what did you expect, and what happened instead?\n\n{{agent.name}}","queue":null,"channel":null,"actions":{"state":"pending"}}'),
  ('macro', '3', 3, NULL, '{"name":"Solved","text":"Hello {{customer.first_name}},\n\nthis is done. If anything is still open, just answer; your number is #{{ticket.id}}.\n\n{{agent.name}}, {{desk.name}}","queue":null,"channel":null,"actions":{"state":"resolve"}}');
