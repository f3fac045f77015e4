// SPDX-License-Identifier: Apache-2.0
// The button and the panel: what is shown when, focus, keys, and the phone's whole screen.
import { Composer } from "./composer";
import type { Conversation } from "./conversation";
import { fill, h, icon, say } from "./dom";
import { preChat, ratingForm } from "./forms";
import { clockTime, minutes, opening } from "./format";
import { Log } from "./log";
import type { Store } from "./ports";
import type { Texts } from "./texts";
import type { Config } from "./wire";

const phone = "(max-width: 480px), (max-height: 440px)", bannerAfterMs = 1500, typingShownMs = 15000, closesSoonMs = 120000;
const unknown: Config = { name: "", greeting: null, open: true, opens_at: null, closed_message: null, ask_for: [], max_upload_bytes: 0, text_bytes: 8192 };

/** `language` is that of the texts, `locale` also knows the visitor's region and so how times are written there. */
export interface Place { chat: Conversation; texts: Texts; language: string; locale: string; base: string; channel: string; shared: Store; drafts: Store }

export class Panel {
  readonly root: HTMLElement;
  opened = false;
  /** A tab in the background has not seen anything. */
  onSeen: () => void = () => {};
  private launcher: HTMLButtonElement;
  private badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  private sign = h("span");
  private panel: HTMLElement;
  private heading = h("h2");
  private dot = h("span", { class: "dot", "aria-hidden": "true" });
  private presence = h("span");
  private endButton: HTMLButtonElement;
  private banner: HTMLElement;
  private bannerText = h("p");
  private scroll: HTMLElement;
  private welcome = h("div", { class: "welcome" }, h("div", { class: "bone" }), h("div", { class: "bone short" }));
  private before = h("div", { class: "before" });
  private after = h("div");
  private status = h("div", { class: "status", role: "status" });
  private more: HTMLButtonElement;
  private drop: HTMLElement;
  private sheet = h("div", { class: "sheet", hidden: true });
  private log: Log;
  private composer: Composer;
  private config: Config | null = null;
  private asking = false;
  private covered = false;
  private pinned = true;
  private announced = -1;
  private announcer = h("span", { class: "hidden-text", role: "status" });
  private asked = "";
  private lostSince = 0;
  private typingSince = 0;
  private statusShown = "";
  private returnTo: HTMLElement | null = null;
  private full = matchMedia(phone);

  constructor(private place: Place, side: "left" | "right") {
    const { chat, texts, language, locale, base, channel, drafts } = place;
    this.log = new Log(chat, texts, locale, base);
    this.composer = new Composer(chat, texts, locale, `${base}${channel}/uploads`, drafts, () => this.config ?? unknown);
    this.launcher = h("button", { class: "launcher", type: "button", "aria-haspopup": "dialog", "aria-controls": "panel", onclick: () => this.toggle() }, this.sign, this.badge);
    this.endButton = h("button", { class: "tool text", type: "button", hidden: true, onclick: () => this.askEnd() }, texts.end);
    this.banner = h("div", { class: "banner", hidden: true }, h("div", { role: "status" }, this.bannerText),
      h("button", { class: "plain", type: "button", onclick: () => chat.nudge() }, texts.tryNow));
    this.banner.firstElementChild!.setAttribute("class", "grow");
    this.more = h("button", { class: "more", type: "button", hidden: true, onclick: () => this.toEnd() }, icon("down"), texts.newMessages);
    this.scroll = h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": texts.title, onscroll: () => { if ((this.pinned = this.atEnd())) { this.more.hidden = true; this.seen(); } } },
      this.welcome, this.before, this.log.element, this.after);
    this.drop = h("div", { class: "drop", hidden: true, "aria-hidden": "true" }, icon("attach"), texts.drop);
    this.panel = h("div", { class: "panel", id: "panel", role: "dialog", "aria-label": texts.title, tabIndex: -1, hidden: true },
      h("div", { class: "head" }, h("div", { class: "who" }, this.heading, h("p", { class: "presence" }, this.dot, this.presence)), this.endButton,
        h("button", { class: "tool", type: "button", "aria-label": texts.close, title: texts.close, onclick: () => this.close() }, icon("close"))),
      h("div", { class: "middle" }, this.banner, this.scroll, this.more, this.drop, this.sheet),
      this.status, this.composer.element);
    this.root = h("div", { class: `root${side === "left" ? " left" : ""}`, lang: language, dir: "ltr" }, this.launcher, this.panel, this.announcer);
    this.wire();
    this.render();
  }

  toggle() { this.opened ? this.close() : this.open(); }

  /** `quietly`: by the page, not by the visitor, so the focus stays where it is. */
  open(quietly = false) {
    if (this.opened) return;
    this.opened = true;
    const root = this.root.getRootNode() as ShadowRoot, active = root.activeElement ?? document.activeElement;
    this.returnTo = !quietly && active instanceof HTMLElement && active !== document.body && active !== root.host ? active : null;
    this.panel.hidden = false;
    this.place.drafts.set("open", "1");
    this.measure();
    this.composer.fit();
    // What is already said is read by who wants to, not announced from the start.
    this.log.element.setAttribute("aria-live", "off");
    setTimeout(() => this.log.element.setAttribute("aria-live", "polite"), 1500);
    if (!this.config) void this.ask();
    this.place.chat.nudge();
    this.render();
    this.toEnd();
    if (!quietly) this.focus();
    this.seen();
  }

  close() {
    if (!this.opened) return;
    this.opened = false;
    const inside = (this.root.getRootNode() as ShadowRoot).activeElement;
    this.panel.hidden = true;
    this.place.drafts.remove("open");
    this.render();
    if (inside) (this.returnTo?.isConnected ? this.returnTo : this.launcher).focus();
  }

  wasOpen() { return this.place.drafts.get("open") === "1" && !this.full.matches; }

  render() {
    const { chat, texts } = this.place, unread = chat.unread();
    this.root.classList.toggle("opened", this.opened);
    this.root.classList.toggle("full", this.full.matches);
    this.launcher.setAttribute("aria-expanded", String(this.opened));
    this.launcher.setAttribute("aria-label", (this.opened ? texts.close : texts.open) + (unread ? `, ${texts.unread(unread)}` : ""));
    this.badge.hidden = !unread || this.opened;
    if (this.sign.dataset.open !== String(this.opened)) {
      this.sign.dataset.open = String(this.opened);
      fill(this.sign, this.opened ? icon("down") : icon("chat", true));
    }
    if (!this.opened && this.announced >= 0 && unread > this.announced) say(this.announcer, texts.unread(unread));
    this.announced = unread;
    say(this.badge, unread > 99 ? "99+" : String(unread));
    if (!this.opened) return;
    const end = this.pinned, count = this.log.element.childElementCount;
    this.full.matches ? this.panel.setAttribute("aria-modal", "true") : this.panel.removeAttribute("aria-modal");
    this.renderHead();
    this.renderBanner();
    this.renderForms();
    this.log.render();
    this.renderStatus();
    const own = chat.outbox.entries.some((entry) => !entry.sent && !entry.failed);
    if (end || (own && this.log.element.childElementCount > count)) this.toEnd();
    else if (this.log.element.childElementCount > count) this.more.hidden = false;
    this.seen();
  }

  // ---- Parts -----------------------------------------------------------------------------------------------------------

  private renderHead() {
    const { chat, texts, locale } = this.place, { config } = this, state = chat.state;
    const open = state?.open ?? config?.open ?? true, at = state ? state.opens_at : config?.opens_at ?? null;
    const name = config?.name || texts.title;
    say(this.heading, state?.agent?.name ?? name);
    this.panel.setAttribute("aria-label", `${texts.title}: ${name}`);
    this.dot.classList.toggle("on", open);
    const hours = open ? texts.openNow : texts.closedNow + (at ? ` · ${texts.opens(opening(Date.parse(at), Date.now(), texts, locale))}` : "");
    say(this.presence, state?.agent ? (name === texts.title ? texts.openNow : name) : config || state ? hours : texts.connecting);
    this.endButton.hidden = this.covered || !(chat.messages.length && state && !state.ended);
    if (!config) return;
    const closed = config.closed_message ?? texts.closed, greeting = h("p", { class: "hello", dir: "auto" }, config.greeting || texts.greeting);
    const key = `${open}`;
    if (this.welcome.dataset.key === key) return;
    this.welcome.dataset.key = key;
    fill(this.welcome, greeting, !open && h("p", { class: "hours", dir: "auto" }, icon("clock"), h("span", {}, closed)));
  }

  private renderBanner() {
    const { chat, texts } = this.place;
    if (chat.phase !== "lost") { this.lostSince = 0; this.banner.hidden = true; return; }
    this.lostSince ||= Date.now();
    const left = this.lostSince + bannerAfterMs - Date.now();
    if (left > 0) return void setTimeout(() => this.render(), left + 10);
    this.banner.hidden = false;
    const head = navigator.onLine ? texts.lost : texts.offline;
    if (this.bannerText.textContent !== `${head} ${texts.lostKept}`) fill(this.bannerText, h("b", {}, head), ` ${texts.lostKept}`);
  }

  private renderForms() {
    const { chat, texts, shared } = this.place, fresh = !chat.token && !chat.outbox.entries.length;
    const known = { ...chat.profileKnown() } as Record<string, unknown>;
    const ask = fresh ? (this.config?.ask_for ?? []).filter((name) => (name === "name" || name === "email") && !known[name]) : [];
    const key = ask.join();
    if (key !== this.asked) {
      this.asked = key;
      fill(this.before, ask.length > 0 && preChat(texts, ask, ({ text, ...who }) => {
        chat.identify(who);
        chat.send(text);
        this.render();
        this.composer.field.focus();
      }));
    }
    const form = ask.length > 0 || (fresh && !this.config);
    this.composer.element.hidden = this.status.hidden = form || this.covered;
    this.scroll.tabIndex = form ? -1 : 0;
    if (chat.state && !chat.state.ended) shared.remove("rated");
    const rate = !!chat.state?.ended && !shared.get("rated");
    if (rate === !!this.after.firstChild) return;
    fill(this.after, rate && h("div", { class: "card" }, ratingForm(texts, false, async (rating, comment) => { await chat.end(rating, comment); this.rated(); },
      () => { shared.set("rated", "0"); this.render(); })));
  }

  private renderStatus() {
    const { chat, texts, locale } = this.place, state = chat.state;
    const typing = !!state?.agent_typing && chat.phase === "live";
    if (!typing) this.typingSince = 0;
    else if (!this.typingSince) { this.typingSince = Date.now(); setTimeout(() => this.render(), typingShownMs + 50); }
    const dots = typing && Date.now() - this.typingSince < typingShownMs;
    const closes = state?.idle_closes_at ? Date.parse(state.idle_closes_at) : 0;
    let text = "", wait = false;
    if (dots) text = texts.typing(state!.agent?.name ?? texts.someone);
    else if (state?.ended) text = shownEnd(this.place.shared, texts);
    else if (state?.waiting) { text = this.waiting(state.waiting); wait = true; }
    else if (closes && closes - Date.now() < closesSoonMs) text = texts.closesAt(clockTime(closes, locale));
    else if (chat.phase === "connecting" && !chat.messages.length) text = texts.connecting;
    const key = `${dots}${wait}${text}`;
    if (key === this.statusShown) return;
    this.statusShown = key;
    this.status.className = wait ? "status wait" : "status";
    fill(this.status, dots && h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), wait && icon("clock"), text && h("span", {}, text));
  }

  private waiting({ position, wait_p50_s, wait_p90_s }: { position: number; wait_p50_s: number | null; wait_p90_s: number | null }) {
    const { texts, language } = this.place, place = position <= 1 ? texts.next : texts.waiting(position);
    if (wait_p50_s === null || wait_p90_s === null) return place;
    const [low, high] = minutes(wait_p50_s, wait_p90_s);
    return `${place}${language === "zh" ? "，" : ", "}${texts.about(low, high)}`;
  }

  private askEnd() {
    const { chat, texts } = this.place, back = () => { this.cover(false); this.endButton.hidden ? this.composer.field.focus() : this.endButton.focus(); };
    fill(this.sheet, ratingForm(texts, true, async (rating, comment) => {
      await chat.end(rating, comment);
      if (rating) this.rated(); else this.place.shared.set("rated", "0");
      back();
      this.render();
    }, back));
    this.cover(true);
    this.sheet.querySelector("input")!.focus();
  }

  private cover(covered: boolean) {
    this.sheet.hidden = !covered;
    this.covered = covered;
    this.scroll.inert = covered;
    this.render();
    if (!covered) fill(this.sheet);
  }

  private rated() {
    this.place.shared.set("rated", "1");
    this.statusShown = "";
    this.render();
  }

  private async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      const answer = await fetch(`${this.place.base}${this.place.channel}/config`, { credentials: "omit" });
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.config = { ...unknown, ...(await answer.json()) };
      const waits = (this.root.getRootNode() as ShadowRoot).activeElement === this.panel;
      this.render();
      this.toEnd();
      if (waits && this.opened) this.focus();
    } catch {
      setTimeout(() => { if (this.opened) void this.ask(); }, 5000);
    }
    this.asking = false;
  }

  // ---- Focus, keys, place ----------------------------------------------------------------------------------------------

  private focus() {
    const first = this.before.querySelector<HTMLElement>("input, textarea") ?? (this.composer.element.hidden ? null : this.composer.field);
    // On a phone the focus would bring up the keyboard over what there is to read.
    (matchMedia("(pointer: coarse)").matches || !first ? this.panel : first).focus();
  }

  private wire() {
    const { root, panel } = this;
    this.full.addEventListener("change", () => { this.measure(); this.render(); });
    // Whoever reads the newest keeps seeing it when the composer grows or a picture takes its place.
    const settle = new ResizeObserver(() => { if (this.pinned && !this.before.firstChild) this.toEnd(); });
    for (const element of [this.scroll, this.log.element, this.after]) settle.observe(element);
    window.visualViewport?.addEventListener("resize", () => this.measure());
    window.visualViewport?.addEventListener("scroll", () => this.measure());
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.preventDefault();
        if (this.sheet.hidden) this.close();
        else this.sheet.querySelector<HTMLElement>(".plain")!.click();
      }
      if (event.key === "Tab" && this.full.matches) this.trap(event);
    });
    // The page's shortcuts are not for what is typed here.
    for (const type of ["keydown", "keyup", "keypress", "input", "paste"]) root.addEventListener(type, (event) => event.stopPropagation());
    const files = (event: DragEvent) => !this.composer.element.hidden && !!event.dataTransfer?.types.includes("Files");
    for (const type of ["dragenter", "dragover"] as const) panel.addEventListener(type, (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.drop.hidden = !files(event);
    });
    panel.addEventListener("dragleave", (event) => { if (!panel.contains(event.relatedTarget as Node | null)) this.drop.hidden = true; });
    panel.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      this.drop.hidden = true;
      if (files(event)) this.composer.add([...event.dataTransfer!.files]);
    });
  }

  private trap(event: KeyboardEvent) {
    const stops = [...this.panel.querySelectorAll<HTMLElement>("button, input, textarea, a[href], [tabindex='0']")]
      .filter((element) => element.tabIndex >= 0 && !element.closest("[inert]") && element.getClientRects().length > 0);
    const active = (this.root.getRootNode() as ShadowRoot).activeElement, first = stops[0], last = stops[stops.length - 1];
    if (event.shiftKey ? active === first || active === this.panel : active === last) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }

  /** The part of the screen the keyboard leaves. */
  private measure() {
    const view = window.visualViewport, { style } = this.panel;
    if (!this.opened || !this.full.matches || !view) { style.height = style.top = ""; return; }
    style.height = `${view.height}px`;
    style.top = `${view.offsetTop}px`;
  }

  private atEnd() { return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 48; }

  private toEnd() {
    this.more.hidden = true;
    this.pinned = true;
    this.scroll.scrollTop = this.before.firstChild ? 0 : this.scroll.scrollHeight;
  }

  private seen() {
    if (this.opened && document.visibilityState === "visible" && this.atEnd()) this.onSeen();
  }
}

function shownEnd(shared: Store, texts: Texts) {
  return shared.get("rated") === "1" ? `${texts.thanks} ${texts.ended}` : texts.ended;
}
