// SPDX-License-Identifier: Apache-2.0
// Bundles the console's pages into web/dist/pages and the chat widget into web/dist/chat, which the daemon embeds whole. A page is a chunk
// of its own: whatever src/routes.ts imports lazily, with its styles, is picked up here. Names carry a hash of the bytes, so that browsers
// keep them for ever.
import { build, transform } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "dist"), pages = join(out, "pages"), assets = join(pages, "assets"), chat = join(out, "chat"), widget = join(here, "widget");
const limits = { pages: 150 * 1024, widget: 30 * 1024 };
const weight = (file) => gzipSync(readFileSync(file), { level: 9 }).length;

/** Says what came out; what users were promised is not exceeded by accident. */
function weigh(name, bytes, limit) {
  console.log(`${name}: ${bytes} bytes gzipped of ${limit}`);
  if (bytes > limit) throw new Error(`${name}: too heavy.`);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(assets, { recursive: true });
mkdirSync(chat, { recursive: true });

/** `import sheet from "./page.css?sheet"` gives the address of a style sheet that a lazy page loads with itself. */
const sheets = {
  name: "sheets",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.css\?sheet$/ }, ({ path, resolveDir }) => ({ path: resolve(resolveDir, path.slice(0, -"?sheet".length)), namespace: "sheet" }));
    onLoad({ filter: /.*/, namespace: "sheet" }, async ({ path }) => {
      const made = await build({ entryPoints: [path], bundle: true, minify: true, write: false, outdir: assets, entryNames: "[name]-[hash]", logLevel: "warning" });
      const [file] = made.outputFiles;
      writeFileSync(file.path, file.contents);
      return { contents: `export default ${JSON.stringify(`/${relative(pages, file.path)}`)}`, loader: "js", watchFiles: [path] };
    });
  },
};
const made = await build({
  entryPoints: [join(here, "src/console.tsx")], bundle: true, splitting: true, minify: true, target: "es2022", format: "esm", outdir: assets,
  entryNames: "[name]-[hash]", chunkNames: "[name]-[hash]", jsx: "automatic", jsxImportSource: "preact", logLevel: "warning", metafile: true,
  plugins: [sheets],
});
const [entry, { cssBundle }] = Object.entries(made.metafile.outputs).find(([, output]) => output.entryPoint?.endsWith("src/console.tsx"));
const address = (file) => `/${relative(pages, resolve(file))}`;
writeFileSync(join(pages, "index.html"), readFileSync(join(here, "src/index.html"), "utf8")
  .replace("console.css", () => address(cssBundle)).replace("console.js", () => address(entry)));
copyFileSync(join(here, "src/mail.html"), join(pages, "mail.html"));
weigh("pages", readdirSync(assets).reduce((sum, name) => sum + weight(join(assets, name)), 0), limits.pages);

// The widget is one file on other people's pages: its styles travel inside, and its weight is a promise.
const styles = (await transform(readFileSync(join(widget, "widget.css"), "utf8"), { loader: "css", minify: true })).code;
await build({
  entryPoints: [join(widget, "widget.ts")], bundle: true, minify: true, target: "es2019", format: "iife", charset: "utf8",
  outfile: join(chat, "widget.js"), logLevel: "warning", legalComments: "none",
  plugins: [{ name: "css-text", setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, () => ({ contents: styles, loader: "text" })) }],
});
writeFileSync(join(chat, "widget.css"), styles);
for (const name of ["demo.html", "demo.css", "demo.js"]) copyFileSync(join(widget, name), join(chat, name));
weigh("chat/widget.js", weight(join(chat, "widget.js")), limits.widget);
