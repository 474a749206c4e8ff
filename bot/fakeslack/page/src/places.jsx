// Where one is and who one is: lists beside the channel, two menus on a phone.
import { useEffect, useRef } from "react";
import { Avatar } from "./message.jsx";

export function Heading({ state, me, channel, home, online, children }) {
  return (
    <header className="bar">
      <h1>{home ? state.bot.real_name : channel ? channel.label : "No channel"}</h1>
      {!home && channel?.is_ext_shared && <span className="badge out">shared with another company</span>}
      <span className="topic dim">{home ? "Home" : channel?.topic}</span>
      {!online && <span className="badge out" role="status">reconnecting…</span>}
      <span className="you"><Avatar user={me} size={24} /> {me.real_name}</span>
      {children}
    </header>
  );
}

const toChannel = (id) => ({ channel: id, thread: "", message: "", tab: "" });

export function Sidebar({ state, me, channel, home, go }) {
  const people = state.people.filter((u) => !u.is_bot);
  return (
    <>
      <nav className="side places" aria-label="Channels">
        <p className="workspace">{state.workspace}<span>practice workspace</span></p>
        <h2>Channels</h2>
        <ul>
          {(state.channels ?? []).map((c) => (
            <li key={c.id}><button type="button" data-testid={"channel-" + c.id} aria-current={!home && c.id === channel?.id ? "page" : undefined}
              onClick={() => go(toChannel(c.id))}>{c.im ? <><span aria-hidden="true">✉ </span>{c.label}</> : <><span aria-hidden="true"># </span>{c.name}</>}</button></li>
          ))}
          <li><button type="button" data-testid="open-home" aria-current={home ? "page" : undefined} onClick={() => go({ tab: "home" })}><span aria-hidden="true">⌂ </span>{state.bot.real_name}</button></li>
        </ul>
      </nav>
      <nav className="side people" aria-label="You are">
        <h2>You are</h2>
        <ul>
          {people.map((u) => (
            <li key={u.id}><button type="button" data-testid={"person-" + u.id} aria-pressed={u.id === me} disabled={u.deleted} onClick={() => go({ as: u.id })}>
              <Avatar user={u} size={30} /><span><b>{u.real_name}</b><small>{u.role}</small></span></button></li>
          ))}
        </ul>
      </nav>
    </>
  );
}

// Switcher is the same where there is no room for lists: two menus, and one tap
// back to whoever one was before.
export function Switcher({ state, me, channel, home, go }) {
  const people = state.people.filter((u) => !u.is_bot && !u.deleted);
  const before = useRef(people.find((u) => u.id !== me)?.id);
  const now = useRef(me);
  useEffect(() => {
    if (now.current !== me) before.current = now.current;
    now.current = me;
  }, [me]);
  const other = people.find((u) => u.id === (now.current === me ? before.current : now.current));
  return (
    <div className="switcher">
      <select aria-label="Channel" data-testid="pick-channel" value={home ? "home" : channel?.id ?? ""}
        onChange={(ev) => go(ev.target.value === "home" ? { tab: "home" } : toChannel(ev.target.value))}>
        {(state.channels ?? []).map((c) => <option key={c.id} value={c.id}>{c.label}</option>)}
        <option value="home">⌂ {state.bot.real_name}</option>
      </select>
      <select aria-label="You are" data-testid="pick-person" value={me} onChange={(ev) => go({ as: ev.target.value })}>
        {[...Map.groupBy(people, (u) => u.role)].map(([role, all]) => (
          <optgroup key={role} label={role}>{all.map((u) => <option key={u.id} value={u.id}>{u.real_name}</option>)}</optgroup>))}
      </select>
      {other && <button type="button" className="swap" aria-label={"Be " + other.real_name} data-testid="swap" onClick={() => go({ as: other.id })}><Avatar user={other} size={28} /></button>}
    </div>
  );
}
