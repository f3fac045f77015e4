// SPDX-License-Identifier: Apache-2.0
// Bundles the console page into web/dist, which the daemon embeds.
import { build } from "esbuild";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "dist");
mkdirSync(join(out, "assets"), { recursive: true });
await build({
  entryPoints: [join(here, "src/console.tsx"), join(here, "src/console.css")],
  bundle: true, minify: true, target: "es2022", format: "esm", outdir: join(out, "assets"),
  jsx: "automatic", jsxImportSource: "preact", logLevel: "warning",
});
copyFileSync(join(here, "src/index.html"), join(out, "index.html"));
