// Interactive elements: buttons, menus and the fields of modals. A desk says
// what their use does: {press(b, e, value), fill(b, e, value), value(b, e),
// error(b), suggest(b, e, query), people, channels}.
import { useContext, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Menu as Dropdown } from "./menu.jsx";
import { Names, Text, emojiOnly, ownLink } from "./text.jsx";

export function Control({ e, b, desk }) {
  if (e.type === "image") return <img className="thumb" src={e.image_url} alt={e.alt_text} />;
  if (e.type === "button") return <Button e={e} b={b} desk={desk} />;
  if (e.type === "overflow") return <Overflow e={e} b={b} desk={desk} />;
  return <Entry e={e} b={b} desk={{ ...desk, fill: desk.press }} label={e.placeholder?.text ?? "Choose"} />;
}

// useConfirm asks before an act if the element wants that.
function useConfirm(e) {
  const [ask, setAsk] = useState(null);
  const guard = (act) => (e.confirm ? setAsk(() => act) : act());
  const dialog = ask && <Confirm of={e.confirm} yes={() => { setAsk(null); ask(); }} no={() => setAsk(null)} />;
  return [guard, dialog];
}

function Confirm({ of, yes, no }) {
  const title = useId();
  const ref = useRef(null);
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog.showModal();
    return () => dialog.close(); // gives the focus back
  }, []);
  return (
    <dialog ref={ref} className="confirm" aria-labelledby={title} onCancel={(ev) => { ev.preventDefault(); no(); }} data-testid="confirm">
      <h2 id={title}>{emojiOnly(of.title)}</h2>
      <Text of={of.text} />
      <div className="dialog-foot">
        <button type="button" className="btn" onClick={no} data-testid="confirm-deny">{of.deny ? emojiOnly(of.deny) : "Cancel"}</button>
        <button type="button" className={"btn " + (of.style === "danger" ? "danger-solid" : "primary")} onClick={yes} data-testid="confirm-ok">{emojiOnly(of.confirm)}</button>
      </div>
    </dialog>
  );
}

function Button({ e, b, desk }) {
  const [busy, setBusy] = useState(0);
  const [guard, dialog] = useConfirm(e);
  const { me } = useContext(Names);
  const press = () => guard(async () => {
    const own = e.url && ownLink(e.url, me);
    if (e.url && !own) open(e.url, "_blank", "noreferrer");
    setBusy((n) => n + 1);
    await desk.press(b, e, "");
    setBusy((n) => n - 1);
    if (own) location.assign(own);
  });
  return (
    <>
      <button type="button" className={`btn ${e.style ?? ""} ${desk.pointed === e.text.text ? "pointed" : ""}`} aria-label={e.accessibility_label} aria-busy={busy > 0}
        data-action={e.action_id} data-block={b.block_id} onClick={press}>{emojiOnly(e.text)}</button>
      {dialog}
    </>
  );
}

function Overflow({ e, b, desk }) {
  const [guard, dialog] = useConfirm(e);
  const items = e.options.map((o) => ({ key: o.value, text: emojiOnly(o.text), act: () => guard(() => desk.press(b, e, o.value)) }));
  return <><Dropdown label="More actions" items={items}>•••</Dropdown>{dialog}</>;
}

// Field is an input block: label, control, hint, error.
export function Field({ b, desk }) {
  const id = useId();
  const error = desk.error?.(b);
  const grouped = ["radio_buttons", "checkboxes"].includes(b.element.type);
  const Wrap = grouped ? "fieldset" : "div";
  const Label = grouped ? "legend" : "label";
  return (
    <Wrap className={"field" + (error ? " wrong" : "")} data-testid={"block-" + b.block_id}>
      <Label htmlFor={grouped ? undefined : id} className="field-label">
        {emojiOnly(b.label)}{b.optional && <span className="optional"> (optional)</span>}
      </Label>
      <Entry e={b.element} b={b} desk={desk} id={id} described={`${id}-more`} invalid={!!error} label={b.label.text} />
      <div id={`${id}-more`}>
        {error && <p className="field-error" role="alert" data-testid={"error-" + b.block_id}>{error}</p>}
        {b.hint && <p className="field-hint">{emojiOnly(b.hint)}</p>}
      </div>
    </Wrap>
  );
}

function Entry(p) {
  const kind = p.e.type;
  if (kind === "external_select") return <TypeAhead {...p} />;
  if (kind === "radio_buttons") return <Choices {...p} many={false} />;
  if (kind === "checkboxes") return <Choices {...p} many />;
  if (kind.startsWith("multi_")) return <Menu {...p} many />;
  if (kind.endsWith("_select")) return <Menu {...p} />;
  return <Typed {...p} />;
}

const typedAs = { number_input: "text", email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local" };
const typedKey = { datepicker: "selected_date", timepicker: "selected_time", datetimepicker: "selected_date_time" };

// noSubmit keeps Enter from sending the whole form.
const noSubmit = (ev) => { if (ev.key === "Enter") ev.preventDefault(); };

// Typed is kept locally while it is written into, and filled in when it is
// left and before a submission (desk.pending). An input that dispatches tells
// the bot on Enter, or at each pause in typing, and not when it is merely left.
function Typed({ e, b, desk, id, described, invalid, label }) {
  const key = typedKey[e.type] ?? "value";
  const stored = desk.value?.(b, e)?.[key] ?? "";
  const [draft, setDraft] = useState(null);
  const shown = draft ?? local(e, stored);
  const dispatches = b.dispatch_action ? e.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"] : [];
  // Leaving the field and submitting both save: the second waits for the first
  // rather than sending the same again after the submission.
  const saving = useRef({ draft: null, done: null });
  const save = (tell = false) => {
    if (tell) return desk.fill(b, e, remote(e, shown));
    if (draft === null) return saving.current.done;
    if (saving.current.draft !== draft) {
      const done = Promise.resolve(desk.fill(b, e, remote(e, draft), { quiet: dispatches.length > 0 })).then(() => {
        if (saving.current.done === done) saving.current = { draft: null, done: null };
        setDraft((now) => (now === draft ? null : now));
      });
      saving.current = { draft, done };
    }
    return saving.current.done;
  };
  const saver = useRef(save);
  saver.current = save;
  const entered = (ev) => {
    if (ev.key !== "Enter" || !dispatches.includes("on_enter_pressed") || e.multiline || ev.nativeEvent.isComposing) return;
    ev.preventDefault();
    save(true);
  };
  useEffect(() => {
    if (draft === null || !dispatches.includes("on_character_entered")) return;
    const pause = setTimeout(() => saver.current(true), 250);
    return () => clearTimeout(pause);
  }, [draft]);
  useEffect(() => desk.pending?.(() => saver.current()), []); // eslint-disable-line
  const common = {
    id, value: shown, "aria-describedby": described, "aria-invalid": invalid, "aria-label": id ? undefined : label,
    placeholder: e.placeholder?.text, autoFocus: e.focus_on_load, "data-testid": "field-" + b.block_id, "data-action": e.action_id,
    onChange: (ev) => setDraft(ev.target.value), onBlur: () => save(), onKeyDown: entered, onKeyPress: dispatches.includes("on_enter_pressed") && !e.multiline ? noSubmit : undefined,
  };
  const hi = e.max_length;
  return (
    <>
      {e.multiline
        ? <textarea rows={4} {...common} />
        : <input type={typedAs[e.type] ?? "text"} inputMode={e.type === "number_input" ? "decimal" : undefined} autoComplete="off" spellCheck={false} {...common} />}
      {hi && [...shown].length > hi * 0.8 && <p className="field-hint count">{hi - [...shown].length}</p>}
    </>
  );
}

const local = (e, v) => (e.type === "datetimepicker" && v ? new Date(v * 1000 - new Date().getTimezoneOffset() * 6e4).toISOString().slice(0, 16) : String(v ?? ""));
const remote = (e, v) => (e.type === "datetimepicker" && v ? String(Math.floor(new Date(v).getTime() / 1000)) : v);

function optionsFor(e, desk) {
  const as = (x, value) => ({ text: { text: x }, value });
  if (e.type.includes("users_select")) return (desk.people ?? []).map((u) => as(u.real_name, u.id));
  if (e.type === "channels_select" || e.type === "conversations_select") return (desk.channels ?? []).filter((c) => !c.im).map((c) => as("#" + c.name, c.id));
  return e.options ?? [];
}

function selectedIn(v, many) {
  if (!v) return many ? [] : "";
  if (many) return (v.selected_options?.map((o) => o.value) ?? v.selected_users ?? []);
  return v.selected_option?.value ?? v.selected_user ?? v.selected_channel ?? v.selected_conversation ?? "";
}

// Whole is all of what is chosen, below it: on a phone a choice shows its beginning only.
const Whole = ({ text = "" }) => text.length > 32 && <p className="whole">{text}</p>;

function Menu({ e, b, desk, id, described, invalid, label, many = false }) {
  const [guard, dialog] = useConfirm(e);
  const chosen = selectedIn(desk.value?.(b, e), many);
  const change = (ev) => {
    const value = many ? JSON.stringify([...ev.target.selectedOptions].map((o) => o.value)) : ev.target.value;
    guard(() => desk.fill(b, e, value));
  };
  const options = [...optionsFor(e, desk), ...(e.option_groups ?? []).flatMap((g) => g.options)];
  const item = (o) => <option key={o.value} value={o.value}>{emojiOnly(o.text)}{o.description ? ` · ${o.description.text}` : ""}</option>;
  return (
    <>
      <select id={id} multiple={many} value={chosen} onChange={change} aria-describedby={described} aria-invalid={invalid}
        aria-label={id ? undefined : label} data-testid={"field-" + b.block_id} data-action={e.action_id}>
        {!many && <option value="">{e.placeholder?.text ?? "Choose an option"}</option>}
        {optionsFor(e, desk).map(item)}
        {e.option_groups?.map((g, i) => <optgroup key={i} label={g.label.text}>{g.options.map(item)}</optgroup>)}
      </select>
      {!many && <Whole text={options.find((o) => o.value === chosen)?.text.text} />}
      {dialog}
    </>
  );
}

function Choices({ e, b, desk, many, described }) {
  const name = useId();
  const v = desk.value?.(b, e);
  const chosen = many ? selectedIn(v, true) : [selectedIn(v, false)];
  const [guard, dialog] = useConfirm(e);
  const toggle = (o, on) => {
    const next = e.options.map((x) => x.value).filter((x) => (x === o.value ? on : chosen.includes(x)));
    guard(() => desk.fill(b, e, many ? JSON.stringify(next) : o.value));
  };
  return (
    <div className="choices" data-testid={"field-" + b.block_id} aria-describedby={described}>
      {e.options.map((o) => (
        <label key={o.value} className="choice">
          <input type={many ? "checkbox" : "radio"} name={name} value={o.value} checked={chosen.includes(o.value)} onChange={(ev) => toggle(o, ev.target.checked)} />
          <span><Text of={o.text} />{o.description && <small><Text of={o.description} /></small>}</span>
        </label>
      ))}
      {dialog}
    </div>
  );
}

// TypeAhead is an external_select: a combobox whose list the bot fills.
function TypeAhead({ e, b, desk, id, described, invalid, label }) {
  const list = useId();
  const chosen = desk.value?.(b, e)?.selected_option;
  const [query, setQuery] = useState(null); // null: closed, showing the choice
  const [found, setFound] = useState({ state: "idle", options: [] });
  const [at, setAt] = useState(0);
  const min = e.min_query_length ?? 3;
  useEffect(() => {
    if (query === null) { setFound({ state: "idle", options: [] }); setAt(0); return; }
    if ([...query].length < min) { setFound({ state: "short", options: [] }); return; }
    let live = true;
    setFound((f) => ({ ...f, state: "asking" }));
    const wait = setTimeout(async () => {
      const r = await desk.suggest(b, e, query);
      if (!live) return;
      setAt(0);
      setFound(r.error || r.warning ? { state: "failed", options: [] } : { state: "found", options: r.result ?? [] });
    }, 180);
    return () => { live = false; clearTimeout(wait); };
  }, [query]);
  const pick = async (o) => { setQuery(null); await desk.fill(b, e, o?.value ?? ""); };
  const keys = (ev) => {
    const n = found.options.length;
    if (ev.key === "ArrowDown" || ev.key === "ArrowUp") {
      ev.preventDefault();
      if (query === null) setQuery("");
      else if (n) setAt((at + (ev.key === "ArrowDown" ? 1 : n - 1)) % n);
    } else if (ev.key === "Enter") {
      ev.preventDefault();
      if (query === null) setQuery("");
      else if (found.options[at]) pick(found.options[at]);
    } else if (ev.key === "Escape" && query !== null) {
      ev.stopPropagation(); ev.preventDefault(); setQuery(null);
    }
  };
  const isOpen = query !== null;
  return (
    <div className="typeahead">
      <input id={id} role="combobox" aria-expanded={isOpen} aria-controls={list} aria-autocomplete="list" autoComplete="off" spellCheck={false}
        aria-activedescendant={isOpen && found.options[at] ? `${list}-${at}` : undefined} aria-describedby={described} aria-invalid={invalid}
        aria-label={id ? undefined : label} placeholder={e.placeholder?.text ?? "Type to search"} data-testid={"field-" + b.block_id} data-action={e.action_id}
        value={query ?? chosen?.text?.text ?? ""} onChange={(ev) => setQuery(ev.target.value)} onFocus={() => !chosen && setQuery("")}
        onBlur={() => setQuery(null)} onKeyDown={keys} onKeyPress={noSubmit} autoFocus={e.focus_on_load} />
      {chosen && !isOpen && <button type="button" className="clear" aria-label={"Clear " + label} onClick={() => pick(null)}>×</button>}
      {!isOpen && <Whole text={chosen?.text?.text} />}
      <div className="options" hidden={!isOpen}>
        <p className="note" role="status">{isOpen && noteOf(found, min)}</p>
        <div id={list} role="listbox" aria-label={label}>
          {isOpen && grouped(found.options).map((g) => (
            <div key={g.name} role={g.name ? "group" : "presentation"} aria-label={g.name || undefined}>
              {g.name && <p className="group" aria-hidden="true">{g.name}</p>}
              {g.options.map(({ o, i }) => <Option key={o.value} id={`${list}-${i}`} o={o} on={i === at} pick={() => pick(o)} hover={() => setAt(i)} />)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

function noteOf({ state, options }, min) {
  if (state === "short") return `Type ${min} or more characters`;
  if (state === "failed") return "Nothing came back. Try again.";
  if (options.length) return "";
  return { asking: "Looking…", found: "No results" }[state];
}

// grouped puts options of one group that follow each other together.
function grouped(options) {
  const groups = [];
  options.forEach((o, i) => {
    const name = o.group ?? "";
    if (groups.at(-1)?.name !== name) groups.push({ name, options: [] });
    groups.at(-1).options.push({ o, i });
  });
  return groups;
}

function Option({ id, o, on, pick, hover }) {
  const ref = useRef(null);
  useEffect(() => { if (on) ref.current?.scrollIntoView({ block: "nearest" }); }, [on]);
  return (
    <div ref={ref} id={id} role="option" aria-selected={on} className={on ? "option on" : "option"} data-value={o.value}
      onMouseDown={(ev) => ev.preventDefault()} onClick={pick} onMouseMove={hover}>
      <span>{o.text}</span>{o.description && <small>{o.description}</small>}
    </div>
  );
}
