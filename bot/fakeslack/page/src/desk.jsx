// The practice desk: what happens around the channel, on purpose.
import { useEffect, useRef, useState } from "react";
import { post } from "./api.js";
import { clock } from "./time.js";

// InForce are banners: what the desk has put in force, each with its end.
export function InForce({ state, say }) {
  const end = async (what, body) => {
    const r = await post(what, body);
    say(r.error ?? r.done);
  };
  const all = [
    ...state.desk.filter((a) => a.state).map((a) => ({ key: a.id, text: a.state, end: a.ends && (() => end(`control/${a.id}/end`, {})) })),
    ...state.in_force.map((f) => ({ key: f.name, text: f.text, end: () => end("control", { name: f.name, value: "off" }) })),
  ];
  return (
    <div className="in-force" role="status" aria-label="In force" data-testid="in-force">
      {all.map((f) => (
        <p key={f.key} data-testid={"force-" + f.key}><span>{f.text}</span>
          {f.end && <button type="button" className="btn" aria-label={"End it: " + f.text} data-testid={"end-" + f.key} onClick={f.end}>End it</button>}</p>
      ))}
    </div>
  );
}

export function Desk({ state, say, close }) {
  const groups = Map.groupBy(state.desk, (a) => a.group);
  const heading = useRef(null);
  useEffect(() => heading.current.focus(), []);
  return (
    <section className="desk" aria-label="Practice desk" data-testid="desk" onKeyDown={(ev) => ev.key === "Escape" && close()}>
      <header className="bar"><h2 ref={heading} tabIndex={-1}>Practice desk</h2><button type="button" className="icon" aria-label="Close practice desk" data-testid="close-desk" onClick={close}>×</button></header>
      <div className="desk-body">
        <Done lines={state.done ?? []} />
        {[...groups].map(([name, actions]) => (
          <section key={name} aria-label={name}>
            <h3>{name}</h3>
            <div className="desk-actions">{actions.map((a) => <Action key={a.id} a={a} say={say} />)}</div>
          </section>
        ))}
        <details>
          <summary data-testid="switches">Every way in which Slack can misbehave</summary>
          <Switches revision={state.revision} say={say} />
        </details>
      </div>
    </section>
  );
}

// Action is one thing that the desk can do, with its choices.
function Action({ a, say }) {
  const [given, setGiven] = useState({});
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    const r = await post("control/" + a.id, given);
    setBusy(false);
    say(r.error ? `${a.label}: ${r.error}` : r.done);
  };
  return (
    <div className={"desk-action" + (a.state ? " on" : "")}>
      <button type="button" className="btn" data-testid={"desk-" + a.id} aria-busy={busy} aria-describedby={"desk-help-" + a.id} onClick={run}>{a.label}</button>
      <p id={"desk-help-" + a.id}>{a.help}</p>
      {(a.fields ?? []).map((f) => (
        <label key={f.name}>{f.label}
          <select value={given[f.name] ?? f.options[0]} data-testid={`desk-${a.id}-${f.name}`} onChange={(ev) => setGiven({ ...given, [f.name]: ev.target.value })}>
            {f.options.map((o) => <option key={o}>{o}</option>)}
          </select></label>
      ))}
    </div>
  );
}

// Done is what the desk has done, the newest first.
function Done({ lines }) {
  if (lines.length === 0) return <p className="dim">Nothing has been done here yet. Everything here is safe: nothing real is touched.</p>;
  return <ul className="done" aria-label="What the desk has done" data-testid="desk-done">{lines.toReversed().map((l) => <li key={l.at}><time dateTime={l.at}>{clock(new Date(l.at))}</time> {l.text}</li>)}</ul>;
}

function Switches({ revision, say }) {
  const [switches, setSwitches] = useState([]);
  useEffect(() => {
    fetch("/page/control").then((r) => r.json()).then((r) => setSwitches(r.switches)).catch(() => {});
  }, [revision]);
  return <div className="switches">{switches.map((s) => <Fault key={s.name} s={s} say={say} set={setSwitches} />)}</div>;
}

function Fault({ s, say, set }) {
  const on = s.value !== "";
  const turn = async (value) => {
    const r = await post("control", { name: s.name, value });
    if (r.error) say(r.error);
    else set(r.switches);
  };
  const step = { count: "1", duration: "2s", on: "on" }[s.takes];
  return (
    <div className={"switch" + (on ? " on" : "")}>
      <div><code>{s.name}</code>{s.help && <p>{s.help}</p>}</div>
      {on && <output>{s.value}</output>}
      {s.takes === "count" && on && s.value !== "on" && <button type="button" className="btn" aria-label={`One more ${s.name}`} onClick={() => turn(String(Number(s.value) + 1))}>+1</button>}
      <button type="button" className="btn" role="switch" aria-checked={on} aria-label={s.name} data-testid={"switch-" + s.name} onClick={() => turn(on ? "off" : step)}>{on ? "Off" : s.takes === "count" ? "Next call" : "On"}</button>
    </div>
  );
}
