// SPDX-License-Identifier: Apache-2.0
// The chat side of a desk for the widget's tests, after the wire contract: one process, everything in memory.
// As a program: chat_mock.mjs [PORT], then POST /control {"do":"say","text":"…"} and the like (see `controls`).
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";

const dist = join(dirname(fileURLToPath(import.meta.url)), "../../web/dist/chat");
const types = { ".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8" };
const pageSize = 25, maxUploadBytes = 5_000_000;

export async function startMock(port = 0) {
  const visitors = new Map(), sockets = new Set(), uploads = new Map();
  const config = { name: "Demo Desk", greeting: "Hello! Ask us anything about your order.", open: true, opens_at: null, closed_message: null,
    ask_for: ["name", "email"], max_upload_bytes: maxUploadBytes, text_bytes: 8192 };
  const frozen = { value: false }, counts = {};
  let server, newest = null, nextMessage = 1;

  const freshState = () => ({ open: config.open, opens_at: config.opens_at, waiting: null, agent: null, agent_typing: false, delivered_seq: 0,
    read_seq: 0, idle_closes_at: null, ended: false });
  const notify = (visitor, method, params) => {
    for (const socket of sockets) if (socket.visitor === visitor && socket.live) out(socket, { jsonrpc: "2.0", method, params });
  };
  const out = (socket, frame) => { if (!frozen.value) socket.send(JSON.stringify(frame)); };
  const tell = (visitor, change = {}) => notify(visitor, "state", Object.assign(visitor.state, change));

  function add(visitor, direction, author, text, attachments = []) {
    const seq = visitor.events.length + 1, at = new Date().toISOString();
    const message = { id: nextMessage++, seq, direction, author, at, text, attachments };
    const event = { seq, prev: seq - 1, type: "message.added", at, data: { message } };
    visitor.events.push(event);
    // A result comes before its own event.
    setTimeout(() => notify(visitor, "event", event), 0);
    return event;
  }

  const methods = {
    "chat.start"(socket, { token, name, email, identity }) {
      if (token && !visitors.has(token)) throw { code: -32001, message: "unauthenticated" };
      const visitor = token ? visitors.get(token) : { token: randomUUID(), events: [], state: freshState(), clients: new Map(), name: null, email: null, level: "anonymous" };
      visitors.set(visitor.token, visitor);
      Object.assign(visitor, { name: name ?? visitor.name, email: email ?? visitor.email, level: identity ? "verified" : email || visitor.email ? "claimed" : "anonymous" });
      newest = visitor;
      socket.visitor = visitor;
      socket.live = true;
      const { level } = visitor;
      return { token: visitor.token, seq: visitor.events.length, open: config.open, opens_at: config.opens_at,
        visitor: { level, name: visitor.name, email: visitor.email }, state: visitor.state };
    },
    "chat.resume"(socket, { token, after }) {
      const visitor = visitors.get(token);
      if (!visitor) throw { code: -32001, message: "unauthenticated" };
      const events = visitor.events.slice(after, after + pageSize), more = after + events.length < visitor.events.length;
      socket.visitor = visitor;
      socket.live ||= !more;
      return { seq: visitor.events.length, events, more, state: visitor.state };
    },
    "chat.send"({ visitor }, { client_id, text = "", attachments = [] }) {
      if (!visitor.clients.has(client_id)) {
        if (text.includes("refuse this")) throw { code: -32000, message: "refused", data: { refusal: "not_now", detail: "The desk does not take this." } };
        const files = attachments.map((id, at) => ({ n: at + 1, ...uploads.get(id).about, url: `/chat/files/${id}` }));
        visitor.clients.set(client_id, add(visitor, "in", { kind: "customer", name: visitor.name }, text, files));
        if (visitor.state.ended) tell(visitor, { ended: false });
        setTimeout(() => tell(visitor, { delivered_seq: visitor.clients.get(client_id).seq }), 50);
      }
      const event = visitor.clients.get(client_id);
      return { message: event.data.message.id, seq: event.seq, at: event.at };
    },
    "chat.typing": ({ visitor }, { typing }) => { visitor.typing = typing; return {}; },
    "chat.read": ({ visitor }, { seq }) => { visitor.read = seq; return {}; },
    "chat.received": ({ visitor }, { seq }) => { visitor.received = seq; return {}; },
    "chat.state": ({ visitor }) => visitor.state,
    "chat.end"({ visitor }, { rating, comment }) {
      Object.assign(visitor, { rating: rating ?? visitor.rating, comment: comment ?? visitor.comment });
      if (!visitor.state.ended) {
        add(visitor, "system", { kind: "system", name: null }, "The chat was ended.");
        tell(visitor, { ended: true, agent: null, agent_typing: false, waiting: null });
      }
      return { seq: visitor.events.length };
    },
  };

  /** What a test may do to the desk; each acts on the newest visitor. */
  const controls = {
    say: ({ text, name = "Linh" }) => { tell(newest, { agent: { name }, waiting: null, agent_typing: false }); return add(newest, "out", { kind: "agent", name }, text).seq; },
    state: ({ do: _, ...change }) => tell(newest, change),
    seen: () => tell(newest, { read_seq: newest.events.length }),
    config: ({ do: _, ...change }) => Object.assign(config, change),
    freeze: ({ value }) => { frozen.value = value; },
    resync: () => { for (const socket of sockets) { out(socket, { jsonrpc: "2.0", method: "resync", params: { reason: "overflow" } }); socket.close(4009); } },
    restart: async ({ down_ms = 0 }) => { await stop(); await new Promise((done) => setTimeout(done, down_ms)); await listen(server.port); },
    forget: () => { visitors.clear(); for (const socket of sockets) socket.terminate(); },
    about: () => ({ visitors: visitors.size, sockets: sockets.size, counts, ...(newest && { token: newest.token, name: newest.name, email: newest.email, level: newest.level, typing: newest.typing ?? false,
      read: newest.read ?? 0, received: newest.received ?? 0, rating: newest.rating ?? null, comment: newest.comment ?? null, messages: newest.events.map((event) => event.data.message) }) }),
  };

  function serve(request, response) {
    const url = new URL(request.url, "http://desk"), parts = url.pathname.split("/");
    const cors = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization, content-type", "Access-Control-Allow-Methods": "GET, POST", "X-Content-Type-Options": "nosniff" };
    const answer = (status, body, type = "application/json", more = {}) => { response.writeHead(status, { "Content-Type": type, ...cors, ...more }); response.end(body); };
    const problem = (status, code) => answer(status, JSON.stringify({ type: "about:blank", title: code, status, detail: code, code }), "application/problem+json");
    const static_ = (name) => answer(200, readFileSync(join(dist, name)), types[extname(name)],
      { "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-ancestors 'none'" });
    if (request.method === "OPTIONS") return answer(204);
    if (url.pathname === "/control") return body(request).then(async (bytes) => {
      const command = JSON.parse(bytes);
      answer(200, JSON.stringify((await controls[command.do](command)) ?? {}));
    });
    if (parts[3] === "config") return answer(200, JSON.stringify(config));
    if (parts[3] === "demo") return static_("demo.html");
    if (parts[3] === "uploads") return body(request).then((bytes) => {
      if (!visitors.has((request.headers.authorization ?? "").replace("Bearer ", ""))) return problem(401, "unauthenticated");
      if (bytes.length > maxUploadBytes) return problem(413, "too_large");
      if (url.searchParams.get("name").includes("busy")) return problem(503, "busy");
      const id = `upload-${uploads.size + 1}`, about = { name: url.searchParams.get("name"), type: request.headers["content-type"], size_bytes: bytes.length };
      uploads.set(id, { bytes, about });
      answer(201, JSON.stringify({ id, ...about }));
    });
    if (parts[2] === "files") return answer(200, uploads.get(parts[3]).bytes, uploads.get(parts[3]).about.type, { "Content-Disposition": "attachment" });
    if (/^(widget|demo)\.(js|css)$/.test(parts[2] ?? "")) return static_(parts[2]);
    problem(404, "not_found");
  }

  function upgraded(socket) {
    sockets.add(socket);
    const late = setTimeout(() => { if (!socket.visitor) socket.close(4401); }, 10000);
    socket.on("close", () => { clearTimeout(late); sockets.delete(socket); });
    socket.on("error", () => {});
    socket.on("message", (bytes) => {
      const { id, method, params } = JSON.parse(bytes);
      counts[method] = (counts[method] ?? 0) + 1;
      try {
        if (!socket.visitor && !/start|resume/.test(method)) throw { code: -32001, message: "unauthenticated" };
        out(socket, { jsonrpc: "2.0", id, result: methods[method](socket, params) });
      } catch (error) { out(socket, { jsonrpc: "2.0", id, error: error.code ? error : { code: -32603, message: String(error) } }); }
    });
  }

  function listen(at) {
    server = createServer(serve);
    const upgrade = new WebSocketServer({ noServer: true, handleProtocols: (offered) => offered.has("deskwire.chat.v1") && "deskwire.chat.v1" });
    server.on("upgrade", (request, socket, head) => upgrade.handleUpgrade(request, socket, head, upgraded));
    return new Promise((done) => server.listen(at, "127.0.0.1", () => { server.port = server.address().port; done(); }));
  }
  function stop() {
    for (const socket of sockets) socket.close(1001);
    const closed = new Promise((done) => server.close(done));
    setTimeout(() => { for (const socket of sockets) socket.terminate(); server.closeAllConnections?.(); }, 100);
    return closed;
  }

  await listen(port);
  return { url: `http://127.0.0.1:${server.port}`, stop, control: async (what, more = {}) => controls[what]({ do: what, ...more }) };
}

function body(request) {
  return new Promise((done) => { const parts = []; request.on("data", (part) => parts.push(part)); request.on("end", () => done(Buffer.concat(parts))); });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify({ url: (await startMock(Number(process.argv[2]) || 0)).url }));
