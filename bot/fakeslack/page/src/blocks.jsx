// Blocks. What only shows is drawn by slack-blocks-to-jsx; what can be used is
// drawn here with real, labelled controls.
import { Drawn, Text, emojiOnly } from "./text.jsx";
import { Control, Field } from "./controls.jsx";

// Blocks of a message get new ids with each edit and stay the same things on
// the page, so that the keyboard stays where it was; a view's fields are told
// apart by theirs.
export function Blocks({ blocks, desk, byPlace = false }) {
  return (
    <div className="blocks">
      {blocks.map((b, i) => <One key={byPlace ? i + b.type : b.block_id} b={b} desk={desk} />)}
    </div>
  );
}

function One({ b, desk }) {
  const draw = kinds[b.type];
  return draw ? draw(b, desk) : <Drawn blocks={[b]} />;
}

const kinds = {
  header: (b) => <h3 className="b-header">{emojiOnly(b.text)}</h3>,
  divider: () => <hr className="b-divider" />,
  section: (b, desk) => (
    <div className="b-section">
      <div className="b-section-text">
        {b.text && <Text of={b.text} />}
        {b.fields && <div className="b-fields">{b.fields.map((f, i) => <div key={i}><Text of={f} /></div>)}</div>}
      </div>
      {b.accessory && <div className="b-accessory"><Control e={b.accessory} b={b} desk={desk} /></div>}
    </div>
  ),
  context: (b) => (
    <div className="b-context">
      {b.elements.map((e, i) => e.type === "image"
        ? <img key={i} src={e.image_url} alt={e.alt_text} />
        : <Text key={i} of={e} />)}
    </div>
  ),
  actions: (b, desk) => (
    <div className="b-actions" role="group" aria-label="Actions">
      {b.elements.map((e) => <Control key={e.action_id} e={e} b={b} desk={desk} />)}
    </div>
  ),
  input: (b, desk) => <Field b={b} desk={desk} />,
  image: (b) => (
    <figure className="b-image">
      {b.title && <figcaption>{emojiOnly(b.title)}</figcaption>}
      <img src={b.image_url} alt={b.alt_text} />
    </figure>
  ),
  table: (b) => (
    <div className="b-table" tabIndex={0} role="region" aria-label="Table">
      <table>
        <thead><Row b={b} cells={b.rows[0]} as="th" /></thead>
        <tbody>{b.rows.slice(1).map((cells, i) => <Row key={i} b={b} cells={cells} as="td" />)}</tbody>
      </table>
    </div>
  ),
};

function Row({ b, cells, as: Cell }) {
  return (
    <tr>
      {cells.map((c, i) => {
        const set = b.column_settings?.[i] ?? {};
        return <Cell key={i} style={{ textAlign: set.align }} className={set.is_wrapped === false ? "tight" : ""}>{cell(c)}</Cell>;
      })}
    </tr>
  );
}

function cell(c) {
  if (c.type === "rich_text") return <Drawn blocks={[c]} />;
  return c.text ?? String(c.value ?? "");
}
