// SPDX-License-Identifier: Apache-2.0
// What the desk says on the chat socket, as types.

export interface Attachment { n: number; name: string; type: string; size_bytes: number; url: string }
export interface Message {
  id: number; seq: number; direction: "in" | "out" | "system";
  author: { kind: "customer" | "agent" | "system"; name: string | null };
  at: string; text: string; attachments: Attachment[];
  /** Ours, as far as this tab knows it; the desk does not say it. */
  client_id?: string | null;
}
export interface ChatEvent { seq: number; prev: number; type: string; at: string; data: { message?: Message } }
export interface ChatState {
  open: boolean; opens_at: string | null;
  waiting: { position: number; wait_p50_s: number | null; wait_p90_s: number | null } | null;
  agent: { name: string } | null; agent_typing: boolean;
  /** How far our messages reached the desk's agents and were seen by one. */
  delivered_seq: number; read_seq: number;
  idle_closes_at: string | null; ended: boolean;
}
export interface Started {
  token: string; seq: number; open: boolean; opens_at: string | null;
  visitor: { level: "anonymous" | "claimed" | "verified"; name: string | null; email: string | null };
  state: ChatState;
}
export interface Resumed { seq: number; events: ChatEvent[]; more: boolean; state: ChatState }
export interface Uploaded { id: string | number; name: string; type: string; size_bytes: number }
export interface Config {
  name: string; greeting: string | null; open: boolean; opens_at: string | null; closed_message: string | null;
  ask_for: string[]; max_upload_bytes: number; text_bytes: number;
}

/** Who the visitor says to be; `identity` and `jwt` are proofs by the site, the rest is only claimed. */
export interface Profile {
  name?: string; email?: string; language?: string; page?: string; jwt?: string;
  identity?: { id: string; hash: string; name?: string; email?: string };
}

export const unauthenticated = -32001, limited = -32029, busy = -32050;
