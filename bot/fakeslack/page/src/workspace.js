// What every part of the page may ask of the workspace.
import { createContext } from "react";

export const Workspace = createContext(null);

const nobody = { id: "", real_name: "Unknown", role: "", team_id: "" };
const slackbot = { id: "USLACKBOT", real_name: "Slackbot", role: "", team_id: "", is_bot: true };

// toolsFor gathers what the parts may do, in the name of one person. ask calls
// the double; act does too, tells what went wrong, and looks again. A recording
// has more: recorded, pointed (the button that is pressed), typed.
export function toolsFor({ state, me, openThread, say, refresh, ask, act, ...more }) {
  const tools = {
    ask, act, refresh, me, openThread,
    user: (id) => (id === "USLACKBOT" ? slackbot : state.people.find((u) => u.id === id) ?? { ...nobody, id }),
    home: state.bot.team_id, people: state.people.filter((u) => !u.is_bot), channels: state.channels ?? [],
    shortcuts: state.shortcuts ?? [], command: state.command, usage: state.usage, bot: state.bot,
    send: (channel, thread, text) => send({ act, say, state, channel, thread, text }),
    messageDesk: (m) => ({
      people: state.people, channels: state.channels, pointed: more.pointed,
      value: (b, e) => m.state?.[b.block_id]?.[e.action_id],
      press: (b, e, value) => act("act", { channel: m.channel, ts: m.ts, version: m.version, block: b.block_id, action: e.action_id, value }),
    }),
  };
  return { ...tools, ...more };
}

// send runs a slash command or posts the words; true if they may go.
async function send({ act, say, state, channel, thread, text }) {
  if (!text.startsWith("/")) return !(await act("say", { channel, thread, text })).error;
  const [, name, rest = ""] = text.match(/^(\S+)\s*([\s\S]*)$/);
  if (name !== state.command) {
    say(`${name} is not a valid command. This workspace knows ${state.command}.`);
    return false;
  }
  if (thread) {
    say(`${name} is not supported in threads. Sorry!`);
    return false;
  }
  const r = await act("command", { channel, text: rest });
  if (r.result?.warning) say(r.result.warning);
  return !r.error;
}
