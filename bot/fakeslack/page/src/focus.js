// Where the keyboard is, kept when what it was on goes away.
import { useEffect, useLayoutEffect, useRef } from "react";

// useKeptFocus gives the focus to the nearest thing around what had it, when
// that was redrawn or is gone: a button that was pressed, a form that closed.
export function useKeptFocus() {
  const chain = useRef([]);
  useEffect(() => {
    const seen = (ev) => {
      if (ev.target.closest("dialog")) return;
      chain.current = [];
      for (let e = ev.target; e && e !== document.body; e = e.parentElement) chain.current.push(e);
    };
    document.addEventListener("focusin", seen);
    return () => document.removeEventListener("focusin", seen);
  }, []);
  useLayoutEffect(() => {
    if (document.activeElement !== document.body || chain.current.length === 0 || document.querySelector("dialog[open]")) return;
    if (chain.current[0].isConnected) return; // the reader has left it
    const next = chain.current.find((e) => e.isConnected && e.matches("button, input, textarea, select, summary, [tabindex]"));
    next?.focus({ preventScroll: true });
  });
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
