import { describe, expect, test } from "vitest";
import { withAnswer } from "../../../../src/central/record";
import { CentralError } from "../../../../src/central/client";
import type { OperationContext } from "../../../../src/operations/context";
import { escrowKeys } from "../../../../src/operations/unseal/escrow";
import { INSTANCE, Universe } from "../../../support/simulation";
import { answerOf } from "../../../support/secrets";

const ANSWER = answerOf("root", ["a", "b", "c"]);
const AWAY = new CentralError("unreachable", "The central Vault does not answer.");

function started(): { universe: Universe; context: OperationContext } {
  const universe = new Universe(INSTANCE);
  return { universe, context: universe.start() };
}

/** A central Vault that is away until then. */
function awayUntil(context: OperationContext, then: number): OperationContext {
  const { patientStore, clock } = context;
  const read: typeof patientStore.read = () => (clock.now() < then ? Promise.reject(AWAY) : patientStore.read());
  return { ...context, patientStore: { ...patientStore, read } };
}

describe("the keys of an initialisation", () => {
  test("are written, read back, and forgotten in the journal", async () => {
    const { universe, context } = started();
    const forgotten: string[] = [];
    const journal = { ...context.journal, forget: (file: string) => void forgotten.push(file) };
    await escrowKeys({ ...context, journal }, { answer: ANSWER, journal: "j" });
    expect(universe.record).toEqual(withAnswer({}, ANSWER));
    expect(forgotten).toEqual(["j"]);
  });

  test("are safe also if the journal cannot be deleted: that is a note", async () => {
    const { universe, context } = started();
    const forget = (): never => {
      throw new Error("EROFS");
    };
    await escrowKeys({ ...context, journal: { ...context.journal, forget } }, { answer: ANSWER, journal: "j" });
    expect(universe.events.at(-1)).toMatchObject({ level: "warn", fields: { journal: "j", reason: "EROFS" } });
  });

  test("that only this process holds are brought to a central Vault whenever it comes back", async () => {
    const { universe, context } = started();
    const late = awayUntil({ ...context, deadline: 0, signal: AbortSignal.abort() }, 3_600_000);
    await escrowKeys(late, { answer: ANSWER, journal: "j", keep: () => false });
    expect(universe.record).toEqual(withAnswer({}, ANSWER));
  });

  test("that are in the journal may wait there when time is up", async () => {
    const { context } = started();
    const late = awayUntil({ ...context, deadline: 5_000 }, Infinity);
    await expect(escrowKeys(late, { answer: ANSWER, journal: "j" })).rejects.toMatchObject({
      code: "escrow-unconfirmed",
      message: expect.stringMatching(/encrypted in j: keep that file/) as string,
    });
  });

  test.each([
    ["time is up", { deadline: -1 }],
    ["the run is interrupted", { signal: AbortSignal.abort() }],
  ])("reach a central Vault that answers also when %s", async (_, end) => {
    const { universe, context } = started();
    await escrowKeys({ ...context, ...end }, { answer: ANSWER, journal: "j" });
    expect(universe.record).toEqual(withAnswer({}, ANSWER));
  });

  test("are put into the journal as soon as it takes them", async () => {
    const { context } = started();
    let attempts = 0;
    const late = awayUntil({ ...context, deadline: 0 }, Infinity);
    const keep = (): boolean => ++attempts === 3;
    await expect(escrowKeys(late, { answer: ANSWER, journal: "j", keep })).rejects.toMatchObject({
      code: "escrow-unconfirmed",
    });
    expect(attempts).toBe(3);
  });

  test("never replace other keys", async () => {
    const { universe, context } = started();
    const others = { "root-token": "of others" };
    universe.versions.push({ fields: others, at: 0, deleted: false });
    await expect(escrowKeys(context, { answer: ANSWER, journal: "j" })).rejects.toMatchObject({
      code: "escrow-contradiction",
    });
    expect(universe.record).toEqual(others);
  });
});
