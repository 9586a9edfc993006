import { beforeEach, expect, test } from "vitest";
import type { Replica } from "../../../../src/contract/instance";
import { Secret } from "../../../../src/core/secret";
import { EmptyServer } from "../../../../src/operations/snapshot/empty-server";
import type { Manifest } from "../../../../src/operations/snapshot/manifest";
import type { SnapshotKeys } from "../../../../src/operations/snapshot/snapshot-keys";
import { INSTANCE, Universe } from "../../../support/simulation";

const [FIRST] = INSTANCE.replicas as [Replica];
const MANIFEST = { name: "s", seal: "shamir", shares: 5, threshold: 3 } as Manifest;
const KEYS: SnapshotKeys = {
  type: "unseal",
  keys: [0, 1, 2].map((index) => new Secret(`other-${index}`)),
  threshold: 3,
  rootToken: undefined,
  current: true,
};

let universe: Universe;
beforeEach(() => {
  universe = new Universe(INSTANCE);
});

function emptyServer(): EmptyServer {
  return new EmptyServer(universe.start(), FIRST, MANIFEST, KEYS);
}

test("an empty server is initialised and unsealed with keys that are kept outside the record", async () => {
  const server = emptyServer();
  expect(await server.open()).toEqual({ wait: "the empty server becomes active" });
  const stage = await server.open();
  expect(stage).toMatchObject({ token: universe.answers[0]?.rootToken });
  expect(universe.temporaryKeys).toMatchObject({ snapshot: "s", keys: universe.answers[0]?.keys });
  expect(universe.versions).toEqual([]);
  await server.forget();
  expect(universe.temporaryKeys).toBeUndefined();
});

test("another run continues with the keys that were kept", async () => {
  await emptyServer().open();
  Object.assign(universe.servers[0] ?? {}, { sealed: true });
  const next = emptyServer();
  expect(await next.open()).toEqual({ wait: "the empty server becomes active" });
  expect(await next.open()).toMatchObject({ token: universe.answers[0]?.rootToken });
  expect(universe.answers).toHaveLength(1);
});

test("if they were lost, it is told that the server has nothing", async () => {
  await emptyServer().open();
  Object.assign(universe.servers[0] ?? {}, { sealed: true });
  universe.temporaryKeys = { snapshot: "s", keys: [], rootToken: undefined };
  await expect(emptyServer().open()).rejects.toMatchObject({ code: "restore-unfinished" });
});

test("if the keys of the snapshot open it, it has the data already", async () => {
  await emptyServer().open();
  Object.assign(universe.servers[0] ?? {}, { sealed: true });
  const keys = { ...KEYS, keys: universe.answers[0]?.keys ?? [] };
  universe.temporaryKeys = { snapshot: "s", keys: KEYS.keys, rootToken: new Secret("gone") };
  const server = new EmptyServer(universe.start(), FIRST, MANIFEST, keys);
  expect(await server.open()).toBe("restored");
  expect(await server.open()).toBe("restored");
});
