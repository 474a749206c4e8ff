// One message, with what hangs on it.
import { useContext, useMemo } from "react";
import { Blocks } from "./blocks.jsx";
import { Menu } from "./menu.jsx";
import { Text } from "./text.jsx";
import { emojify } from "node-emoji";
import { Workspace } from "./workspace.js";
import { clock, fromTS, lastReply } from "./time.js";

const colours = ["#0f766e", "#9333ea", "#b45309", "#be185d", "#1d4ed8", "#4d7c0f", "#b91c1c"];

export function Avatar({ user, size = 36 }) {
  if (!user || user.is_bot) return <span className="avatar app" style={{ width: size, height: size }} aria-hidden="true"><Keys /></span>;
  const initials = user.real_name.split(" ").map((w) => w[0]).join("").slice(0, 2);
  const at = [...user.id].reduce((n, c) => (n * 55 + c.charCodeAt(0)) % 9973, 7) % colours.length;
  return <span className="avatar" style={{ width: size, height: size, background: colours[at], fontSize: size * 0.4 }} aria-hidden="true">{initials}</span>;
}

const Keys = () => (
  <svg viewBox="0 0 24 24" width="62%" height="62%" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round">
    <circle cx="7" cy="8" r="3" /><path d="M10 8h10v3m-4-3v2" /><circle cx="7" cy="17" r="3" /><path d="M10 17h10v-3m-4 3v-2" />
  </svg>
);

// Message draws m; compact leaves out the author's line. replies are those of
// its thread, drawn as a summary unless inThread.
export function Message({ m, compact, replies = [], inThread, highlighted }) {
  const ws = useContext(Workspace);
  const author = ws.user(m.user);
  const at = fromTS(m.ts);
  const desk = useMemo(() => ws.messageDesk(m), [ws, m]);
  const thread = m.thread_ts || m.ts;
  const opens = (ev) => { if (ev.key === "Enter" && ev.target === ev.currentTarget && !inThread && !m.ephemeral_to) ws.openThread(thread); };
  return (
    <article tabIndex={-1} onKeyDown={opens} className={["message", compact && "compact", m.ephemeral_to && "ephemeral", highlighted && "highlighted"].filter(Boolean).join(" ")}
      data-testid={"message-" + m.ts} data-version={m.version} aria-label={`${author.real_name}, ${clock(at)}`}>
      <div className="gutter">{compact ? <time className="small-time">{clock(at)}</time> : <Avatar user={m.bot_id || m.user === "USLACKBOT" ? null : author} />}</div>
      <div className="body">
        {m.ephemeral_to && <p className="only-you"><Eye /> Only visible to you
          <button type="button" className="link" data-testid={"dismiss-" + m.ts} onClick={() => ws.act("dismiss", { channel: m.channel, ts: m.ts })}>Dismiss</button></p>}
        {!compact && (
          <header><b>{author.real_name}</b>{m.bot_id && <span className="badge">APP</span>}
            {author.id && author.team_id !== ws.home && <span className="badge out">{author.role}</span>}
            <time dateTime={at.toISOString()} title={at.toString()}>{clock(at)}</time></header>
        )}
        {m.broadcast && !inThread && <p className="replied">replied to a thread</p>}
        <Content m={m} desk={desk} />
        {m.warning && <p className="warning" role="alert" data-testid={"warning-" + m.ts}><span aria-hidden="true">⚠</span> {m.warning}</p>}
        {m.reactions?.length > 0 && <p className="reactions">{m.reactions.map((r) => (
          <span key={r.name} className="reaction" aria-label={`${r.name}, ${r.users.length}`}>{emojify(":" + r.name + ":")} {r.users.length}</span>))}</p>}
        {!inThread && replies.length > 0 && <Summary m={m} replies={replies} ws={ws} />}
      </div>
      {!inThread && !m.ephemeral_to && <Tools m={m} ws={ws} />}
    </article>
  );
}

function Content({ m, desk }) {
  const edited = m.edited_ts && !m.deleted && <span className="edited">(edited)</span>;
  if (m.deleted) return <p className="deleted">{m.text}</p>;
  if (m.blocks?.length) return <><Blocks blocks={m.blocks} desk={desk} byPlace />{edited}</>;
  return <div className="words"><Text of={{ type: "mrkdwn", text: m.text }} />{edited}</div>;
}

function Summary({ m, replies, ws }) {
  const people = [...new Set(replies.map((r) => r.user))].slice(0, 4);
  return (
    <button type="button" className="summary" data-testid={"open-thread-" + m.ts} onClick={() => ws.openThread(m.thread_ts || m.ts)}>
      {people.map((id) => <Avatar key={id} user={ws.user(id)} size={22} />)}
      <b>{replies.length} {replies.length === 1 ? "reply" : "replies"}</b>
      <span>Last reply {lastReply(fromTS(replies.at(-1).ts))}</span>
    </button>
  );
}

function Tools({ m, ws }) {
  const items = ws.shortcuts.filter((s) => s.on_message)
    .map((s) => ({ key: s.callback_id, text: s.name, act: () => ws.act("shortcut", { callback: s.callback_id, channel: m.channel, ts: m.ts }) }));
  return (
    <div className="tools">
      <button type="button" title="Reply in thread" aria-label="Reply in thread" data-testid={"reply-" + m.ts} onClick={() => ws.openThread(m.thread_ts || m.ts)}><Bubble /></button>
      {items.length > 0 && <Menu label="More actions" className="" items={items} testid={"more-" + m.ts}>⋮</Menu>}
    </div>
  );
}

const Eye = () => (
  <svg viewBox="0 0 20 20" width="14" height="14" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true"><path d="M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.500 15.500 10 15.500 1.500 10 1.500 10z" /><circle cx="10" cy="10" r="2.500" /></svg>
);
const Bubble = () => (
  <svg viewBox="0 0 20 20" width="17" height="17" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinejoin="round" aria-hidden="true"><path d="M3 4h14v10H9l-4 3v-3H3z" /></svg>
);
