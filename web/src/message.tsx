// SPDX-License-Identifier: Apache-2.0
// One message of the timeline. What a customer sent is text here and never markup; a mail's HTML is shown on request, in a frame of its own.
import { useState } from "preact/hooks";
import { agents } from "./desk";
import { Icon } from "./icons";
import { MailFrame } from "./mail_frame";
import { piecesOf } from "./text";
import { exact, hour } from "./time";
import type { Attachment, Message } from "./wire";
import { channelWord, isPicture, sizeWord } from "./words";

function Delivery({ message }: { message: Message }) {
  if (!message.delivery) return null;
  const { state, detail } = message.delivery;
  const shown = state === "failed" && detail ? `failed: ${detail}` : detail === "seen" ? "seen" : state;
  return <span class={`delivery ${state}`} title={detail ?? ""}>{shown}</span>;
}

const shownAtMostBytes = 5 << 20;
const addressOf = (message: Message, file: Attachment) => `/api/v1/messages/${message.id}/attachments/${file.n}`;

function Picture({ message, file }: { message: Message; file: Attachment }) {
  const [broken, setBroken] = useState(false);
  if (broken) return null;
  return (
    <a class="picture" href={addressOf(message, file)} target="_blank" rel="noopener">
      <img src={addressOf(message, file)} alt={file.name || "picture"} loading="lazy" onError={() => setBroken(true)} /></a>
  );
}

function Attachments({ message }: { message: Message }) {
  if (!message.attachments.length) return null;
  const pictures = message.attachments.filter((file) => isPicture(file) && file.size_bytes <= shownAtMostBytes);
  return (
    <>
      {pictures.length > 0 && <div class="pictures">{pictures.map((file) => <Picture key={file.n} message={message} file={file} />)}</div>}
      <ul class="attachments">
        {message.attachments.map((file) => (
          <li key={file.n}><a href={addressOf(message, file)} target="_blank" rel="noopener">
            <Icon name="file" /> {file.name || "attachment"} <span class="quiet">{sizeWord(file.size_bytes)}</span></a></li>
        ))}
      </ul>
    </>
  );
}

function Words({ message, text }: { message: Message; text: string }) {
  const isColleague = (name: string) => message.direction === "note" && agents.value.has(name);
  return (
    <pre class="body">
      {piecesOf(text, isColleague).map((piece, n) => (
        piece.href ? <a key={n} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">{piece.text}</a>
          : piece.mention ? <strong key={n} class="mention">{piece.text}</strong> : piece.text
      ))}
    </pre>
  );
}

/** A line of the timeline that nobody answers. */
export function Line({ at, text }: { at: string; text: string }) {
  return <p class="system quiet">{text} · <time title={exact(at)}>{hour(at)}</time></p>;
}

export function Card({ message }: { message: Message }) {
  const [whole, setWhole] = useState(false), [original, setOriginal] = useState(false);
  // Its words never left, and whoever took them back has them again.
  if (message.delivery?.state === "withdrawn") return <Line at={message.at} text={`${message.author.name || "Somebody"} took an answer back`} />;
  if (message.direction === "system") return <Line at={message.at} text={message.text} />;
  return (
    <article class={`message ${message.direction}`}>
      <header class="quiet row">
        <strong>{message.author.name || message.author.kind}</strong>
        {message.direction === "note" && <span>internal note</span>}
        {message.forwarded_by && <span>forwarded by {message.forwarded_by.name || message.forwarded_by.address}</span>}
        <span class="grow" />
        {message.direction !== "note" && <Icon name={message.channel} label={channelWord(message.channel)} />}
        <time title={exact(message.at)}>{hour(message.at)}</time>
        <Delivery message={message} />
      </header>
      {message.cc.length > 0 && <p class="quiet copies">cc {message.cc.map((one) => one.name || one.address).join(", ")}</p>}
      {original ? <MailFrame message={message} /> : <Words message={message} text={whole ? message.text : message.reply_text ?? message.text} />}
      {(message.reply_text !== null || message.has_html) && (
        <p class="views">
          {message.reply_text !== null && !original && (
            <button class="quoted" aria-expanded={whole} onClick={() => setWhole(!whole)}>{whole ? "Hide quoted text" : "Show quoted text"}</button>)}
          {message.has_html && (
            <button class="quoted" aria-pressed={original} onClick={() => setOriginal(!original)}>{original ? "Show as text" : "Show original"}</button>)}
        </p>
      )}
      <Attachments message={message} />
    </article>
  );
}
