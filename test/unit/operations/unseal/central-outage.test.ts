import { describe, expect, test } from "vitest";
import { CentralError } from "../../../../src/central/client";
import { unsealInstance, type UnsealReport } from "../../../../src/operations/unseal/unseal-instance";
import type { OperationContext } from "../../../../src/operations/context";
import { INSTANCE, Universe } from "../../../support/simulation";

const MINUTE = 60_000;

const PASSING: readonly (readonly [string, CentralError])[] = [
  ["does not answer", new CentralError("unreachable", "The central Vault does not answer.")],
  ["is sealed", new CentralError("sealed", "The central Vault is sealed.", 503)],
  ["fails", new CentralError("refused", "The central Vault refuses the request.", 500)],
  ["has too much to do", new CentralError("refused", "The central Vault refuses the request.", 429)],
];
const LASTING: readonly (readonly [string, CentralError])[] = [
  ["the token is refused", new CentralError("denied", "The central Vault refuses the token.", 403)],
  ["the mount is missing", new CentralError("missing", "The central Vault has nothing there.", 404)],
  ["it is not trusted", new CentralError("untrusted", "The central Vault is not trusted.")],
];

/** The central Vault fails for some time, from the moment at which something has happened. */
interface Outage {
  readonly error: CentralError;
  readonly begins: (universe: Universe) => boolean;
  readonly duration: number;
}

const evicted = (universe: Universe): boolean => universe.evictions.length > 0;
const unsealed = (universe: Universe): boolean => universe.servers.some((server) => universe.isUp(server));

async function run(universe: Universe, outage?: Outage): Promise<UnsealReport> {
  const context = outage === undefined ? universe.start() : failing(universe, outage);
  return unsealInstance(context);
}

function failing(universe: Universe, { error, begins, duration }: Outage): OperationContext {
  const context = universe.start();
  const { store } = context;
  let since = Infinity;
  const orFail = <Args extends unknown[], Result>(ask: (...args: Args) => Promise<Result>) => {
    return (...args: Args): Promise<Result> => {
      if (begins(universe)) since = Math.min(since, universe.now);
      return universe.now >= since && universe.now < since + duration ? Promise.reject(error) : ask(...args);
    };
  };
  return {
    ...context,
    patientStore: {
      path: store.path,
      read: orFail(store.read),
      write: orFail(store.write),
      versionWithKeys: orFail(store.versionWithKeys),
    },
    store: {
      ...store,
      read: orFail(store.read),
      write: orFail(store.write),
      readMetadata: orFail(store.readMetadata),
      patchMetadata: orFail(store.patchMetadata),
    },
  };
}

/** An instance that is up. */
async function up(): Promise<Universe> {
  const universe = new Universe(INSTANCE);
  await run(universe);
  return universe;
}

async function outdated(): Promise<Universe> {
  const universe = await up();
  universe.revision++;
  return universe;
}

async function sealed(): Promise<Universe> {
  const universe = await up();
  for (const server of universe.servers) Object.assign(server, { sealed: true, readyAt: undefined });
  return universe;
}

describe.each(PASSING)("a central Vault that %s", (_what, error) => {
  test("is waited for once a pod was ended", async () => {
    const universe = await outdated();
    expect((await run(universe, { error, begins: evicted, duration: MINUTE })).restarted).toHaveLength(3);
    expect(universe.servers.every((server) => universe.isUp(server) && server.revision === 1)).toBe(true);
  });

  test("is waited for once a replica was unsealed", async () => {
    const universe = await sealed();
    expect((await run(universe, { error, begins: unsealed, duration: MINUTE })).unsealed).toHaveLength(3);
  });

  test("ends a run that has changed nothing", async () => {
    const universe = await sealed();
    const begun = universe.now;
    await expect(run(universe, { error, begins: () => true, duration: MINUTE })).rejects.toBe(error);
    expect(universe.now).toBe(begun);
  });

  test("is waited for no longer than there is time", async () => {
    const message = expect.stringMatching(/\(last: The central Vault [^.]*\)[;,]/) as string;
    for (const [universe, begins] of [
      [await outdated(), evicted],
      [await sealed(), unsealed],
    ] as const) {
      await expect(run(universe, { error, begins, duration: Infinity })).rejects.toMatchObject({
        code: "timeout",
        message,
      });
    }
  });
});

test.each(LASTING)("a run that has begun ends at once where %s", async (_what, error) => {
  const restarting = await outdated();
  await expect(run(restarting, { error, begins: evicted, duration: MINUTE })).rejects.toBe(error);
  expect(restarting.now - (restarting.evictedAt[0] ?? 0)).toBeLessThan(10_000);

  const unsealing = await sealed();
  const begun = unsealing.now;
  await expect(run(unsealing, { error, begins: unsealed, duration: MINUTE })).rejects.toBe(error);
  expect(unsealing.now - begun).toBeLessThan(10_000);
});
