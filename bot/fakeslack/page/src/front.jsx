// What an empty channel shows: what this is, and three things to do first.
import { useContext } from "react";
import { Workspace } from "./workspace.js";

export function Front({ channel }) {
  const ws = useContext(Workspace);
  if (!ws.front) return <p className="empty">This is the very beginning of <b>{channel.label}</b>.</p>;
  const [watch, ...others] = ws.front.tours;
  const me = ws.user(ws.me).real_name.split(" ")[0];
  return (
    <section className="front" aria-label="Start here" data-testid="front">
      <h2>Nothing here is real.</h2>
      <p>No machine, no cloud and no Slack outside this computer is touched. Try anything.</p>
      <div className="front-acts">
        <button type="button" className="btn big primary" data-testid="front-watch" onClick={() => ws.front.watch(watch)}>{watch.first}</button>
        <button type="button" className="btn big danger" data-testid="front-wipe" onClick={() => ws.send(channel.id, "", ws.command + " web-01")}>Wipe web-01 yourself</button>
        {others.map((t) => <button key={t.name} type="button" className="btn big" data-testid={"front-" + t.name} onClick={() => ws.front.watch(t)}>{t.first}</button>)}
      </div>
      <p>You are {me}; <button type="button" className="link" data-testid="front-second" onClick={ws.front.second}>open a second person to approve</button></p>
      <p className="dim">Break something on purpose: <button type="button" className="link" data-testid="front-desk" onClick={ws.front.desk}>open the practice desk</button></p>
    </section>
  );
}
