// SPDX-License-Identifier: Apache-2.0
// What an open ticket answers to. The sheet teaches these keys also while none is open.

const group = "Ticket";
export const ticketKeys = {
  reply: { keys: "r", name: "Write a reply", group },
  note: { keys: "n", name: "Write an internal note", group },
  macro: { keys: "/", name: "Insert a macro", group },
  resolve: { keys: "e", name: "Resolve this ticket", group },
  pending: { keys: "p", name: "Pending: wait for the customer", group },
  hold: { keys: "h", name: "Hold: wait for someone else", group },
  snooze: { keys: "s", name: "Snooze: out of the way for a while", group },
  transfer: { keys: "t", name: "Transfer this ticket", group },
  label: { keys: "l", name: "Label: add a tag", group },
  explain: { keys: "y", name: "Explain where this ticket is", group },
  next: { keys: "x", name: "Next: what is due first of yours", group },
  back: { keys: "u", name: "Back to the list", group },
};
