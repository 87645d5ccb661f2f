import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { ModelError } from "#model/error.ts";
import type { AssistantBlock } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import { printWireDocs } from "#test/print-wire-docs.ts";
import { ANSWER_FEATURES, BLOCK_FEATURES, type Telling } from "#test/answer-features.ts";
import { REQUEST_FEATURES, type RequestFeature } from "#test/request-features.ts";
import { asJson, heardOf, requestOf, travelledAnswer, travelledRequest } from "#test/travel.ts";
import { LOSSES, type LossPlace } from "#wires/losses.ts";
import { WIRE_NAMES, type WireName } from "#wires/wire.ts";

/**
 * What one side of a wire encodes the other decodes. Each feature travels alone: what does not arrive stands in `LOSSES`, and what stands there
 * does not arrive. Then all that arrives alone travels together.
 */

/** Replays a failure, as does the seed that fast-check prints. */
const SEED = Number(process.env["FACTORY_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const SAMPLES = 12;
const RUNS = 150;

for (const wire of WIRE_NAMES) {
  test(`${wire}: what does not arrive stands in the table, and nothing else does`, async () => {
    const found = [...(await lostOfRequests(wire)), ...(await lostOfAnswers(wire))];
    const listed = LOSSES[wire].map((loss) => `${loss.in}: ${loss.what}`);
    assert.deepEqual(found.toSorted(), listed.toSorted(), `FACTORY_TEST_SEED=${SEED} replays it`);
  });

  test(`${wire}: requests of all that the wire carries arrive as they were`, async () => {
    const kept = REQUEST_FEATURES.filter((feature) => !isLost(wire, "request", feature.what) && !meetsLost(wire, feature));
    const meetings = REQUEST_FEATURES.flatMap(({ what, meets }) => (meets !== undefined && isLost(wire, "request", what) ? [meets] : []));
    const requests = fc
      .array(fc.oneof(...kept.flatMap(({ sample }) => sample(wire) ?? [])), { maxLength: 8 })
      .map(requestOf)
      .filter((request) => !meetings.some(({ isIn }) => isIn(request)));
    await fc.assert(
      fc.asyncProperty(requests, fc.boolean(), async (request, stream) =>
        assertArrives(await travelledRequest(wire, request, stream), request),
      ),
      { numRuns: RUNS, seed: SEED },
    );
  });

  for (const stream of [true, false]) {
    const place = stream ? "streamed answer" : "whole answer";
    test(`${wire}: a ${place} of all that the wire carries arrives as it was`, async () => {
      await fc.assert(
        fc.asyncProperty(answersOf(wire, place), async (telling) =>
          assertArrives(await travelledAnswer(wire, telling, stream), heardOf(telling)),
        ),
        { numRuns: RUNS, seed: SEED },
      );
    });
  }
}

test("every reason in the table is told, and every wire has its section in docs/wires.md", () => {
  for (const wire of WIRE_NAMES) for (const { why } of LOSSES[wire]) assert.match(why, /\w{2,} \w+/);
  const docs = readFileSync(join(import.meta.dirname, "../docs/wires.md"), "utf8");
  assert.equal(docs, printWireDocs(), "`node scripts/wire-docs.ts` renews docs/wires.md");
});

async function lostOfRequests(wire: WireName): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const feature of REQUEST_FEATURES) {
    const pieces = samplesOf(feature.sample(wire));
    if (meetsLost(wire, feature)) continue;
    const kept = await allArrive(pieces, async (piece) => {
      const request = requestOf([piece]);
      assertArrives(await travelledRequest(wire, request, true), request);
    });
    if (!kept) lost.push(`request: ${feature.what}`);
  }
  return lost;
}

/** A meeting of features of which one is lost anyway. */
const meetsLost = (wire: WireName, { meets }: RequestFeature): boolean => (meets?.of ?? []).some((what) => isLost(wire, "request", what));

async function lostOfAnswers(wire: WireName): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { what, sample, of = [] } of ANSWER_FEATURES) {
    const tellings = samplesOf(sample(wire));
    const arrive = (stream: boolean) => {
      if (of.some((part) => isLost(wire, stream ? "streamed answer" : "whole answer", part))) return true;
      return allArrive(tellings, async (telling) => assertArrives(await travelledAnswer(wire, telling, stream), heardOf(telling)));
    };
    const [streamed, whole] = [await arrive(true), await arrive(false)];
    if (!streamed && !whole) lost.push(`answer: ${what}`);
    else if (!streamed) lost.push(`streamed answer: ${what}`);
    else if (!whole) lost.push(`whole answer: ${what}`);
  }
  return lost;
}

function samplesOf<Value>(arbitrary: fc.Arbitrary<Value> | undefined): readonly Value[] {
  return arbitrary === undefined ? [] : fc.sample(arbitrary, { numRuns: SAMPLES, seed: SEED });
}

async function allArrive<Value>(values: readonly Value[], travel: (value: Value) => Promise<void>): Promise<boolean> {
  for (const value of values) {
    try {
      await travel(value);
    } catch (error) {
      // A failure in place of an answer is no answer.
      if (error instanceof assert.AssertionError || error instanceof ModelError) return false;
      throw error;
    }
  }
  return true;
}

const assertArrives = (arrived: unknown, sent: ModelRequest | ReturnType<typeof heardOf>): void => assert.deepEqual(arrived, asJson(sent));

const isLost = (wire: WireName, place: LossPlace, what: string): boolean =>
  LOSSES[wire].some((loss) => loss.what === what && (loss.in === place || (loss.in === "answer" && place !== "request")));

/** Answers of blocks that arrive alone, each kind at most once, in an order that arrives. */
function answersOf(wire: WireName, place: LossPlace): fc.Arbitrary<Telling> {
  const keeps = (what: string): boolean => !isLost(wire, place, what);
  const kept = BLOCK_FEATURES.filter(({ what }) => keeps(what) && (MEETINGS[what] ?? []).every((meeting) => keeps(`${what}, ${meeting}`)));
  const samples = kept.flatMap(({ sample }) => sample(wire) ?? []);
  const order = keeps("reasoning behind a text") && keeps("a text behind a tool call");
  const single = { text: !keeps("texts one behind the other"), reasoning: !keeps("reasoning in several blocks") };
  const once = !keeps("reasoning behind reasoning of this wire");
  const parts = fc.shuffledSubarray(samples, { maxLength: 6 }).chain((chosen) => fc.tuple(...chosen));
  return fc.tuple(parts, fc.boolean()).map(([tellings, mixed]) => {
    const told = tellings.flatMap(({ blocks }) => blocks);
    const first = told.findIndex(({ type }) => type === "reasoning");
    const few = once ? told.filter(({ type }, at) => type !== "reasoning" || at === first) : told;
    const blocks = apart(order ? few : few.toSorted((left, right) => RANKS[left.type] - RANKS[right.type]), single);
    return { blocks, ...(mixed && keeps("blocks told at the same time") ? { mixed: true } : {}) };
  });
}

/** Where a block may stand that arrives alone. */
const MEETINGS: Readonly<Record<string, readonly string[]>> = {
  "what a text carries": ["before another text", "beside a tool call"],
  "reasoning without words": ["between texts"],
};

/** The order in which protocols without one tell an answer. */
const RANKS: Readonly<Record<AssistantBlock["type"], number>> = { reasoning: 0, text: 1, opaque: 2, "tool-call": 3 };

/** Less the blocks that would become one with the block before them. */
const apart = (
  blocks: readonly AssistantBlock[],
  single: { readonly text: boolean; readonly reasoning: boolean },
): readonly AssistantBlock[] =>
  blocks.filter(({ type }, at) => !((type === "text" || type === "reasoning") && single[type] && blocks[at - 1]?.type === type));
