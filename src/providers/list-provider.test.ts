import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ModelError } from "#model/error.ts";
import { requireProvider } from "#providers/find.ts";
import { listProvider, type KnownModels, type ListOptions } from "#providers/list-provider.ts";
import { readListing, writeListing } from "#providers/listing-cache.ts";
import { resolveProvider } from "#providers/resolve.ts";

const KNOWN: KnownModels = { models: () => ["from-the-catalogue"], facts: () => ({ contextTokens: 1234 }) };
const HOUR = 3_600_000;

type House = {
  readonly folder: string;
  /** Whether the server answers; how often it was asked. */
  state: { up: boolean; asked: number; list: readonly string[] };
  list(provider?: string, options?: Partial<ListOptions>): ReturnType<typeof listProvider>;
};

async function withHouse(check: (house: House) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "factory-lists-"));
  const state: House["state"] = { up: true, asked: 0, list: ["a", "b"] };
  const server = createServer((_, response) => {
    state.asked += 1;
    if (!state.up) response.statusCode = 500;
    response.end(JSON.stringify(state.up ? { data: state.list.map((id) => ({ id })) } : { error: { message: "down" } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // The server listens on TCP.
  const { port } = server.address() as AddressInfo;
  const list: House["list"] = (provider = "deepseek", options = {}) =>
    listProvider(resolveProvider(requireProvider(provider), { host: `http://127.0.0.1:${port}`, token: "secret-key-1234", env: {} }), {
      env: {},
      signal: AbortSignal.timeout(60_000),
      now: 1_000_000,
      folder,
      again: false,
      known: KNOWN,
      ...options,
    });
  try {
    await check({ folder, state, list });
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

test("a list is asked for once an hour, or when it is wanted again", () =>
  withHouse(async ({ state, list }) => {
    assert.deepEqual([(await list()).origin, state.asked], ["provider", 1]);
    const kept = await list("deepseek", { now: 1_000_000 + HOUR - 1 });
    assert.deepEqual([kept.origin, kept.ageMs, state.asked, kept.models.map(({ id }) => id)], ["kept", HOUR - 1, 1, ["a", "b"]]);
    state.list = ["c"];
    assert.deepEqual(
      (await list("deepseek", { again: true })).models.map(({ id }) => id),
      ["c"],
    );
    assert.equal((await list("deepseek", { now: 1_000_000 + HOUR })).origin, "provider");
    assert.equal(state.asked, 3);
  }));

test("a provider that cannot be asked gives its old list, else the catalogue's models, and says why", () =>
  withHouse(async ({ state, list }) => {
    state.up = false;
    const guessed = await list();
    assert.deepEqual([guessed.origin, guessed.models.map(({ id }) => id)], ["catalogue", ["from-the-catalogue"]]);
    assert(guessed.problem instanceof ModelError);
    state.up = true;
    await list();
    state.up = false;
    const old = await list("deepseek", { now: 1_000_000 + 5 * HOUR });
    assert.deepEqual([old.origin, old.ageMs, old.problem instanceof ModelError], ["kept", 5 * HOUR, true]);
    assert.equal((await list("vllm")).models.length, 0, "the catalogue knows nothing of a local server");
  }));

test("facts of the catalogue are added, and a curated list needs nobody, nor a key", () =>
  withHouse(async ({ folder, list }) => {
    assert.equal((await list()).models[0]?.capabilities.contextTokens.value, 1234);
    const target = resolveProvider(requireProvider("anthropic"), { env: {} });
    const options = { env: {}, signal: AbortSignal.timeout(60_000), now: 0, folder, again: false, known: KNOWN };
    const { origin, problem } = await listProvider(target, options);
    assert.deepEqual([origin, problem], ["curated", null]);
  }));

test("a missing key is why a provider was not asked", () =>
  withHouse(async ({ folder }) => {
    const target = resolveProvider(requireProvider("deepseek"), { env: {} });
    const options = { env: {}, signal: AbortSignal.timeout(60_000), now: 0, folder, again: false, known: KNOWN };
    assert.match((await listProvider(target, options)).problem?.message ?? "", /needs a key/);
  }));

test("an interrupted command is not a provider's problem", () =>
  withHouse(async ({ list }) => {
    await assert.rejects(list("deepseek", { signal: AbortSignal.abort(new Error("stop")) }), /stop/);
  }));

test("what is kept is for the user alone, without the key, and whole", () =>
  withHouse(async ({ folder, list }) => {
    await list();
    const [name = "", ...others] = await readdir(folder);
    assert.deepEqual(others, []);
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600);
    assert.ok(!(await readFile(join(folder, name), "utf8")).includes("secret"));
    for (const broken of [
      "",
      "{",
      '{"version":1}',
      '{"version":1,"at":1,"models":[5],"dropped":[]}',
      '{"version":99,"at":1,"models":[],"dropped":[]}',
    ]) {
      await writeFile(join(folder, name), broken);
      assert.equal((await list()).origin, "provider", broken);
    }
  }));

test("lists of different keys do not meet, whatever is in them", () =>
  withHouse(async ({ folder }) => {
    const keep = (key: string, id: string) =>
      writeListing(
        { folder, key },
        { at: 1, listing: { models: [{ id, facts: { tools: "native" } }], dropped: [{ id: "x", why: "y" }], cut: "z" } },
      );
    await keep("../../a b", "one");
    await keep("../../a c", "two");
    assert.deepEqual(await readListing({ folder, key: "../../a b" }), {
      at: 1,
      listing: { models: [{ id: "one", facts: { tools: "native" } }], dropped: [{ id: "x", why: "y" }], cut: "z" },
    });
    assert.equal((await readdir(folder)).length, 2);
    assert.equal(await readListing({ folder, key: "never" }), undefined);
  }));

test("a folder that cannot be written keeps nobody from the list", () =>
  withHouse(async ({ folder, list }) => {
    const file = join(folder, "file");
    await writeFile(file, "");
    assert.equal((await list("deepseek", { folder: join(file, "below") })).origin, "provider");
  }));
