// The practice desk: what happens around the channel, on purpose.
import { useEffect, useState } from "react";
import { post } from "./api.js";

export function Desk({ actions, revision, say, close }) {
  const [switches, setSwitches] = useState([]);
  useEffect(() => {
    fetch("/page/control").then((r) => r.json()).then((r) => setSwitches(r.switches)).catch(() => {});
  }, [revision]);
  const run = async (a) => {
    const r = await post("control/" + a.id, {});
    say(r.error ? `${a.label}: ${r.error}` : `${a.label}: done`);
  };
  return (
    <section className="desk" aria-label="Practice desk" data-testid="desk">
      <header className="bar"><h2>Practice desk</h2><button type="button" className="icon" aria-label="Close practice desk" onClick={close}>×</button></header>
      <div className="desk-body">
        {actions.length > 0 && <div className="desk-actions">{actions.map((a) => (
          <button key={a.id} type="button" className="desk-action" data-testid={"desk-" + a.id} onClick={() => run(a)}>
            <b>{a.label}</b>{a.help && <span>{a.help}</span>}</button>
        ))}</div>}
        <h3>How Slack misbehaves</h3>
        <div className="switches">{switches.map((s) => <Fault key={s.name} s={s} say={say} set={setSwitches} />)}</div>
      </div>
    </section>
  );
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
