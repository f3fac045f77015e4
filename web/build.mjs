// SPDX-License-Identifier: Apache-2.0
// Bundles the console page and the chat widget into web/dist, which the daemon embeds.
import { build, transform } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "dist"), chat = join(out, "chat"), widget = join(here, "widget");
mkdirSync(join(out, "assets"), { recursive: true });
mkdirSync(chat, { recursive: true });
await build({
  entryPoints: [join(here, "src/console.tsx"), join(here, "src/console.css")],
  bundle: true, minify: true, target: "es2022", format: "esm", outdir: join(out, "assets"),
  jsx: "automatic", jsxImportSource: "preact", logLevel: "warning",
});
copyFileSync(join(here, "src/index.html"), join(out, "index.html"));

// The widget is one file on other people's pages: its styles travel inside, and its weight is a promise.
const limitBytes = 30 * 1024;
const styles = (await transform(readFileSync(join(widget, "widget.css"), "utf8"), { loader: "css", minify: true })).code;
await build({
  entryPoints: [join(widget, "widget.ts")], bundle: true, minify: true, target: "es2019", format: "iife", charset: "utf8",
  outfile: join(chat, "widget.js"), logLevel: "warning", legalComments: "none",
  plugins: [{ name: "css-text", setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, () => ({ contents: styles, loader: "text" })) }],
});
writeFileSync(join(chat, "widget.css"), styles);
for (const name of ["demo.html", "demo.css", "demo.js"]) copyFileSync(join(widget, name), join(chat, name));
const bytes = gzipSync(readFileSync(join(chat, "widget.js")), { level: 9 }).length;
console.log(`chat/widget.js: ${bytes} bytes gzipped of ${limitBytes}`);
if (bytes > limitBytes) throw new Error("The widget is too heavy.");
