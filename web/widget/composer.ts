// SPDX-License-Identifier: Apache-2.0
// Where the visitor writes: text with a draft that survives a page change, and files with progress by button, drop or paste.
import type { Conversation } from "./conversation";
import { fill, h, icon, say } from "./dom";
import { size } from "./format";
import type { Store } from "./ports";
import type { Texts } from "./texts";
import { upload, UploadFailure } from "./upload";
import type { Config, Uploaded } from "./wire";

const typingEveryMs = 3000, typingEndsMs = 4000, mostFiles = 10;

interface Carried { file: File; stop: AbortController; part: number; done: Uploaded | null; failure: UploadFailure | null; row: HTMLElement; bar: HTMLElement; state: HTMLElement; buttons: HTMLElement; told: number }

export class Composer {
  readonly element: HTMLFormElement;
  readonly field: HTMLTextAreaElement;
  private tray = h("ul", { class: "tray", hidden: true });
  private hint = h("p", { class: "hint", role: "status", hidden: true });
  private button: HTMLButtonElement;
  private picker: HTMLInputElement;
  private carried: Carried[] = [];
  private typed = 0;
  private typingEnd = 0;

  constructor(private chat: Conversation, private texts: Texts, private language: string, private url: string, private drafts: Store, private config: () => Config) {
    this.field = h("textarea", { rows: 1, placeholder: texts.write, "aria-label": texts.write, dir: "auto",
      oninput: () => this.edited(), onkeydown: (event: KeyboardEvent) => this.key(event), onpaste: (event: ClipboardEvent) => this.pasted(event) });
    this.field.setAttribute("enterkeyhint", "send");
    this.picker = h("input", { type: "file", multiple: true, hidden: true, tabIndex: -1, "aria-label": texts.attach,
      onchange: () => { this.add([...(this.picker.files ?? [])]); this.picker.value = ""; } });
    this.button = h("button", { class: "tool send", type: "submit", "aria-label": texts.send, title: texts.send }, icon("send"));
    this.element = h("form", { class: "composer", noValidate: true, onsubmit: (event: Event) => { event.preventDefault(); this.submit(); } },
      this.tray,
      h("div", { class: "row" },
        h("button", { class: "tool", type: "button", "aria-label": texts.attach, title: texts.attach, onclick: () => this.picker.click() }, icon("attach")),
        this.picker, this.field, this.button),
      this.hint);
    this.field.value = drafts.get("draft") ?? "";
    this.update();
  }

  add(files: File[]) {
    for (const file of files.slice(0, mostFiles - this.carried.length)) this.carry(file);
    this.update();
  }

  /** After it became visible: a hidden field has no height to measure. */
  fit() {
    const { field } = this;
    field.style.height = "";
    if (field.value) field.style.height = `${Math.min(132, field.scrollHeight + 2)}px`;
  }

  private key(event: KeyboardEvent) {
    // A finger's Enter is a new line, as in every messenger; while a word is being composed it belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.submit();
  }

  private pasted(event: ClipboardEvent) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  private edited() {
    this.drafts.set("draft", this.field.value);
    this.fit();
    this.update();
    if (!this.field.value.trim() || this.chat.phase !== "live") return;
    if (Date.now() - this.typed > typingEveryMs) {
      this.typed = Date.now();
      this.chat.typing(true);
    }
    clearTimeout(this.typingEnd);
    this.typingEnd = window.setTimeout(() => this.stopTyping(), typingEndsMs);
  }

  private stopTyping() {
    clearTimeout(this.typingEnd);
    if (this.typed && this.chat.phase === "live") this.chat.typing(false);
    this.typed = 0;
  }

  private submit() {
    const text = this.field.value.trim(), files = this.carried.filter((one) => one.done);
    if ((!text && !files.length) || this.problem()) return this.update();
    this.stopTyping();
    this.chat.send(text, files.map((one) => one.done!));
    this.field.value = "";
    this.drafts.remove("draft");
    this.carried = this.carried.filter((one) => one.failure);
    fill(this.tray, ...this.carried.map((one) => one.row));
    this.fit();
    this.update();
  }

  private problem(): string {
    const over = tooLong(this.field.value.trim(), this.config().text_bytes);
    if (over) return this.texts.tooLong(over);
    return this.carried.some((one) => !one.done && !one.failure) ? this.texts.waitUpload : "";
  }

  private update() {
    const problem = this.problem(), empty = !this.field.value.trim() && !this.carried.some((one) => one.done);
    this.button.setAttribute("aria-disabled", String(!!problem || empty));
    this.hint.hidden = !problem || problem === this.texts.waitUpload;
    say(this.hint, this.hint.hidden ? "" : problem);
    this.button.title = problem || this.texts.send;
    this.tray.hidden = !this.carried.length;
  }

  // ---- Files -----------------------------------------------------------------------------------------------------------

  private carry(file: File) {
    const state = h("span", { class: "state", role: "status" }), buttons = h("span", { class: "buttons" }), bar = h("div", { class: "bar", "aria-hidden": "true" }, h("i"));
    const row = h("li", { class: "up" }, h("span", { class: "line" }, h("span", { class: "filename", dir: "auto" }, file.name),
      h("span", { class: "filesize" }, size(file.size, this.language))), buttons, state, bar);
    const one: Carried = { file, stop: new AbortController(), part: 0, done: null, failure: null, row, bar, state, buttons, told: -1 };
    this.carried.push(one);
    this.tray.append(row);
    const most = this.config().max_upload_bytes;
    if (most && file.size > most) this.failed(one, "too_large");
    else void this.start(one);
  }

  private async start(one: Carried) {
    one.failure = null;
    one.stop = new AbortController();
    this.show(one);
    const { signal } = one.stop;
    try {
      await this.chat.ensure();
      if (signal.aborted) return;
      one.done = await upload(this.url, this.chat.token!, one.file, (part) => { one.part = part; this.show(one); }, signal);
    } catch (failure) {
      return this.failed(one, failure as UploadFailure);
    }
    this.show(one);
    this.update();
  }

  private failed(one: Carried, failure: UploadFailure) {
    one.failure = failure;
    this.show(one);
    this.update();
  }

  private remove(one: Carried) {
    one.stop.abort();
    this.carried = this.carried.filter((other) => other !== one);
    one.row.remove();
    this.update();
    this.field.focus();
  }

  private show(one: Carried) {
    const { texts } = this, percent = Math.floor(one.part * 100), going = !one.done && !one.failure;
    one.bar.hidden = !going;
    one.bar.style.setProperty("--part", String(one.part));
    one.row.classList.toggle("bad", !!one.failure);
    const failure = { too_large: texts.tooLarge(size(this.config().max_upload_bytes, this.language)), busy: texts.uploadBusy, unauthenticated: texts.uploadFailed, failed: texts.uploadFailed };
    say(one.state, one.failure ? failure[one.failure] : one.done ? texts.uploaded : texts.uploading(percent));
    const kind = going ? 0 : one.failure && one.failure !== "too_large" ? 2 : 1;
    if (one.told === kind) return;
    one.told = kind;
    const label = going ? texts.cancel : texts.remove;
    fill(one.buttons,
      kind === 2 && h("button", { class: "plain", type: "button", onclick: () => { this.start(one); this.update(); } }, texts.retry),
      h("button", { class: "tool", type: "button", title: label, "aria-label": `${label}: ${one.file.name}`, onclick: () => this.remove(one) }, icon("close")));
  }
}

/** How many characters at the end are beyond the limit in bytes, 0 for none. */
export function tooLong(text: string, limit: number): number {
  const encoder = new TextEncoder();
  let over = encoder.encode(text).length - limit, count = 0;
  if (over <= 0) return 0;
  for (const character of [...text].reverse()) {
    if (over <= 0) break;
    over -= encoder.encode(character).length;
    count++;
  }
  return count;
}
