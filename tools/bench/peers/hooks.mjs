// SPDX-License-Identifier: Apache-2.0
// What one would write in an afternoon for inbound text messages: fastify and better-sqlite3. The signature is verified,
// a message told twice is kept once, the sender's open ticket is found or opened, and the answer comes after the commit.
// The requests of one turn of the event loop share a transaction.
//   node hooks.mjs --data DIR --token T --public-url URL [--port 0]      prints {"port":N} when it listens
import { createHmac, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { parse } from "node:querystring";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import Fastify from "fastify";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    port: { type: "string", default: "0" },
    token: { type: "string" },
    "public-url": { type: "string" },
  },
});

const database = new Database(join(options.data, "peer.db"));
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`
  CREATE TABLE ticket (
    id INTEGER PRIMARY KEY, sender TEXT NOT NULL, number TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL,
    messages INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
  CREATE UNIQUE INDEX ticket_open ON ticket (sender, number) WHERE state = 'open';
  CREATE TABLE message (
    id INTEGER PRIMARY KEY, ticket INTEGER NOT NULL REFERENCES ticket, sid TEXT NOT NULL UNIQUE, seq INTEGER NOT NULL,
    direction TEXT NOT NULL, author TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL);
  CREATE INDEX message_of ON message (ticket, seq);
`);

const statements = {
  known: database.prepare("SELECT 1 FROM message WHERE sid = ?"),
  open: database.prepare("SELECT id, messages FROM ticket WHERE sender = ? AND number = ? AND state = 'open'"),
  create: database.prepare("INSERT INTO ticket VALUES (NULL, ?, ?, ?, 'open', 0, ?, ?)"),
  add: database.prepare("INSERT INTO message VALUES (NULL, ?, ?, ?, 'in', ?, ?, ?)"),
  touch: database.prepare("UPDATE ticket SET messages = ?, updated_at = ? WHERE id = ?"),
};

function store(form, now) {
  if (statements.known.get(form.MessageSid)) return;
  let ticket = statements.open.get(form.From, form.To);
  if (!ticket) {
    const { lastInsertRowid } = statements.create.run(form.From, form.To, form.Body.slice(0, 80), now, now);
    ticket = { id: lastInsertRowid, messages: 0 };
  }
  statements.add.run(ticket.id, form.MessageSid, ticket.messages + 1, form.From, form.Body, now);
  statements.touch.run(ticket.messages + 1, now, ticket.id);
}

const storeAll = database.transaction((batch) => {
  const now = Date.now();
  for (const { form } of batch) store(form, now);
});

let waiting = [];

function commit() {
  const batch = waiting;
  waiting = [];
  try {
    storeAll(batch);
    for (const { done } of batch) done();
  } catch (error) {
    for (const { fail } of batch) fail(error);
  }
}

/** Resolves when the message is on disk. */
function kept(form) {
  return new Promise((done, fail) => {
    waiting.push({ form, done, fail });
    if (waiting.length === 1) setImmediate(commit);
  });
}

function genuine(request, form) {
  const mac = createHmac("sha1", options.token).update(options["public-url"] + request.url);
  for (const name of Object.keys(form).sort()) mac.update(name).update(form[name]);
  const given = Buffer.from(request.headers["x-twilio-signature"] ?? "", "base64");
  const wanted = mac.digest();
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

const server = Fastify();
server.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, body, done) => done(null, parse(body)));
server.post("/hooks/twilio/sms", async (request, reply) => {
  const form = request.body;
  if (!genuine(request, form)) return reply.code(403).send();
  await kept(form);
  return reply.type("text/xml").send("<Response/>");
});
await server.listen({ host: "127.0.0.1", port: Number(options.port) });
console.log(JSON.stringify({ port: server.server.address().port }));
