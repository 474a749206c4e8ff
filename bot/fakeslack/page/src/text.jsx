// Text objects. mrkdwn and rich_text are drawn by slack-blocks-to-jsx;
// plain_text is drawn here, as the library would read it as mrkdwn.
import { createContext, useContext, useMemo } from "react";
import { Message as Library } from "slack-blocks-to-jsx";
import { emojify } from "node-emoji";
import { hashOf } from "./api.js";
import { slackDate } from "./time.js";

export const Names = createContext({ users: [], channels: [], user_groups: [] });

// ownLink is where a permalink of this workspace leads on the page, for whoever
// is looking; null for every other link.
export function ownLink(href, me) {
  const url = URL.canParse(href) && new URL(href);
  const [, channel, digits] = (url && url.origin === location.origin && url.pathname.match(/^\/archives\/(\w+)\/p(\d{7,})$/)) || [];
  if (!channel) return null;
  const message = digits.slice(0, -6) + "." + digits.slice(-6);
  return "/#" + hashOf({ as: me, channel, message, thread: url.searchParams.get("thread_ts") });
}

const hooksFor = (me) => ({
  date: ({ timestamp, format, link, fallback }) => {
    const shown = <time dateTime={new Date(timestamp * 1000).toISOString()} title={fallback}>{slackDate(timestamp, format)}</time>;
    return link ? <a href={link} target="_blank" rel="noreferrer">{shown}</a> : shown;
  },
  link: ({ href, children }) =>
    ownLink(href, me) ? <a href={ownLink(href, me)}>{children}</a>
      : /^(https?|mailto):/.test(href) ? <a href={href} target="_blank" rel="noreferrer">{children}</a> : <span>{children}</span>,
});

// Drawn gives blocks to the library.
export function Drawn({ blocks }) {
  const data = useContext(Names);
  const hooks = useMemo(() => hooksFor(data.me), [data.me]);
  return useMemo(() => <Library withoutWrapper blocks={blocks} logo="" name="" data={data} hooks={hooks} />, [blocks, data, hooks]);
}

// Text draws a text object inline or as a paragraph.
export function Text({ of }) {
  const blocks = useMemo(() => [{ type: "section", text: of }], [of]);
  if (!of) return null;
  if (of.type !== "mrkdwn") return <span className="plain">{emojiOnly(of)}</span>;
  return <div className="mrkdwn"><Drawn blocks={blocks} /></div>;
}

export const emojiOnly = (of) => (of?.emoji === false ? of.text : withEmoji(of?.text ?? ""));

const withEmoji = (t) => t.replace(/:[a-z0-9_+'-]+:/g, (code) => {
  const drawn = emojify(code);
  return drawn === code ? code : drawn;
});
