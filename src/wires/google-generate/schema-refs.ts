import { asArray, asObject, asString } from "#base/json.ts";
import { joinAll, type Node } from "#wires/google-generate/schema-join.ts";

/** Follows the `$ref`s of one schema into itself (`#`, `#/$defs/name`), and knows which of them are open at the moment. */
export class SchemaRefs {
  readonly #root: Node;
  readonly #open = new Set<string>();

  constructor(root: Node) {
    this.#root = root;
  }

  /**
   * The schema with its `$ref` and `allOf` put in place, and the call that leaves it again. Until then a `$ref` to one of its own gives its
   * target's type alone.
   */
  enter(schema: unknown): readonly [node: Node, leave: () => void] {
    const seen = new Set<string>();
    const node = joinAll(schema, (part) => this.#follow(part, seen));
    const fresh = [...seen].filter((ref) => !this.#open.has(ref));
    for (const ref of fresh) this.#open.add(ref);
    const leave = (): void => {
      for (const ref of fresh) this.#open.delete(ref);
    };
    return [node, leave];
  }

  /** The schema with its `$ref` and `allOf` put in place, for a look at it. */
  resolve(schema: unknown): Node {
    const seen = new Set<string>();
    return joinAll(schema, (part) => this.#follow(part, seen));
  }

  /** What stands beside a `$ref` wins over its target. No target is put in place twice: it would say the same again. */
  #follow(schema: unknown, seen: Set<string>): Node {
    let node = asObject(schema) ?? {};
    for (;;) {
      const { $ref, ...beside } = node;
      const ref = asString($ref);
      if (ref === undefined || seen.has(ref)) return beside;
      seen.add(ref);
      const target = this.#find(ref);
      node = { ...(this.#open.has(ref) ? shallow(target) : target), ...beside };
    }
  }

  #find(ref: string): Node {
    if (ref !== "#" && !ref.startsWith("#/")) return {};
    let found: unknown = this.#root;
    for (const step of ref.split("/").slice(1)) {
      const name = unescaped(step);
      const items = asArray(found);
      const fields = asObject(found) ?? {};
      found = items === undefined ? (Object.hasOwn(fields, name) ? fields[name] : undefined) : items[Number(name)];
    }
    return asObject(found) ?? {};
  }
}

/** RFC 6901, as it stands in a URI fragment. */
function unescaped(step: string): string {
  const plain = step.replaceAll("~1", "/").replaceAll("~0", "~");
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

function shallow({ type, description, properties, items }: Node): Node {
  const inferred = properties === undefined ? (items === undefined ? "string" : "array") : "object";
  return { type: type ?? inferred, ...(description === undefined ? {} : { description }) };
}
