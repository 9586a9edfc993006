import { afterEach, expect, test } from "vitest";
import { thisProcess } from "../../../src/central/journal-owner";
import { OperationLock } from "../../../src/central/operation-lock";
import { FakeVault } from "../../support/vault-api";

const ENTRY = { run: "r", operation: "rotate-keys", lease: 120 };
const WRITTEN = "2026-01-01T00:00:00Z";

let central: FakeVault | undefined;
afterEach(() => central?.stop());

async function lockWith(data: object | undefined): Promise<OperationLock> {
  central = await FakeVault.start(({ method }) => {
    if (method === "POST") return { body: { data: { version: 5 } } };
    return data === undefined
      ? { status: 404 }
      : { body: { data: { data, metadata: { version: 4, created_time: WRITTEN } } } };
  });
  return new OperationLock(central.client(), "customer10/main");
}

test("is free until something was written", async () => {
  expect(await (await lockWith(undefined)).read()).toEqual({ version: 0, age: 0, holder: undefined });
});

test.each([{}, { run: 1, operation: "a", lease: 1 }, ENTRY])("is free if the secret is %j", async (data) => {
  expect(await (await lockWith(data)).read()).toMatchObject({ version: 4, holder: undefined });
});

test("says who holds it, and for how long, by the clock of the central Vault", async () => {
  const lock = await lockWith({ ...ENTRY, process: { ...thisProcess(), pid: 2 ** 30 } });
  const { holder, age } = await lock.read();
  expect(holder).toMatchObject({ ...ENTRY, pid: 2 ** 30, host: thisProcess().host, state: "over" });
  expect(age).toBeCloseTo((Date.now() - Date.parse(WRITTEN)) / 1000, -1);
});

test("is written with check-and-set, in the name of this process, and freed", async () => {
  const lock = await lockWith({});
  expect(await lock.write(ENTRY, 4)).toBe(5);
  await lock.write(undefined, 5);
  expect(central?.requests.map(({ path, body }) => [path, body])).toEqual([
    ["access/data/customer10/main/lock", { data: { ...ENTRY, process: thisProcess() }, options: { cas: 4 } }],
    ["access/data/customer10/main/lock", { data: {}, options: { cas: 5 } }],
  ]);
});
