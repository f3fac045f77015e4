// SPDX-License-Identifier: Apache-2.0
// The transcript. Elements are kept under the message's client_id or id, so that a message going from written to sent to seen
// is one element throughout: nothing jumps and a screen reader hears it once.
import type { Conversation } from "./conversation";
import { Child, fill, h, icon, say } from "./dom";
import { clockTime, dayName, exactTime, linked, safeUrl, size } from "./format";
import type { Entry } from "./outbox";
import type { Texts } from "./texts";
import type { Attachment, Message, Uploaded } from "./wire";

const groupMs = 5 * 60000, thumbBytes = 8 << 20;

interface Item { key: string; own: boolean; who: string; at: number; message: Message | null; entry: Entry | null }
interface Parts { element: HTMLElement; author: HTMLElement; meta: HTMLElement; time: HTMLTimeElement; mark: HTMLElement; trouble: HTMLElement; files: HTMLElement; confirmed: boolean; at: number; marked: string; failed: string | null }

export class Log {
  readonly element: HTMLElement;
  private parts = new Map<string, Parts>();
  private others = new Map<string, HTMLElement>();

  constructor(private chat: Conversation, private texts: Texts, private language: string, private base: string) {
    this.element = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": texts.title });
  }

  render() {
    const wanted: HTMLElement[] = [], items = this.items(), marks = this.marks(items), now = Date.now();
    let day = "";
    items.forEach((item, at) => {
      const name = dayName(item.at, now, this.texts, this.language);
      if (name !== day) wanted.push(this.line(`day:${name}`, "day", (day = name)));
      if (item.message?.direction === "system") return void wanted.push(this.line(item.key, "note", item.message.text));
      const before = items[at - 1], after = items[at + 1];
      const parts = this.parts.get(item.key) ?? this.make(item);
      this.place(parts, item, !before || !this.grouped(before, item), !after || !this.grouped(item, after), marks.get(item.key) ?? "");
      wanted.push(parts.element);
    });
    this.reconcile(wanted);
  }

  private items(): Item[] {
    const { messages, outbox } = this.chat, known = new Set<string>();
    const items: Item[] = messages.map((message) => {
      if (message.client_id) known.add(message.client_id);
      return { key: message.client_id ?? `${message.id}`, own: message.direction === "in", who: message.author?.name ?? "", at: Date.parse(message.at), message, entry: null };
    });
    for (const entry of outbox.entries)
      if (!known.has(entry.client_id)) items.push({ key: entry.client_id, own: true, who: "", at: entry.at, message: null, entry });
    return items;
  }

  /** What stands under which message: the newest one the agent has seen, the newest one of all, and all that are not sent. */
  private marks(items: Item[]): Map<string, string> {
    const marks = new Map<string, string>(), state = this.chat.state;
    const own = items.filter((item) => item.own);
    const seen = own.filter((item) => item.message && item.message.seq <= (state?.read_seq ?? 0)).pop();
    if (seen) marks.set(seen.key, "seen");
    const last = own.filter((item) => item.message || item.entry?.sent).pop();
    if (last && last !== seen) marks.set(last.key, last.message && last.message.seq <= (state?.delivered_seq ?? 0) ? "delivered" : "sent");
    for (const { key, entry } of own) if (entry && !entry.sent && !entry.failed) marks.set(key, this.chat.phase === "lost" ? "keeps" : "sending");
    return marks;
  }

  private grouped(a: Item, b: Item) {
    return a.own === b.own && (a.own || a.who === b.who) && a.message?.direction !== "system" && b.message?.direction !== "system" && b.at - a.at < groupMs;
  }

  private line(key: string, kind: string, text: string) {
    let line = this.others.get(key);
    if (!line) this.others.set(key, (line = h("p", { class: kind, dir: "auto" })));
    say(line, text);
    return line;
  }

  private make(item: Item): Parts {
    const text = item.message?.text ?? item.entry?.text ?? "", files: (Attachment | Uploaded)[] = item.message?.attachments ?? item.entry?.attachments ?? [];
    const author = h("span", { class: "author" }), time = h("time"), mark = h("span", { class: "mark" });
    const meta = h("div", { class: "meta" }, time, mark), trouble = h("div", { class: "trouble", hidden: true });
    const list = h("div", { class: "files", hidden: !files.length }, ...files.map((file) => this.file(file)));
    const element = h("div", { class: "message" }, author, text && this.bubble(text), list, meta, trouble);
    const parts: Parts = { element, author, meta, time, mark, trouble, files: list, confirmed: !!item.message, at: 0, marked: "", failed: null };
    this.parts.set(item.key, parts);
    return parts;
  }

  private bubble(text: string) {
    return h("div", { class: "bubble", dir: "auto" }, ...linked(text).map(({ text, href }) =>
      href ? h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text) : text));
  }

  private file(file: Attachment | Uploaded): Node {
    const url = "url" in file ? safeUrl(file.url, this.base) : null, label = size(file.size_bytes, this.language);
    const inside: Child[] = [icon("file"), h("span", { class: "filename", dir: "auto" }, file.name), h("span", { class: "filesize" }, label)];
    if (!url) return h("span", { class: "filelink" }, ...inside);
    const link = h("a", { class: "filelink", href: url, target: "_blank", rel: "noopener noreferrer", title: file.name }, ...inside);
    if (/^image\/(png|jpeg|gif|webp)$/.test(file.type) && file.size_bytes <= thumbBytes) void this.picture(link, url, file.name);
    return link;
  }

  /** Painted on a canvas: an <img> would need the desk in the page's img-src, the connection is allowed already. */
  private async picture(link: HTMLAnchorElement, url: string, name: string) {
    link.className = "thumb";
    const inside = [...link.childNodes];
    const canvas = h("canvas", { width: 440, height: 296, role: "img", "aria-label": name });
    link.replaceChildren(canvas);
    try {
      const answer = await fetch(url, { credentials: "omit" });
      if (!answer.ok) throw new Error(answer.statusText);
      const picture = await createImageBitmap(await answer.blob());
      const scale = Math.max(440 / picture.width, 296 / picture.height), width = picture.width * scale, height = picture.height * scale;
      canvas.getContext("2d")!.drawImage(picture, (440 - width) / 2, (296 - height) / 2, width, height);
    } catch {
      link.className = "filelink";
      link.replaceChildren(...inside);
    }
  }

  private place(parts: Parts, item: Item, first: boolean, last: boolean, mark: string) {
    const { element, author, meta, time, trouble } = parts, failed = item.entry?.failed ?? null;
    element.className = `message${item.own ? " own" : ""}${first ? " first" : ""}${last ? " last" : ""}${item.entry && !item.entry.sent ? " pending" : ""}`;
    author.className = first && !item.own ? "author" : "hidden-text";
    say(author, item.own ? this.texts.you : item.who || this.texts.someone);
    if (item.message && !parts.confirmed) {
      // Only now do its files have addresses.
      parts.confirmed = true;
      fill(parts.files, ...item.message.attachments.map((file) => this.file(file)));
    }
    if (parts.at !== item.at) {
      parts.at = item.at;
      say(time, clockTime(item.at, this.language));
      time.title = exactTime(item.at, this.language);
      time.dateTime = new Date(item.at).toISOString();
    }
    if (parts.marked !== mark) this.stamp(parts, mark);
    meta.className = last || mark ? "meta shown" : "meta";
    if (parts.failed !== failed) {
      parts.failed = failed;
      trouble.hidden = !failed;
      if (failed) fill(trouble, h("span", { role: "alert" }, `${this.texts.failed} ${failed}`),
        h("button", { class: "plain", type: "button", onclick: () => this.chat.retry(item.key) }, this.texts.retry),
        h("button", { class: "plain", type: "button", onclick: () => this.chat.discard(item.key) }, this.texts.discard));
    }
  }

  private stamp(parts: Parts, mark: string) {
    parts.marked = mark;
    parts.mark.className = `mark ${mark}`;
    if (!mark) return fill(parts.mark);
    const words: Record<string, string> = this.texts as any;
    fill(parts.mark, icon(mark === "sent" ? "check" : mark === "delivered" || mark === "seen" ? "checks" : "clock"), h("span", {}, words[mark]!));
  }

  private reconcile(wanted: HTMLElement[]) {
    const keep = new Set(wanted);
    for (const [key, parts] of this.parts) if (!keep.has(parts.element)) { parts.element.remove(); this.parts.delete(key); }
    for (const [key, line] of this.others) if (!keep.has(line)) { line.remove(); this.others.delete(key); }
    let at = this.element.firstChild;
    for (const element of wanted) {
      if (element === at) at = at.nextSibling;
      else this.element.insertBefore(element, at);
    }
  }
}
