// SPDX-License-Identifier: Apache-2.0
// Elements without markup strings: nothing here can turn content into HTML, and Trusted Types have nothing to refuse.

type Props = Record<string, unknown>;
export type Child = Node | string | null | undefined | false;

/** An element; `on…` are listeners, `class` and dashed names attributes, the rest properties. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    else if (name === "class" || name.includes("-") || name === "role" || name === "for") element.setAttribute(name, String(value));
    else (element as any)[name] = value;
  }
  fill(element, ...children);
  return element;
}

export function fill(element: Element, ...children: Child[]) {
  element.replaceChildren(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
}

/** Sets the text only when it differs, so that a live region says nothing twice. */
export function say(element: Element, text: string) {
  if (element.textContent !== text) element.textContent = text;
}

const svg = "http://www.w3.org/2000/svg";

const paths = {
  chat: "M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z",
  close: "M6 6l12 12M18 6L6 18", down: "M5 9l7 7 7-7", send: "M5 12h13M12 5l7 7-7 7",
  attach: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1L13 4.4a3.4 3.4 0 0 1 4.8 4.8l-8.3 8.2a1.7 1.7 0 0 1-2.4-2.4l7.6-7.5",
  file: "M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM14 3v5h5", end: "M15 4h3a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-3M10 8l-4 4 4 4M6 12h10",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
  check: "M4 13l5 5L20 7", checks: "M1.5 13l4.5 4.5L15 8M10.5 16l1.5 1.5L22 7.5", clock: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
};

export function icon(name: keyof typeof paths, filled = false): SVGElement {
  const picture = document.createElementNS(svg, "svg"), path = document.createElementNS(svg, "path");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  picture.setAttribute("class", filled ? "icon filled" : "icon");
  path.setAttribute("d", paths[name]);
  picture.append(path);
  return picture;
}
