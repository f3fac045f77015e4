// SPDX-License-Identifier: Apache-2.0
// The two forms of the widget: what the desk asks before a chat, and the rating after it.
import { h, icon, say } from "./dom";
import type { Texts } from "./texts";

let ids = 0;

interface Field { name: string; label: string; input: HTMLInputElement | HTMLTextAreaElement; error: HTMLElement; line: HTMLElement }

function field(name: string, label: string, input: HTMLInputElement | HTMLTextAreaElement, why?: string): Field {
  const id = `error-${++ids}`, error = h("span", { class: "error", id, hidden: true });
  input.name = name;
  input.required = true;
  input.setAttribute("aria-describedby", id);
  return { name, label, input, error, line: h("label", {}, label, input, why && h("small", {}, why), error) };
}

export interface Answers { name?: string; email?: string; text: string }

/** Name and address only if they are asked for and not known, together with the first message. */
export function preChat(texts: Texts, ask: string[], done: (answers: Answers) => void): HTMLFormElement {
  const fields: Field[] = [];
  if (ask.includes("name")) fields.push(field("name", texts.name, h("input", { type: "text", autocomplete: "name", maxLength: 100, dir: "auto" })));
  if (ask.includes("email")) fields.push(field("email", texts.email, h("input", { type: "email", autocomplete: "email", maxLength: 254 }), texts.emailWhy));
  fields.push(field("text", texts.first, h("textarea", { maxLength: 2000, dir: "auto" })));
  const check = ({ input, error }: Field) => {
    const problem = !input.value.trim() ? texts.needed : input.validity.typeMismatch ? texts.badEmail : "";
    error.hidden = !problem;
    say(error, problem);
    input.setAttribute("aria-invalid", String(!!problem));
    return !problem;
  };
  for (const one of fields) one.input.addEventListener("input", () => { if (!one.error.hidden) check(one); });
  return h("form", { class: "form", noValidate: true, onsubmit: (event: Event) => {
    event.preventDefault();
    const wrong = fields.filter((one) => !check(one));
    if (wrong.length) return wrong[0]!.input.focus();
    done(Object.fromEntries(fields.map(({ name, input }) => [name, input.value.trim()])) as unknown as Answers);
  } }, ...fields.map(({ line }) => line), h("button", { class: "primary", type: "submit" }, texts.startChat));
}

/** One to five stars as radio buttons, and a comment; both may stay empty when the chat is being ended. */
export function ratingForm(texts: Texts, ending: boolean, done: (rating: number | null, comment: string) => Promise<void>, back: () => void): HTMLFormElement {
  const group = `stars-${++ids}`, word = h("p", { class: "word" }), error = h("p", { class: "error", role: "alert", hidden: true });
  const comment = h("textarea", { placeholder: texts.comment, "aria-label": texts.comment, maxLength: 1000, dir: "auto", hidden: !ending });
  let rating: number | null = null;
  const labels = texts.stars.map((name, at) => h("label", { title: name },
    h("input", { type: "radio", name: group, value: String(at + 1), "aria-label": `${at + 1}/5 ${name}`, onchange: () => choose(at + 1) }), icon("star")));
  const submit = h("button", { class: "primary", type: "submit" }, ending ? texts.endNow : texts.rate);
  function choose(stars: number) {
    rating = stars;
    labels.forEach((label, at) => label.classList.toggle("lit", at < stars));
    say(word, texts.stars[stars - 1]!);
    comment.hidden = false;
  }
  return h("form", { class: "form rating", noValidate: true, onsubmit: async (event: Event) => {
    event.preventDefault();
    if (!ending && !rating) return labels[0]!.querySelector("input")!.focus();
    submit.disabled = true;
    error.hidden = true;
    try { await done(rating, comment.value.trim()); } catch { error.hidden = false; say(error, texts.endFailed); }
    submit.disabled = false;
  } },
    h("p", { class: "ask", id: group }, texts.endAsk), ending && h("p", { class: "sub" }, texts.endHint),
    h("fieldset", { "aria-labelledby": group }, h("div", { class: "stars" }, ...labels)), word, comment, error,
    h("div", { class: "actions" }, h("button", { class: "plain", type: "button", onclick: back }, ending ? texts.back : texts.skip), submit));
}
