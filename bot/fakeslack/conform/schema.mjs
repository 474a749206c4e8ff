// Prints the JSON schema of all that Slack shows, made of @slack/types.
import { createGenerator } from 'ts-json-schema-generator';

const schema = createGenerator({ path: 'surface.ts', tsconfig: 'tsconfig.json', type: '*', additionalProperties: false }).createSchema('Surface');

// AnyBlock also takes whatever has a type; only the blocks that Slack documents count.
schema.definitions.AnyBlock = { $ref: '#/definitions/KnownBlock' };

// bare is the schema without its prose.
function bare(x, named) {
  if (Array.isArray(x)) return x.map((v) => bare(v, false));
  if (x === null || typeof x !== 'object') return x;
  return Object.fromEntries(
    Object.entries(x)
      .filter(([k]) => named || !['description', 'deprecated', 'default', '$comment'].includes(k))
      .map(([k, v]) => [k, bare(v, !named && (k === 'properties' || k === 'definitions'))]),
  );
}

console.log(JSON.stringify(bare(schema, false), null, 1));
