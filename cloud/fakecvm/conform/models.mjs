// What the vendor's own client says of an answer: its interfaces, with their
// comments, as they stand in its .d.ts files.
import { readFileSync } from 'node:fs';

const field = /^ {4}(\w+)\??: ([^;]+);$/;

// interfaces reads {name: {field: {type, nullable}}}. A field may be null only
// where its comment says so.
export function interfaces(file) {
  const all = {};
  let current, comment = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const begins = /^export interface (\w+) \{$/.exec(line);
    if (begins) {
      current = all[begins[1]] = {};
      comment = '';
    } else if (line === '}') {
      current = undefined;
    } else if (current && line.trim().startsWith('/**')) {
      comment = '';
    } else if (current && field.test(line)) {
      const [, name, type] = field.exec(line);
      current[name] = { type, nullable: /null/.test(comment) };
    } else {
      comment += line;
    }
  }
  return all;
}

// held compares a value with a type: what the interface does not know, what is
// not there, what is null though it may not be, and what is of another kind.
export function held(all, type, value, path, out) {
  const list = /^Array<(.+)>$/.exec(type);
  if (list) {
    if (!Array.isArray(value)) return void out.other.push(path);
    for (const one of value) held(all, list[1], one, `${path}[]`, out);
    return;
  }
  const known = all[type];
  if (!known) {
    const kinds = type.split(' | ');
    if (kinds.every((k) => ['string', 'number', 'boolean', 'bigint'].includes(k)) && !kinds.includes(typeof value)) out.other.push(path);
    return;
  }
  for (const [name, one] of Object.entries(value)) {
    const at = `${path}.${name}`;
    if (!known[name]) out.unknown.push(at);
    else if (one === null) {
      if (!known[name].nullable) out.nulls.push(at);
    } else held(all, known[name].type, one, at, out);
  }
  for (const name of Object.keys(known)) if (!(name in value)) out.missing.push(`${path}.${name}`);
}
