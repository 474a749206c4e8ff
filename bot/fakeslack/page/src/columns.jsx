// Two people side by side: the same page twice, each with its own forms and its
// own keyboard. Where there is room for one only, a tap switches.
import { useEffect, useRef, useState } from "react";
import { onMessage, tell, useWorkspace } from "./api.js";
import { Toast, useToast } from "./app.jsx";
import { Desk, InForce } from "./desk.jsx";
import { useDesk, useKeptFocus } from "./focus.js";

const sides = ["left", "right"];
const personIn = (hash) => new URLSearchParams(hash).get("as") ?? "U0ANN";

export function Columns({ at, go }) {
  const { state } = useWorkspace(personIn(at.left));
  const [toast, say] = useToast();
  const [desk, turnDesk] = useDesk();
  useKeptFocus('[data-testid="close-beside"]');
  const [names, setNames] = useState({});
  const frames = { left: useRef(null), right: useRef(null) };
  const first = useRef({ left: at.left, right: at.right }); // later it is they who say where they are
  const shown = at.side || "left";
  const windowOf = (side) => frames[side].current?.contentWindow;
  const show = (side) => {
    go({ side });
    frames[side].current.focus();
    tell(windowOf(side), { take: true });
  };
  useEffect(() => { for (const s of sides) tell(windowOf(s), { changed: true }); }, [state]);
  useEffect(() => onMessage((said, from) => {
    const side = sides.find((s) => windowOf(s) === from);
    if (!side) return;
    if (said.at) go({ [side]: said.at });
    if (said.name) setNames((was) => ({ ...was, [side]: said.name }));
    if (said.other) show(side === "left" ? "right" : "left");
  }), []);
  return (
    <div className="columns">
      <header className="bar">
        <h1>Two people</h1>
        <span className="topic dim">side by side; F6 changes sides</span>
        <span className="sides" role="group" aria-label="Who is shown">{sides.map((s) => (
          <button key={s} type="button" className="btn" aria-pressed={s === shown} data-testid={"show-" + s} onClick={() => show(s)}>{names[s] ?? s}</button>))}</span>
        <button type="button" className="btn" data-testid="close-beside" onClick={() => go({ ...Object.fromEntries(new URLSearchParams(at[shown])), left: "", right: "", side: "" })}>One person</button>
        <button type="button" className="btn" aria-expanded={desk} data-testid="open-desk" onClick={() => turnDesk(!desk)}>Practice desk</button>
      </header>
      {state && <InForce state={state} say={say} />}
      <div className="pair">{sides.map((s) => (
        <iframe key={s} ref={frames[s]} className={s === shown ? "shown" : ""} title={names[s] ?? s} src={"/#" + first.current[s]} data-testid={"column-" + s} />))}</div>
      {desk && state && <Desk state={state} say={say} close={() => turnDesk(false)} />}
      <Toast text={toast} />
    </div>
  );
}
