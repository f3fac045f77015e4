// SPDX-License-Identifier: Apache-2.0
// One Chromium that looks at a desk: console_page.mjs BASE TOKEN, orders as JSON lines on standard input, an answer each:
//   {"do":"board","queue":NAME}   shows the board and notes when each count of what waits was painted
//   {"do":"painted"}              [[count, ms since 1970], …]
//   {"do":"scroll","rows":N}      the agent's list to its end: rows seen, long tasks while it moved
//   {"do":"heap"}                 bytes of JavaScript after a collection
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [base, token] = process.argv.slice(2);
const { chromium } = createRequire(new URL("../../tests/e2e/package.json", import.meta.url))("playwright-core");
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce" });
await context.addInitScript((key) => {
  sessionStorage.setItem("deskwire.token", key);
  window.benchTasks = [];
  new PerformanceObserver((list) => window.benchTasks.push(...list.getEntries().map((task) => task.duration))).observe({ entryTypes: ["longtask"] });
}, token);
const page = await context.newPage();

/** Notes in the frame after which the row stands there: a change is drawn with this frame, and seen with the next. */
function watch(queue) {
  const seen = window.benchSeen = [];
  let last = -1, asked = false;
  const look = () => {
    const label = document.querySelector(`[aria-label^="Waiting in ${queue}:"]`)?.getAttribute("aria-label");
    const count = label ? Number(label.split(": ")[1]) : last;
    if (count === last) return;
    last = count;
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      const drawn = new MessageChannel(), at = last;
      asked = false;
      drawn.port1.onmessage = () => seen.push([at, performance.timeOrigin + performance.now()]);
      drawn.port2.postMessage(0);
    });
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  look();
}

/** The list to its end, a screen a frame; what stands in the rows by number. */
async function scroll(rows) {
  const box = document.querySelector(".left-scroll"), found = new Set();
  window.benchTasks.length = 0;
  const began = performance.now();
  for (let still = 0; found.size < rows && still < 200;) {
    const before = box.scrollTop;
    box.scrollTop += box.clientHeight / 2;
    await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve));
    for (const row of document.querySelectorAll(".line[data-ticket]")) found.add(row.dataset.ticket);
    still = box.scrollTop === before ? still + 1 : 0;
  }
  return { rows: found.size, seconds: (performance.now() - began) / 1000, tasks: [...window.benchTasks] };
}

const orders = {
  async board({ queue }) {
    await page.goto(`${base}#/board`);
    await page.locator(".board-table").first().waitFor();
    await page.evaluate(watch, queue);
  },
  painted: () => page.evaluate(() => window.benchSeen),
  async scroll({ rows }) {
    await page.goto("about:blank");
    await page.goto(`${base}#/`);
    await page.locator(".line[data-ticket]").first().waitFor();
    return page.evaluate(scroll, rows);
  },
  async heap() {
    const cdp = await context.newCDPSession(page);
    await cdp.send("HeapProfiler.enable");
    for (let i = 0; i < 3; i++) await cdp.send("HeapProfiler.collectGarbage");
    await cdp.send("Performance.enable");
    const { metrics } = await cdp.send("Performance.getMetrics");
    await cdp.detach();
    return metrics.find((one) => one.name === "JSHeapUsedSize").value;
  },
};
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  console.log(JSON.stringify((await orders[order.do](order)) ?? null));
}
await browser.close();
