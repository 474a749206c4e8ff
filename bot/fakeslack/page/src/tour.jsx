// The tour: a story that was played for real, to watch moment by moment.
import { useEffect, useMemo, useState } from "react";
import { stateOf } from "./api.js";
import { Shell, Toast, useToast } from "./app.jsx";
import { useKeptFocus } from "./focus.js";
import { Avatar } from "./message.jsx";
import { toolsFor } from "./workspace.js";

// useReel fetches a recording while it is made.
function useReel(name) {
  const [reel, setReel] = useState({ frames: [], done: false, failed: "" });
  useEffect(() => {
    let live = true;
    const fetchAll = async () => {
      let all = { frames: [], done: false, failed: "" };
      setReel(all);
      while (live && !all.done) {
        try {
          const r = await fetch(`/page/tours/${encodeURIComponent(name)}?after=${all.frames.length}`);
          const more = await r.json();
          all = { frames: [...all.frames, ...more.frames], done: more.done, failed: more.failed };
        } catch {
          all = { ...all, done: true, failed: "The practice workspace cannot be reached." };
        }
        if (live) setReel(all);
      }
    };
    fetchAll();
    return () => { live = false; };
  }, [name]);
  return reel;
}

// readingTime is how long a frame stays, in ms.
const readingTime = (f) => Math.min(6500, 1800 + 30 * (f.act + f.looks.join(" ")).length);

export function Tour({ at, go }) {
  const { frames, done, failed } = useReel(at.tour);
  const [tours, setTours] = useState([]);
  const [playing, setPlaying] = useState(at.playing === "yes");
  const [toast, say] = useToast();
  useKeptFocus('[data-testid="tour-play"]');
  useEffect(() => { stateOf(at.as).then((s) => setTours(s.tours), () => {}); }, []);
  const i = Math.max(0, Math.min(Number(at.step) || 0, frames.length - 1));
  const frame = frames[i];
  const more = i + 1 < frames.length;
  const step = (by) => go({ step: String(Math.max(0, Math.min(i + by, frames.length - 1))) });
  useEffect(() => {
    if (!playing || !frame) return;
    if (!more && done && frames.length) return setPlaying(false);
    const next = more && setTimeout(() => step(1), readingTime(frame));
    return () => clearTimeout(next);
  }, [playing, i, frame, more, done]);
  useEffect(() => {
    const keys = (ev) => {
      if (ev.target.matches("input, textarea, select")) return;
      if (ev.key === "ArrowRight") step(1);
      else if (ev.key === "ArrowLeft") step(-1);
      else if (ev.key === " " && !ev.target.matches("button")) setPlaying((p) => !p);
      else return;
      ev.preventDefault();
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [i, frames.length]);
  const leave = () => go({ tour: "", step: "", playing: "" });
  return (
    <div className="tour-page">
      {frame ? <Recorded frame={frame} n={i} say={say} /> : <p className="loading" role="status">The story is being played for real, this once. It takes a moment…</p>}
      <section className="tour" aria-label="Tour" data-testid="tour">
        <div className="tour-words" aria-live="polite">
          <p className="tour-part">{frame?.caption}</p>
          {frame?.act && <p className="tour-act" data-testid="tour-act"><Who id={frame.who} state={frame.state} /> {frame.act}</p>}
          {frame && !frame.act && <ul className="tour-looks" data-testid="tour-looks">{frame.looks.map((l, n) => <li key={n}>{l}</li>)}</ul>}
          {failed && <p className="field-error" role="alert">The recording ended early. {failed}</p>}
        </div>
        <div className="tour-keys">
          <select aria-label="Story" data-testid="tour-name" value={at.tour} onChange={(ev) => { setPlaying(false); go({ tour: ev.target.value, step: "" }); }}>
            {tours.map((t) => <option key={t.name} value={t.name} title={t.about}>{t.title}</option>)}
          </select>
          <span className="tour-at" data-testid="tour-at">{frames.length ? i + 1 : 0} of {frames.length}{done ? "" : "…"}</span>
          <button type="button" className="btn" data-testid="tour-back" aria-disabled={i === 0} onClick={() => step(-1)}>Back</button>
          <button type="button" className="btn primary" data-testid="tour-play" aria-pressed={playing} onClick={() => setPlaying(!playing)}>{playing ? "Pause" : "Play"}</button>
          <button type="button" className="btn" data-testid="tour-next" aria-disabled={!more} onClick={() => step(1)}>Next</button>
          <button type="button" className="btn" data-testid="tour-leave" onClick={leave}>{done && !more ? "Now you" : "Leave"}</button>
        </div>
      </section>
      <Toast text={toast} />
    </div>
  );
}

function Who({ id, state }) {
  const user = state.people.find((u) => u.id === id);
  if (user) return <Avatar user={user} size={24} />;
  return id === "bot" ? <Avatar size={24} /> : <span aria-hidden="true">{{ cloud: "☁", slack: "✳", somebody: "?" }[id]}</span>;
}

// Recorded draws what one person saw. Nothing on it does anything.
function Recorded({ frame, n, say }) {
  const tools = useMemo(() => {
    const ask = async () => { say("This is a recording. Leave the tour to try it yourself."); return {}; };
    return toolsFor({
      state: frame.state, me: frame.as, openThread: ask, say, refresh: ask, ask, act: ask,
      recorded: true, pointed: frame.press, typed: frame.typed,
    });
  }, [frame, say]);
  const at = { as: frame.as, channel: "", thread: frame.typed ? "" : frame.thread, message: "", tab: "" };
  return <Shell key={frame.typed ? n : ""} state={frame.state} at={at} go={tools.ask} tools={tools} closeThread={tools.ask} />;
}
