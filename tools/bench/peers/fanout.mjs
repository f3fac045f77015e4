// SPDX-License-Identifier: Apache-2.0
// Events to many sockets with `ws`, as its documentation shows it: one string, a loop over the clients. Whoever connects
// to /control says {"events":N,"bytes":N,"marker":"…"} and every other client gets N frames of that size.
//   node fanout.mjs [--port 0]      prints {"port":N} when it listens
import { parseArgs } from "node:util";
import { WebSocket, WebSocketServer } from "ws";

const { values: options } = parseArgs({ options: { port: { type: "string", default: "0" } } });

/** An event like the desk's, padded to `bytes`. */
function event(seq, marker, bytes) {
  const text = (pad) =>
    JSON.stringify({
      jsonrpc: "2.0",
      method: "event",
      params: { seq, prev: seq - 1, type: "message.added", at: new Date().toISOString(), data: { message: { text: marker, pad } } },
    });
  return text("x".repeat(Math.max(0, bytes - text("").length)));
}

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(options.port), perMessageDeflate: false });
let seq = 0;

server.on("connection", (socket, request) => {
  socket.on("error", console.error);
  if (request.url !== "/control") return;
  socket.isControl = true;
  socket.on("message", (data) => {
    const { events, bytes, marker } = JSON.parse(data);
    for (let i = 0; i < events; ++i) {
      const frame = event(++seq, marker, bytes);
      for (const client of server.clients) {
        if (client.readyState === WebSocket.OPEN && !client.isControl) client.send(frame);
      }
    }
  });
});
server.on("listening", () => console.log(JSON.stringify({ port: server.address().port })));
