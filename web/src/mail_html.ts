// SPDX-License-Identifier: Apache-2.0
// Cleans the HTML of a mail and puts it into a frame. DOMPurify works inside the frame's own document, so nothing of the mail is ever
// parsed in the page's; its nodes are moved, never written as text and read again.
import DOMPurify from "dompurify";
import { withoutRemote } from "./css_urls";
import { fetchRest } from "./desk";
import type { Message } from "./wire";
import { isPicture } from "./words";

const base = `:root { color-scheme: light; } html { background: #fff; } body { margin: 12px; font: 14px/1.5 system-ui, sans-serif; color: #1b2330; overflow-wrap: anywhere; }
  img { max-width: 100%; height: auto; } table { max-width: 100%; } img[data-elsewhere] { outline: 1px dashed #b9c0ca; min-width: 12px; min-height: 12px; } a { color: #2b5cd9; }`;
const limits = { picture: 5 << 20, height: 20_000 };
const webAddress = /^https?:/i;

/** Attributes that load something; whatever else names an address is not allowed at all. */
const loading = ["src", "srcset", "background", "poster"];

/** What says how a mail looks and is no address, so that it is not looked at as one. */
const looks = ["align", "bgcolor", "border", "cellpadding", "cellspacing", "color", "colspan", "dir", "face", "headers", "height", "hspace", "lang", "noshade", "nowrap", "rowspan",
  "scope", "size", "span", "start", "type", "valign", "vspace", "width"];

interface Cleaned { body: HTMLElement; remote: number }

function clean(frame: Window & typeof globalThis, html: string, pictures: boolean): Cleaned {
  const purify = DOMPurify(frame);
  let remote = 0;
  const elsewhere = (element: Element) => {
    remote++;
    if (element.tagName === "IMG") element.setAttribute("data-elsewhere", "");
  };
  purify.addHook("uponSanitizeAttribute", (element, data) => {
    if (data.attrName === "style") data.attrValue = pictures ? data.attrValue : withoutRemote(data.attrValue, () => remote++);
    if (!loading.includes(data.attrName) || /^(cid|data):/i.test(data.attrValue.trim())) return;
    if (pictures && webAddress.test(data.attrValue.trim())) return;
    data.keepAttr = false;
    if (webAddress.test(data.attrValue.trim()) && data.attrName !== "srcset") elsewhere(element);
  });
  purify.addHook("afterSanitizeAttributes", (element) => {
    if (element.tagName === "STYLE" && !pictures) element.textContent = withoutRemote(element.textContent ?? "", () => remote++);
    if (element.tagName !== "A" && element.tagName !== "AREA") return;
    element.setAttribute("target", "_blank");
    element.setAttribute("rel", "noopener noreferrer nofollow");
  });
  const body = purify.sanitize(html, {
    RETURN_DOM: true, WHOLE_DOCUMENT: false, FORCE_BODY: true, ADD_ATTR: ["target", "background", "bgcolor"], ALLOW_DATA_ATTR: false,
    ADD_URI_SAFE_ATTR: looks,
    ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel|cid):|data:image\/(?:png|jpeg|gif|webp)[;,])/i,
    FORBID_TAGS: ["form", "input", "button", "select", "textarea", "option", "svg", "math", "audio", "video", "source", "iframe", "object", "embed", "link", "meta", "base", "dialog", "details"],
    FORBID_ATTR: ["autofocus", "tabindex", "accesskey", "contenteditable", "popover", "usemap", "ping", "name", "id"],
  }) as HTMLElement;
  return { body, remote };
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** As the mail's `Content-ID` has it; what is not well encoded stands for itself. */
function contentIdOf(src: string): string {
  const id = src.slice("cid:".length);
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

/** Pictures that came with the mail, by their `cid:`; the frame has no origin's cookies of its own, so the page fetches them. */
async function fillOwnPictures(body: HTMLElement, message: Message) {
  const byId = new Map(message.attachments.filter((file) => file.content_id && isPicture(file) && file.size_bytes <= limits.picture).map((file) => [file.content_id!, file]));
  await Promise.all([...body.querySelectorAll<HTMLImageElement>("img[src^='cid:' i]")].map(async (picture) => {
    const file = byId.get(contentIdOf(picture.getAttribute("src")!));
    picture.removeAttribute("src");
    if (file) picture.src = await dataUrl(await (await fetchRest(`/messages/${message.id}/attachments/${file.n}`)).blob());
  }));
}

export interface Put {
  /** How many pictures from elsewhere were left out. */
  remote: number;
  stop: () => void;
}

/** Fills the frame, whose empty document is loaded, and keeps it as high as what is in it. */
export async function putMail(box: HTMLIFrameElement, html: string, message: Message, pictures: boolean): Promise<Put> {
  const inner = box.contentDocument!, { body, remote } = clean(box.contentWindow as Window & typeof globalThis, html, pictures);
  await fillOwnPictures(body, message);
  const style = inner.createElement("style");
  style.textContent = base;
  inner.head.append(style);
  inner.body.replaceChildren(...body.childNodes);
  const fit = () => (box.style.height = `${Math.min(limits.height, inner.documentElement.scrollHeight)}px`);
  fit();
  const sized = new ResizeObserver(fit);
  sized.observe(inner.body);
  return { remote, stop: () => sized.disconnect() };
}
