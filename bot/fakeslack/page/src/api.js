// The page's own calls to the double, and the live state of the workspace.
import { useCallback, useEffect, useRef, useState } from "react";

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
        const r = await fetch("/page/state?as=" + encodeURIComponent(as));
        const next = await r.json();
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
    const events = new EventSource("/page/events");
    events.onmessage = refresh;
    events.onerror = () => setOnline(false);
    return () => events.close();
  }, [refresh]);
  useEffect(() => { refresh(); }, [me, refresh]);
  return { state, online, refresh };
}

// useHash keeps a few choices in the address, so that a link opens the same
// view: as, channel, thread, message.
export function useHash(defaults) {
  const read = () => ({ ...defaults, ...Object.fromEntries(new URLSearchParams(location.hash.slice(1))) });
  const [at, setAt] = useState(read);
  useEffect(() => {
    const moved = () => setAt(read());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const go = useCallback((change) => {
    setAt((was) => {
      const next = { ...was, ...change };
      const kept = Object.entries(next).filter(([, v]) => v);
      history.replaceState(null, "", "#" + new URLSearchParams(kept));
      return next;
    });
  }, []);
  return [at, go];
}
