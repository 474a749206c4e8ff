// Where the keyboard is, kept when what it was on goes away.
import { useLayoutEffect, useRef, useState } from "react";

// chain is what had the keyboard last, and all that is around it: of the whole page, as
// a tour and two columns stand in place of the channel.
let chain = [];
document.addEventListener("focusin", (ev) => {
  if (ev.target.closest("dialog")) return;
  chain = [];
  for (let e = ev.target; e && e !== document.body; e = e.parentElement) chain.push(e);
});

// useKeptFocus gives the focus to the nearest thing around what had it, when that was
// redrawn or is gone: a button that was pressed, a form that closed. If all around it
// is gone, the first of these selectors that finds something gets it.
export function useKeptFocus(...others) {
  useLayoutEffect(() => {
    if (document.activeElement !== document.body || chain.length === 0 || document.querySelector("dialog[open]")) return;
    if (chain[0].isConnected) return; // the reader has left it
    const next = chain.find((e) => e.isConnected && e.matches("button, input, textarea, select, summary, [tabindex]"))
      ?? others.map((o) => document.querySelector(o)).find(Boolean);
    next?.focus({ preventScroll: true });
  });
}

// useDesk is whether the practice desk is open. It takes the keyboard, and gives it back.
export function useDesk() {
  const [open, setOpen] = useState(false);
  const opener = useRef(null);
  const turn = (on) => {
    if (on) opener.current = document.activeElement;
    else (opener.current?.isConnected ? opener.current : document.querySelector('[data-testid="open-desk"]'))?.focus();
    setOpen(on);
  };
  return [open, turn];
}

// moveBetween moves the focus between messages with the arrow keys.
export function moveBetween(ev) {
  if (ev.target !== ev.currentTarget && !ev.target.matches("article.message")) return;
  const all = [...ev.currentTarget.querySelectorAll("article.message")];
  const at = all.indexOf(ev.target);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1, Home: 0, End: all.length - 1 }[ev.key];
  if (to === undefined || !all[to]) return;
  ev.preventDefault();
  all[to].focus();
}
