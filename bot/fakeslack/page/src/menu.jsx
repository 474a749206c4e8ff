// A menu behind a button: Enter or arrow down opens it, arrows move, Escape
// closes it and gives the focus back.
import { useEffect, useId, useRef, useState } from "react";

export function Menu({ label, className = "btn", children, items, testid }) {
  const id = useId();
  const button = useRef(null);
  const list = useRef(null);
  const [open, setOpen] = useState(false);
  useEffect(() => { if (open) list.current.querySelector("button")?.focus(); }, [open]);
  const close = () => { setOpen(false); button.current.focus(); };
  const left = (ev) => { if (!ev.currentTarget.contains(ev.relatedTarget)) setOpen(false); };
  const keys = (ev) => {
    const all = [...list.current.querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at + all.length - 1) % all.length, Home: 0, End: all.length - 1 }[ev.key];
    if (to !== undefined) all[to].focus();
    else if (ev.key === "Escape") close();
    else return;
    ev.preventDefault();
    ev.stopPropagation();
  };
  return (
    <span className="menu" onBlur={left}>
      <button ref={button} type="button" className={className} aria-label={label} aria-haspopup="menu" aria-expanded={open} aria-controls={id} data-testid={testid}
        onClick={() => setOpen(!open)} onKeyDown={(ev) => { if (ev.key === "ArrowDown") { ev.preventDefault(); setOpen(true); } }}>{children}</button>
      {open && (
        <ul ref={list} id={id} role="menu" aria-label={label} onKeyDown={keys}>
          {items.map((i) => (
            <li key={i.key} role="none"><button type="button" role="menuitem" tabIndex={-1} onClick={() => { close(); i.act(); }}>{i.text}</button></li>
          ))}
        </ul>
      )}
    </span>
  );
}
