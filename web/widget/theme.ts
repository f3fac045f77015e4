// SPDX-License-Identifier: Apache-2.0
// Light or dark, and the site's accent with text on it that can be read.
import { contrast, readable, Rgb } from "./format";

const paper: Record<"light" | "dark", Rgb> = { light: [255, 255, 255], dark: [27, 32, 40] };
const ground: Record<"light" | "dark", Rgb> = { light: [245, 246, 248], dark: [19, 23, 29] };
const ours: Rgb = [36, 86, 201];
const ink: Rgb = [11, 18, 32], white: Rgb = [255, 255, 255];

/** Any CSS colour as numbers, by painting it: the parser is the browser's. */
function toRgb(colour: string): Rgb | null {
  if (!CSS.supports("color", colour)) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (!brush) return null;
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data;
  return a === 255 ? [r!, g!, b!] : null;
}

export function dress(root: HTMLElement, accent: string | null, fixed: "light" | "dark" | null) {
  const wanted = accent ? toRgb(accent) : null, query = matchMedia("(prefers-color-scheme: dark)");
  const put = (name: string, [r, g, b]: Rgb) => root.style.setProperty(name, `rgb(${r} ${g} ${b})`);
  const paint = () => {
    const mode = fixed ?? (query.matches ? "dark" : "light");
    let colour = wanted ?? ours;
    // White is what people expect on a colour; a dark ink takes over where white cannot be read.
    const on = contrast(colour, white) >= 4.5 ? white : ink;
    if (contrast(colour, on) < 4.5) colour = readable(colour, on);
    root.classList.toggle("dark", mode === "dark");
    put("--accent", colour);
    put("--on-accent", on);
    put("--accent-text", readable(readable(colour, paper[mode]), ground[mode]));
  };
  paint();
  if (!fixed) query.addEventListener("change", paint);
}
