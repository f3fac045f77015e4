// SPDX-License-Identifier: Apache-2.0
// Embeds the widget as a site would, for the channel of /chat/CHANNEL/demo, with options from the address.
const widget = document.createElement("script");
widget.src = "/chat/widget.js";
widget.async = true;
widget.dataset.channel = decodeURIComponent(location.pathname.split("/")[2] || "web");
for (const [name, value] of new URLSearchParams(location.search))
  if (/^(lang|side|accent|theme|name|email|open)$/.test(name)) widget.dataset[name] = value;
document.head.append(widget);
