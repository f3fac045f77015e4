// SPDX-License-Identifier: Apache-2.0
// Names on the wire as people say them.
export const channelWord = (channel: string) => ({ email: "mail", sms: "text", voice: "call", chat: "chat" })[channel] ?? channel;
export const stateWord = (state: string) => state.replace("_", " ");
export const metricWord = (metric: string) => {
  const words = metric.replace(/_/g, " ");
  return words[0]!.toUpperCase() + words.slice(1);
};
export const sizeWord = (bytes: number) => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`);
export const subjectOf = (ticket: { subject?: string | null }) => ticket.subject || "(no subject)";

/** Those a browser shows by itself; a drawing (SVG) is not one of them, since it may act. */
export const isPicture = (file: { type: string }) => /^image\/(?:png|jpeg|gif|webp)$/.test(file.type);
