// Slack's date tokens, in the reader's own zone.
const two = (n) => String(n).padStart(2, "0");

export const clock = (d) => `${two(d.getHours())}:${two(d.getMinutes())}`;
export const fromTS = (ts) => new Date(parseFloat(ts) * 1000);

function dayName(d) {
  const at = (x) => new Date(x.getFullYear(), x.getMonth(), x.getDate()).getTime();
  const days = Math.round((at(d) - at(new Date())) / 864e5);
  return { 0: "today", [-1]: "yesterday", 1: "tomorrow" }[days];
}

function ago(d) {
  const s = Math.round((d - Date.now()) / 1000);
  const f = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(s) < 60) return s > 0 ? "in less than a minute" : "just now";
  if (Math.abs(s) < 3600) return f.format(Math.trunc(s / 60), "minute");
  if (Math.abs(s) < 86400) return f.format(Math.trunc(s / 3600), "hour");
  return f.format(Math.trunc(s / 86400), "day");
}

const in_ = (options) => (d) => new Intl.DateTimeFormat("en", options).format(d);
const short = in_({ month: "short", day: "numeric", year: "numeric" });
const medium = in_({ month: "long", day: "numeric", year: "numeric" });
const long = in_({ weekday: "long", month: "long", day: "numeric", year: "numeric" });

const tokens = {
  date_num: (d) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`,
  date_slash: in_({ day: "2-digit", month: "2-digit", year: "numeric" }),
  date: medium,
  date_short: short,
  date_long: long,
  date_pretty: (d) => dayName(d) ?? medium(d),
  date_short_pretty: (d) => dayName(d) ?? short(d),
  date_long_pretty: (d) => dayName(d) ?? long(d),
  time: clock,
  time_secs: (d) => `${clock(d)}:${two(d.getSeconds())}`,
  ago,
};

// slackDate fills in a format such as "{date_short_pretty} {time_secs}".
export function slackDate(timestamp, format) {
  const d = new Date(Number(timestamp) * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, name) => tokens[name]?.(d) ?? whole);
}

export function dayHeading(d) {
  const name = dayName(d);
  return name ? name[0].toUpperCase() + name.slice(1) : long(d);
}

// lastReply is short: the time today, else the day too.
export function lastReply(d) {
  return dayName(d) === "today" ? `today at ${clock(d)}` : `${short(d)} at ${clock(d)}`;
}
