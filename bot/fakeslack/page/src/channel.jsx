// The channel, its thread pane and the place to write.
import { Fragment, useContext, useEffect, useLayoutEffect, useRef, useState } from "react";
import { moveBetween } from "./focus.js";
import { Front } from "./front.jsx";
import { Menu } from "./menu.jsx";
import { Message } from "./message.jsx";
import { Workspace } from "./workspace.js";
import { dayHeading, fromTS } from "./time.js";

const isReply = (m) => m.thread_ts && m.thread_ts !== m.ts;
// Messages of one author within five minutes follow without a heading.
const follows = (a, b) => a && a.user === b.user && !a.ephemeral_to && !b.ephemeral_to && !a.broadcast && b.ts - a.ts < 300;

export function Channel({ channel, highlight }) {
  const replies = new Map();
  for (const m of channel.messages) {
    if (isReply(m) && !m.ephemeral_to) replies.set(m.thread_ts, [...(replies.get(m.thread_ts) ?? []), m]);
  }
  const shown = channel.messages.filter((m) => !isReply(m) || m.broadcast);
  return (
    <Scroll watch={channel.id + shown.length} label={"Messages in " + channel.label}>
      {shown.length === 0 && <Front channel={channel} />}
      {shown.map((m, i) => {
        const before = shown[i - 1];
        const day = fromTS(m.ts).toDateString();
        const newDay = !before || fromTS(before.ts).toDateString() !== day;
        return (
          <Fragment key={m.ts}>
            {newDay && <div className="day" role="separator"><span>{dayHeading(fromTS(m.ts))}</span></div>}
            <Message m={m} compact={!newDay && follows(before, m)} replies={replies.get(m.ts)} highlighted={m.ts === highlight} />
          </Fragment>
        );
      })}
    </Scroll>
  );
}

// Thread takes the focus when somebody has opened it, and not when the page
// came with it.
export function Thread({ channel, ts, opened, close }) {
  const all = channel.messages.filter((m) => m.ts === ts || m.thread_ts === ts);
  const parent = all.find((m) => m.ts === ts);
  const replies = all.filter((m) => m.ts !== ts);
  const heading = useRef(null);
  useEffect(() => { if (opened) heading.current.focus(); }, []);
  // Escape in a question that a button asks leaves the question alone.
  const keys = (ev) => { if (ev.key === "Escape" && !ev.defaultPrevented && !ev.target.closest("dialog")) close(); };
  return (
    <aside className="thread" data-testid="thread" aria-label="Thread" onKeyDown={keys}>
      <header className="bar"><button type="button" className="icon back" aria-label={"Back to " + channel.label} data-testid="back-from-thread" onClick={close}>‹</button>
        <h2 ref={heading} tabIndex={-1}>Thread</h2><span className="dim">{channel.label}</span>
        <button type="button" className="icon x" aria-label="Close thread" data-testid="close-thread" onClick={close}>×</button></header>
      <Scroll watch={ts + all.length} label="Messages in the thread">
        {parent ? <Message m={parent} inThread /> : <p className="empty">This message is gone.</p>}
        <div className="count" role="separator"><span>{replies.length} {replies.length === 1 ? "reply" : "replies"}</span></div>
        {replies.map((m, i) => <Message key={m.ts} m={m} inThread compact={follows(replies[i - 1], m)} />)}
      </Scroll>
      <Composer channel={channel} thread={ts} />
    </aside>
  );
}

// Scroll keeps the newest in sight unless the reader has scrolled up.
function Scroll({ watch, label, children }) {
  const ref = useRef(null);
  const stuck = useRef(true);
  useLayoutEffect(() => { if (stuck.current) ref.current.scrollTop = ref.current.scrollHeight; });
  useEffect(() => { stuck.current = true; ref.current.scrollTop = ref.current.scrollHeight; }, [watch]);
  const scrolled = () => { const e = ref.current; stuck.current = e.scrollHeight - e.scrollTop - e.clientHeight < 60; };
  return <div className="scroll" ref={ref} onScroll={scrolled} onKeyDown={moveBetween} role="log" aria-live="polite" aria-label={label} tabIndex={0}>{children}</div>;
}

export function Composer({ channel, thread = "" }) {
  const ws = useContext(Workspace);
  const [text, setText] = useState((!thread && ws.typed) || "");
  const [busy, setBusy] = useState(false);
  const slash = !thread && /^\/\S*$/.test(text) && ws.command.startsWith(text) && text !== ws.command;
  const send = async () => {
    const words = text.trim();
    if (!words || busy) return;
    setBusy(true);
    const ok = await ws.send(channel.id, thread, words);
    setBusy(false);
    if (ok) setText((now) => (now.trim() === words ? "" : now)); // what was typed meanwhile stays
  };
  const globals = ws.shortcuts.filter((s) => !s.on_message).map((s) => ({ key: s.callback_id, text: s.name, act: () => ws.act("shortcut", { callback: s.callback_id }) }));
  const keys = (ev) => {
    if (ev.key === "Tab" && slash) { ev.preventDefault(); setText(ws.command + " "); }
    if (ev.key === "Enter" && !ev.shiftKey && !ev.nativeEvent.isComposing) {
      ev.preventDefault();
      if (slash) setText(ws.command + " ");
      else send();
    }
  };
  return (
    <form className="composer" onSubmit={(ev) => { ev.preventDefault(); send(); }}>
      {slash && (
        <button type="button" className="slash" onClick={() => setText(ws.command + " ")}>
          <b>{ws.command}</b><span>{ws.usage}</span><span className="dim">{ws.bot.real_name}</span></button>
      )}
      <div className="box">
        {!thread && globals.length > 0 && <Menu label="Shortcuts" className="plus" items={globals} testid="shortcuts">+</Menu>}
        <textarea rows={Math.min(6, text.split("\n").length)} value={text} onChange={(ev) => setText(ev.target.value)} onKeyDown={keys}
          aria-label={thread ? "Reply in thread" : "Message " + channel.label} data-testid={thread ? "thread-composer" : "composer"}
          placeholder={thread ? "Reply…" : `Type ${ws.command}, or a message`} />
        <button type="submit" className="send" aria-label="Send" aria-busy={busy} aria-disabled={!text.trim()} data-testid={thread ? "thread-send" : "send"}>
          <svg viewBox="0 0 20 20" width="17" height="17" fill="currentColor" aria-hidden="true"><path d="M2 3l16 7-16 7 2.500-7zm2.300 6.300h7v1.400h-7z" /></svg>
        </button>
      </div>
    </form>
  );
}
