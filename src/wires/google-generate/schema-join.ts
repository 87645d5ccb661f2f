import { asArray, asObject } from "#base/json.ts";

/** One schema as it came: nothing is known of its fields. */
export type Node = Readonly<Record<string, unknown>>;

/** How deep `allOf` may stand within `allOf`. */
const DEPTH_LIMIT = 32;

/**
 * A schema with its `allOf` joined into it: properties and required names add up, of everything else the schema's own, then the first
 * counts. `follow` gives a schema less its `$ref`.
 */
export const joinAll = (schema: unknown, follow: (schema: unknown) => Node): Node => partsOf(schema, follow, 0).reduce(join);

function partsOf(schema: unknown, follow: (schema: unknown) => Node, depth: number): readonly Node[] {
  const { allOf, ...own } = follow(schema);
  const parts = depth < DEPTH_LIMIT ? (asArray(allOf) ?? []) : [];
  return [own, ...parts.flatMap((part) => partsOf(part, follow, depth + 1))];
}

function join(left: Node, right: Node): Node {
  const properties = joinProperties(asObject(left.properties), asObject(right.properties));
  const required = [...(asArray(left.required) ?? []), ...(asArray(right.required) ?? [])];
  return {
    ...right,
    ...left,
    ...(properties === undefined ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** A property of both must satisfy both. */
function joinProperties(left: Node | undefined, right: Node | undefined): Node | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  const entries = Object.entries(right).map(([name, value]) => {
    const other = Object.hasOwn(left, name) ? left[name] : undefined;
    return [name, other === undefined ? value : { allOf: [other, value] }] as const;
  });
  return Object.fromEntries([...Object.entries(left), ...entries]);
}
