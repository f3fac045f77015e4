// SPDX-License-Identifier: Apache-2.0
// Compiles the widget's unit tests and runs them with node's own runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const tests = join(here, "widget/tests"), out = join(here, "node_modules/.cache/widget-tests");
rmSync(out, { recursive: true, force: true });
const files = readdirSync(tests).filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: files.map((name) => join(tests, name)), bundle: true, platform: "node", format: "esm", target: "node18",
  outdir: out, outExtension: { ".js": ".mjs" }, sourcemap: "inline", logLevel: "warning",
});
const done = spawnSync(process.execPath, ["--test", ...files.map((name) => join(out, name.replace(/\.ts$/, ".mjs")))], { stdio: "inherit" });
process.exit(done.status ?? 1);
