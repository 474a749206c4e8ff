// The page's own calls to the double, and the live state of the workspace.
import { useCallback, useEffect, useRef, useState } from "react";

// Inside one of two columns: the page around it says when something changed,
// as a browser has only so many connections.
export const inColumn = window.parent !== window;

// post sends one act and returns {result, warning?, error?}.
export async function post(what, body) {
  try {
    const r = await fetch("/page/" + what, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await r.json();
  } catch {
    return { error: "The practice workspace cannot be reached." };
  }
}

export const stateOf = async (me) => (await fetch("/page/state?as=" + encodeURIComponent(me))).json();

// useWorkspace returns what `me` sees, kept up to date. The connection mends
// itself: EventSource tries again, and each event fetches the whole state.
export function useWorkspace(me) {
  const [state, setState] = useState(null);
  const [online, setOnline] = useState(true);
  const busy = useRef(false);
  const again = useRef(false);
  const current = useRef(me);
  current.current = me;

  const refresh = useCallback(async () => {
    if (busy.current) {
      again.current = true;
      return;
    }
    busy.current = true;
    do {
      again.current = false;
      const as = current.current;
      try {
        const next = await stateOf(as);
        if (as === current.current) setState(next);
        else again.current = true;
        setOnline(true);
      } catch {
        setOnline(false);
      }
    } while (again.current);
    busy.current = false;
  }, []);

  useEffect(() => {
    if (inColumn) return onMessage((said) => said.changed && refresh());
    const events = new EventSource("/page/events");
    events.onmessage = refresh;
    events.onerror = () => setOnline(false);
    return () => events.close();
  }, [refresh]);
  useEffect(() => { refresh(); }, [me, refresh]);
  return { state, online, refresh };
}

// onMessage hears what another frame of this page says, until it is undone.
export function onMessage(heard) {
  const hear = (ev) => { if (ev.origin === location.origin) heard(ev.data, ev.source); };
  addEventListener("message", hear);
  return () => removeEventListener("message", hear);
}

export const tell = (frame, words) => frame?.postMessage(words, location.origin);

// useHash keeps a few choices in the address, so that a link opens the same
// view: as, channel, thread, message; left and right; tour and step.
export function useHash(defaults) {
  const read = () => ({ ...defaults, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) });
  const [at, setAt] = useState(read);
  useEffect(() => {
    const moved = () => setAt(read());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const go = useCallback((change) => {
    const next = { ...read(), ...change };
    history.replaceState(null, "", "#" + hashOf(next));
    setAt(next);
  }, []);
  return [at, go];
}

export const hashOf = (at) => new URLSearchParams(Object.entries(at).filter(([, v]) => v)).toString();
