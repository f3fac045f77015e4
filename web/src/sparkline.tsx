// SPDX-License-Identifier: Apache-2.0
// Two hours of a queue in a line's height. The drawing library comes with the first of them.
import { useEffect, useRef } from "preact/hooks";
import { theme } from "./theme";
import { hour } from "./time";

const slotMs = 5 * 60000, size = { width: 112, height: 26 };

function labelOf(name: string, counts: number[], newestAt: string): string {
  const all = counts.reduce((sum, n) => sum + n, 0), from = new Date(Date.parse(newestAt) - (counts.length - 1) * slotMs);
  return `${name} since ${hour(from.toISOString())}: ${all}, ${counts.at(-1) ?? 0} in the last five minutes`;
}

export function Sparkline({ name, counts, newestAt, tone }: { name: string; counts: number[]; newestAt: string; tone: "in" | "out" }) {
  const box = useRef<HTMLSpanElement>(null), key = counts.join();
  useEffect(() => {
    let plot: { setData(data: number[][]): void; destroy(): void } | null = null, wanted = true;
    void import("uplot").then(({ default: Plot }) => {
      if (!wanted || !box.current) return;
      const line = getComputedStyle(box.current).color;
      plot = new Plot({
        ...size, cursor: { show: false }, legend: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 }, padding: [2, 0, 2, 0],
        axes: [{ show: false }, { show: false }], scales: { x: { time: false }, y: { range: (_, _least, most) => [0, Math.max(1, most)] } },
        series: [{}, { stroke: line, width: 1.5, fill: `color-mix(in srgb, ${line} 18%, transparent)`, points: { show: false }, paths: Plot.paths.stepped!({ align: -1 }) }],
      }, [counts.map((_, n) => n), counts], box.current) as never;
    });
    return () => { wanted = false; plot?.destroy(); };
  }, [key, theme.value]);
  const label = labelOf(name, counts, newestAt);
  return <span ref={box} class={`sparkline ${tone}`} role="img" aria-label={label} title={label} />;
}
