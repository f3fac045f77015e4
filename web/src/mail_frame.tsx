// SPDX-License-Identifier: Apache-2.0
// A mail as its sender made it, in a document of its own in which nothing runs: /mail.html, whose policy allows no script, no form, and
// pictures from elsewhere only in its `?pictures` form. What is put into it was cleaned before.
import { useEffect, useRef, useState } from "preact/hooks";
import { fail, fetchRest } from "./desk";
import type { Message } from "./wire";

type State = { phase: "loading" } | { phase: "failed" } | { phase: "shown"; remote: number };

export function MailFrame({ message }: { message: Message }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [pictures, setPictures] = useState(false), [state, setState] = useState<State>({ phase: "loading" });
  useEffect(() => {
    const box = frame.current!;
    let wanted = true, stop = () => {};
    const fill = async () => {
      const [html, { putMail }] = await Promise.all([fetchRest(`/messages/${message.id}/html`).then((answer) => answer.text()), import("./mail_html")]);
      if (!wanted || !box.contentDocument) return;
      const put = await putMail(box, html, message, pictures);
      if (!wanted) return put.stop();
      stop = put.stop;
      setState({ phase: "shown", remote: put.remote });
    };
    box.onload = () => void fill().catch((error) => { setState({ phase: "failed" }); fail(error); });
    box.src = pictures ? "/mail.html?pictures" : "/mail.html";
    return () => { wanted = false; stop(); };
  }, [message.id, pictures]);
  return (
    <div class="mail">
      {state.phase === "shown" && state.remote > 0 && !pictures && (
        <p class="mail-remote"><span class="grow">{state.remote === 1 ? "A picture" : `${state.remote} pictures`} from elsewhere: the sender would see that you read it.</span>
          <button onClick={() => setPictures(true)}>Show pictures</button></p>
      )}
      {state.phase === "loading" && <div class="skeleton" aria-label="Loading" />}
      {state.phase === "failed" && <p class="quiet">The original cannot be shown.</p>}
      <iframe ref={frame} class={state.phase === "shown" ? "" : "hidden"} title="The mail as it was sent" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="no-referrer" />
    </div>
  );
}
