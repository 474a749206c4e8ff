// The workspace as one person sees it.
import { useCallback, useEffect, useMemo, useState } from "react";
import { hashOf, inColumn, onMessage, post, tell, useWorkspace } from "./api.js";
import { Channel, Composer, Thread } from "./channel.jsx";
import { Desk, InForce } from "./desk.jsx";
import { useDesk, useKeptFocus } from "./focus.js";
import { Home, Modal } from "./modal.jsx";
import { Heading, Sidebar, Switcher } from "./places.jsx";
import { Names } from "./text.jsx";
import { Workspace, toolsFor } from "./workspace.js";

export function useToast() {
  const [toast, setToast] = useState("");
  const say = useCallback((text) => {
    setToast(text);
    clearTimeout(say.timer);
    say.timer = setTimeout(() => setToast(""), 6000);
  }, []);
  return [toast, say];
}

export const Toast = ({ text }) => <div className="toast" role="status" aria-live="polite" data-testid="toast">{text && <span>{text}</span>}</div>;

export function App({ at, go }) {
  const { state, online, refresh } = useWorkspace(at.as);
  const [toast, say] = useToast();
  const [desk, turnDesk] = useDesk();
  const [opened, setOpened] = useState(null); // what had the focus when a thread was opened
  useKeptFocus('[data-testid="front-wipe"]', "main .scroll");
  const openThread = useCallback((thread) => { setOpened(document.activeElement); go({ thread }); }, [go]);
  const tools = useMemo(() => {
    const ask = (what, more) => post(what, { user: at.as, ...more });
    const act = async (what, more) => {
      const r = await ask(what, more);
      if (r.error) say(r.error);
      await refresh();
      return r;
    };
    const front = state?.tours.length > 0 && {
      tours: state.tours.filter((t) => t.first),
      watch: (t) => go({ tour: t.name, step: "", playing: "yes" }),
      second: () => go(secondPerson(at, state.people.filter((u) => !u.is_bot))),
      desk: () => turnDesk(true),
    };
    return state && toolsFor({ state, me: at.as, openThread, say, refresh, ask, act, front: !inColumn && front });
  }, [state, at, go, openThread, say, refresh]);
  useColumn(state, at);
  useOpenedHome(at.tab === "home", at.as);
  useOpenedThread(at, state);
  if (!state) return <p className="loading" role="status">{online ? "Opening the workspace…" : "The practice workspace cannot be reached."}</p>;
  const closeThread = () => {
    go({ thread: "" });
    if (opened?.isConnected) opened.focus();
    else document.querySelector('[data-testid="composer"]')?.focus();
  };
  return (
    <Shell state={state} at={at} go={go} tools={tools} online={online} opened={!!opened} closeThread={closeThread}
      head={!inColumn && <>
        <button type="button" className="btn" data-testid="open-tour" onClick={() => go({ tour: state.tours[0].name })} hidden={!state.tours.length}>Watch a story</button>
        <button type="button" className="btn wide-only" data-testid="open-beside" onClick={() => go(beside(at, tools.people))}>Two people</button>
        <button type="button" className="btn" aria-expanded={desk} data-testid="open-desk" onClick={() => turnDesk(!desk)}>Practice desk</button>
      </>}
      notices={!inColumn && <InForce state={state} say={say} />}
      foot={desk && <Desk state={state} say={say} close={() => turnDesk(false)} />}>
      <Toast text={toast} />
    </Shell>
  );
}

// useOpenedHome tells the app that somebody has opened its Home tab.
function useOpenedHome(open, user) {
  useEffect(() => { if (open) post("home", { user }); }, [open, user]);
}

// useOpenedThread tells the workspace which thread somebody has before their eyes:
// what is for them alone shows there only then.
function useOpenedThread(at, state) {
  const channels = state?.channels ?? [];
  const channel = (channels.find((c) => c.id === at.channel) ?? channels[0])?.id;
  const thread = at.tab === "home" ? "" : at.thread;
  useEffect(() => { if (channel) post("thread", { user: at.as, channel, thread }); }, [at.as, channel, thread]);
}

// beside is the address of two columns: this person, and somebody else.
function beside(at, people) {
  const other = people.find((u) => u.id !== at.as && !u.deleted);
  const left = { as: at.as, channel: at.channel, thread: at.thread, tab: at.tab };
  return { left: hashOf(left), right: hashOf({ as: other.id, channel: at.channel }) };
}

// secondPerson is where somebody else can approve: beside, or in place of this
// person if two do not fit.
function secondPerson(at, people) {
  const both = beside(at, people);
  return matchMedia("(max-width: 900px)").matches ? { as: new URLSearchParams(both.right).get("as") } : both;
}

// useColumn tells the page around this one where it is, and does what that
// asks.
function useColumn(state, at) {
  const name = state?.people.find((u) => u.id === at.as)?.real_name;
  useEffect(() => { if (inColumn && name) tell(window.parent, { at: hashOf(at), name }); }, [at, name]);
  useEffect(() => {
    if (!inColumn) return;
    const keys = (ev) => { if (ev.key === "F6") { ev.preventDefault(); tell(window.parent, { other: true }); } };
    addEventListener("keydown", keys);
    const deaf = onMessage((said) => said.take && document.querySelector('dialog[open] .modal-body, [data-testid="composer"]')?.focus());
    return () => { removeEventListener("keydown", keys); deaf(); };
  }, []);
}

// Shell draws a person's page, live or recorded: head are more buttons of the
// heading, notices stand under it, foot under the channel.
export function Shell({ state, at, go, tools, online = true, opened, closeThread, head, notices, foot, children }) {
  const names = useMemo(() => ({
    me: at.as,
    users: state.people.map((u) => ({ id: u.id, name: u.real_name })),
    channels: (state.channels ?? []).map((c) => ({ id: c.id, name: c.name })),
    user_groups: (state.groups ?? []).map((g) => ({ id: g.id, name: g.handle })),
  }), [state, at.as]);
  const channel = tools.channels.find((c) => c.id === at.channel) ?? tools.channels[0];
  const home = at.tab === "home";
  const thread = !home && channel && at.thread;
  const me = tools.user(at.as);
  return (
    <Workspace.Provider value={tools}>
      <Names.Provider value={names}>
        <div className={["app", thread && "with-thread", inColumn && "column"].filter(Boolean).join(" ")}>
          <Switcher state={state} me={at.as} channel={channel} home={home} go={go} />
          <Sidebar state={state} me={at.as} channel={channel} home={home} go={go} />
          <main className="main">
            <Heading state={state} me={me} channel={channel} home={home} online={online}>{head}</Heading>
            {notices}
            {home ? <Home view={state.home} bot={state.bot} />
              : channel ? <><Channel channel={channel} highlight={at.message} />{!channel.im && <Composer key={channel.id + at.as + (tools.typed ?? "")} channel={channel} />}</>
              : <div className="scroll"><p className="empty">{me.real_name} is in no channel here{me.deleted ? ": the account is deactivated" : ""}.</p></div>}
            {foot}
          </main>
          {thread && <Thread key={at.thread} channel={channel} ts={at.thread} opened={opened} close={closeThread} />}
          {state.modal && <Modal key={state.modal.id} view={state.modal} />}
          {children}
        </div>
      </Names.Provider>
    </Workspace.Provider>
  );
}
