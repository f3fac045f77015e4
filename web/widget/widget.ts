// SPDX-License-Identifier: Apache-2.0
// The script a site embeds: <script src="https://desk.example.com/chat/widget.js" data-channel="web" async></script>
import { Attention } from "./attention";
import { Conversation } from "./conversation";
import { h } from "./dom";
import { Options, profileOf, readOptions, Who } from "./options";
import { Panel } from "./panel";
import { Clock, prefixed, Socket, storedLocks, webLocks } from "./ports";
import { languages, pickLanguage } from "./texts";
import { dress } from "./theme";
import css from "./widget.css";

interface Api { open(): void; close(): void; identify(who: Who): void; shutdown(): void }
declare global { interface Window { DeskwireChat?: Api } }

const clock: Clock = { now: () => Date.now(), later: (ms, work) => { const id = setTimeout(work, ms); return () => clearTimeout(id); } };

/** Version 4; randomUUID is missing on pages without https. */
function uuid(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 15) | 64;
  bytes[8] = (bytes[8]! & 63) | 128;
  return [...bytes].map((byte, at) => ([4, 6, 8, 10].includes(at) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
}

/** Styles the page's Content-Security-Policy has no say in; older browsers load them as a file from the desk. */
function style(root: ShadowRoot, base: string) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(h("link", { rel: "stylesheet", href: `${base}widget.css` }));
  }
}

function start(options: Options): Api {
  const { base, channel } = options, prefix = `deskwire.chat|${base}${channel}|`;
  const shared = prefixed(() => localStorage, prefix), drafts = prefixed(() => sessionStorage, prefix);
  const language = pickLanguage([options.lang, document.documentElement.lang, ...navigator.languages]);
  const locale = navigator.languages.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
  const chat = new Conversation({
    store: shared, clock, uuid, random: Math.random,
    locks: navigator.locks ? webLocks(navigator.locks, prefix) : storedLocks(shared, clock, uuid),
    open: () => new WebSocket(`${base.replace(/^http/, "ws")}${channel}`, "deskwire.chat.v1") as Socket,
  }, { ...options.profile, language, page: location.href });
  const panel = new Panel({ chat, texts: languages[language]!, language, locale, base, channel, shared, drafts }, options.side);
  const attention = new Attention(), host = h("div", { id: "deskwire-chat" }), shadow = host.attachShadow({ mode: "open" });
  style(shadow, base);
  dress(panel.root, options.accent, options.theme);
  shadow.append(panel.root);

  let asked = false;
  const show = () => {
    if (asked) return;
    asked = true;
    // One picture for all that changed in this turn.
    queueMicrotask(() => { asked = false; panel.render(); attention.show(chat.unread()); });
  };
  chat.onChange = show;
  panel.onSeen = () => chat.read();

  const ears = new AbortController(), { signal } = ears;
  const on = (target: EventTarget, type: string, work: (event: any) => void) => target.addEventListener(type, work, { signal });
  on(window, "storage", (event: StorageEvent) => { if (event.key?.startsWith(prefix)) chat.stored(event.key.slice(prefix.length)); });
  on(window, "online", () => chat.nudge());
  on(window, "offline", () => chat.offline());
  on(window, "pagehide", () => chat.suspend());
  on(window, "pageshow", (event: PageTransitionEvent) => { if (event.persisted) chat.wake(); });
  on(document, "visibilitychange", () => { if (document.visibilityState === "visible") { chat.nudge(); show(); } });

  // Beside the body, so that a page that replaces or transforms its body takes nothing along.
  document.documentElement.append(host);
  void chat.begin();
  if (options.open || panel.wasOpen()) panel.open(true);

  return {
    open: () => panel.open(),
    close: () => panel.close(),
    identify: (who) => chat.identify(profileOf(who)),
    shutdown: () => {
      ears.abort();
      chat.shutdown();
      attention.show(0);
      for (const key of ["draft", "open"]) drafts.remove(key);
      host.remove();
      delete window.DeskwireChat;
    },
  };
}

// currentScript must be asked while the script runs; a second copy on the page stays quiet.
const script = (document.currentScript ?? document.querySelector('script[src*="/chat/widget.js"]')) as HTMLScriptElement | null;
if (script && !window.DeskwireChat) window.DeskwireChat = start(readOptions(script));
