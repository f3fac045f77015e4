// SPDX-License-Identifier: Apache-2.0
// Line drawings, 24 by 24; decoration only: the words stand beside them or in the label.
const paths: Record<string, string> = {
  email: "M4 6h16v12H4zM4 7l8 6 8-6",
  sms: "M7 3h10v18H7zM11 18h2",
  voice: "M6 4l4 1 1 4-2 2a11 11 0 0 0 4 4l2-2 4 1 1 4a2 2 0 0 1-2 2A15 15 0 0 1 4 6a2 2 0 0 1 2-2z",
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  desk: "M4 5h16v4H4zM4 12h10M4 16h10",
  board: "M5 20V10M12 20V4M19 20v-7",
  wall: "M3 5h18v11H3zM9 20h6",
  keys: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v2M12 19v2M3 12h2M19 12h2M6 6l1 1M17 17l1 1M6 18l1-1M17 7l1-1",
  dark: "M19 14A8 8 0 1 1 10 5a6 6 0 0 0 9 9z",
  auto: "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 20h4",
  silent: "M6 16V11a6 6 0 0 1 9-5M18 12v4l2 2H4M4 4l16 16",
  admin: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2",
  me: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 21a8 8 0 0 1 16 0",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L20 20",
  write: "M12 5v14M5 12h14",
  leave: "M14 5H5v14h9M10 12h10M17 8l4 4-4 4",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
};

export function Icon({ name, label }: { name: string; label?: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"
      stroke-linejoin="round" role={label ? "img" : undefined} aria-label={label} aria-hidden={label ? undefined : true}>
      <path d={paths[name] ?? paths.file} />
    </svg>
  );
}
