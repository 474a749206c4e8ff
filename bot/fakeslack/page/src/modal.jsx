// The modal on top of a person's stack, and the home tab.
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Blocks } from "./blocks.jsx";
import { Workspace } from "./workspace.js";

// viewDesk is how the controls of a view reach the double.
function viewDesk(ws, view, where, pending) {
  return {
    people: ws.people, channels: ws.channels,
    value: (b, e) => view.values?.[b.block_id]?.[e.action_id],
    error: (b) => view.errors?.[b.block_id],
    press: (b, e, value) => ws.act("press", { block: b.block_id, action: e.action_id, value, view: where }),
    fill: (b, e, value, how) => ws.act("fill", { block: b.block_id, value, ...how }),
    suggest: (b, e, text) => ws.ask("suggest", { action: b.block_id, text }),
    pending: (save) => { pending.current.add(save); return () => pending.current.delete(save); },
  };
}

export function Modal({ view }) {
  const ws = useContext(Workspace);
  const ref = useRef(null);
  const pending = useRef(new Set());
  const [busy, setBusy] = useState(false);
  const desk = useMemo(() => viewDesk(ws, view, "modal", pending), [ws, view]);
  // A recording's form leaves the rest of the page in reach.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (ws.recorded) {
      dialog.open = true; // unlike show(), this leaves the keyboard where it is
      return;
    }
    dialog.showModal();
    if (!dialog.contains(document.activeElement) || document.activeElement.tagName === "BUTTON") dialog.querySelector(".modal-body").focus();
    return () => dialog.close(); // gives the focus back
  }, []);
  useEffect(() => {
    if (ws.recorded) return;
    const wrong = ref.current.querySelector(".wrong");
    wrong?.scrollIntoView({ block: "center" });
    wrong?.querySelector("input, select, textarea")?.focus({ preventScroll: true });
  }, [JSON.stringify(view.errors)]);
  const close = () => ws.act("close", {});
  const submit = async (ev) => {
    ev.preventDefault();
    setBusy(true);
    for (const save of pending.current) await save();
    await ws.ask("submit", {});
    await ws.refresh();
    setBusy(false);
  };
  return (
    <dialog ref={ref} className={"modal" + (ws.recorded ? " recorded" : "")} aria-label={view.title} data-testid="modal" onCancel={(ev) => { ev.preventDefault(); close(); }}>
      <form onSubmit={submit} noValidate>
        <header className="modal-head"><h2>{view.title}</h2><button type="button" className="icon" aria-label="Close" onClick={close} data-testid="modal-x">×</button></header>
        <div className="modal-body" tabIndex={-1}>
          {view.warning && <p className="modal-warning" role="alert" data-testid="modal-warning">⚠ {view.warning}</p>}
          <Blocks blocks={view.blocks} desk={desk} />
        </div>
        <footer className="dialog-foot">
          <button type="button" className="btn big" onClick={close} data-testid="modal-close">{view.close || "Cancel"}</button>
          {view.submit && <button type="submit" className={"btn big primary" + (ws.pointed === "submit" ? " pointed" : "")} aria-busy={busy} data-testid="modal-submit">{view.submit}</button>}
        </footer>
      </form>
    </dialog>
  );
}

export function Home({ view, bot }) {
  const ws = useContext(Workspace);
  const pending = useRef(new Set());
  const desk = useMemo(() => view && viewDesk(ws, view, "home", pending), [ws, view]);
  return (
    <div className="scroll home" data-testid="home" tabIndex={0}>
      {view?.warning && <p className="warning" role="alert" data-testid="warning-home"><span aria-hidden="true">⚠</span> {view.warning}</p>}
      {view ? <Blocks blocks={view.blocks} desk={desk} /> : <p className="empty">{bot.real_name} has published nothing here yet.</p>}
    </div>
  );
}
