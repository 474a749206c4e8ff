import { useCallback, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { post, useHash, useWorkspace } from "./api.js";
import { Avatar } from "./message.jsx";
import { Channel, Composer, Thread } from "./channel.jsx";
import { Desk } from "./desk.jsx";
import { Home, Modal } from "./modal.jsx";
import { Names } from "./text.jsx";
import { Workspace } from "./workspace.js";

const nobody = { id: "", real_name: "Unknown", role: "", team_id: "" };
const slackbot = { id: "USLACKBOT", real_name: "Slackbot", role: "", team_id: "", is_bot: true };

function useToast() {
  const [toast, setToast] = useState("");
  const say = useCallback((text) => {
    setToast(text);
    clearTimeout(say.timer);
    say.timer = setTimeout(() => setToast(""), 6000);
  }, []);
  return [toast, say];
}

// useOpenedHome tells the app that somebody has opened its Home tab.
function useOpenedHome(open, user) {
  useEffect(() => { if (open) post("home", { user }); }, [open, user]);
}

// useDesk gathers what the parts may do, in the name of the person chosen.
function useTools(state, me, go, say, refresh) {
  return useMemo(() => {
    if (!state) return null;
    const ask = (what, more) => post(what, { user: me, ...more });
    const act = async (what, more) => {
      const r = await ask(what, more);
      if (r.error) say(r.error);
      await refresh();
      return r;
    };
    const user = (id) => (id === "USLACKBOT" ? slackbot : state.people.find((u) => u.id === id) ?? { ...nobody, id });
    return {
      ask, act, user, refresh, me, home: state.bot.team_id, people: state.people.filter((u) => !u.is_bot), channels: state.channels ?? [],
      shortcuts: state.shortcuts ?? [], command: state.command, usage: state.usage, bot: state.bot,
      openThread: (ts) => go({ thread: ts }),
      send: (channel, thread, text) => send({ act, say, state, channel, thread, text }),
      messageDesk: (m) => ({
        people: state.people, channels: state.channels,
        value: (b, e) => m.state?.[b.block_id]?.[e.action_id],
        press: (b, e, value) => act("act", { channel: m.channel, ts: m.ts, version: m.version, block: b.block_id, action: e.action_id, value }),
      }),
    };
  }, [state, me, go, say, refresh]);
}

// send runs a slash command or posts the words; true if they may go.
async function send({ act, say, state, channel, thread, text }) {
  if (!text.startsWith("/")) return !(await act("say", { channel, thread, text })).error;
  const [, name, rest = ""] = text.match(/^(\S+)\s*([\s\S]*)$/);
  if (name !== state.command) {
    say(`${name} is not a valid command. This workspace knows ${state.command}.`);
    return false;
  }
  if (thread) {
    say(`${name} is not supported in threads. Sorry!`);
    return false;
  }
  const r = await act("command", { channel, text: rest });
  if (r.result?.warning) say(r.result.warning);
  return !r.error;
}

function App() {
  const [at, go] = useHash({ as: "U0ANN", channel: "", thread: "", message: "", tab: "" });
  const { state, online, refresh } = useWorkspace(at.as);
  const [toast, say] = useToast();
  const [desk, setDesk] = useState(false);
  const tools = useTools(state, at.as, go, say, refresh);
  useOpenedHome(at.tab === "home", at.as);
  const names = useMemo(() => state && {
    users: state.people.map((u) => ({ id: u.id, name: u.real_name })),
    channels: (state.channels ?? []).map((c) => ({ id: c.id, name: c.name })),
    user_groups: (state.groups ?? []).map((g) => ({ id: g.id, name: g.handle })),
  }, [state?.people, state?.channels, state?.groups]);
  if (!state) return <p className="loading" role="status">{online ? "Opening the workspace…" : "The practice workspace cannot be reached."}</p>;
  const channel = tools.channels.find((c) => c.id === at.channel) ?? tools.channels[0];
  const home = at.tab === "home";
  return (
    <Workspace.Provider value={tools}>
      <Names.Provider value={names}>
        <div className={"app" + (at.thread && channel && !home ? " with-thread" : "")}>
          <Sidebar state={state} me={at.as} channel={channel} home={home} go={go} />
          <main className="main">
            <Heading state={state} me={tools.user(at.as)} channel={channel} home={home} online={online} desk={desk} setDesk={setDesk} />
            {home ? <Home view={state.home} bot={state.bot} />
              : channel ? <><Channel channel={channel} highlight={at.message} /><Composer key={channel.id + at.as} channel={channel} /></>
              : <div className="scroll"><p className="empty">{tools.user(at.as).real_name} is in no channel here{tools.user(at.as).deleted ? ": the account is deactivated" : ""}.</p></div>}
            {desk && <Desk actions={state.desk} revision={state.revision} say={say} close={() => setDesk(false)} />}
          </main>
          {at.thread && channel && !home && <Thread key={at.thread} channel={channel} ts={at.thread} close={() => go({ thread: "" })} />}
          {state.modal && <Modal key={state.modal.id} view={state.modal} />}
          <div className="toast" role="status" aria-live="polite" data-testid="toast">{toast && <span>{toast}</span>}</div>
        </div>
      </Names.Provider>
    </Workspace.Provider>
  );
}

function Heading({ state, me, channel, home, online, desk, setDesk }) {
  return (
    <header className="bar">
      <h1>{home ? state.bot.real_name : channel ? "#" + channel.name : "No channel"}</h1>
      {!home && channel?.is_ext_shared && <span className="badge out">shared with another company</span>}
      <span className="topic dim">{home ? "Home" : channel?.topic}</span>
      {!online && <span className="badge out" role="status">reconnecting…</span>}
      <span className="you"><Avatar user={me} size={24} /> {me.real_name}</span>
      <button type="button" className="btn desk-toggle" aria-expanded={desk} data-testid="open-desk" onClick={() => setDesk(!desk)}>Practice desk</button>
    </header>
  );
}

function Sidebar({ state, me, channel, home, go }) {
  const people = state.people.filter((u) => !u.is_bot);
  return (
    <>
      <nav className="side places" aria-label="Channels">
        <p className="workspace">{state.workspace}<span>practice workspace</span></p>
        <h2>Channels</h2>
        <ul>
          {(state.channels ?? []).map((c) => (
            <li key={c.id}><button type="button" data-testid={"channel-" + c.id} aria-current={!home && c.id === channel?.id ? "page" : undefined}
              onClick={() => go({ channel: c.id, thread: "", message: "", tab: "" })}><span aria-hidden="true"># </span>{c.name}</button></li>
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

createRoot(document.getElementById("root")).render(<App />);
