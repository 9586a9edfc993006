import { beforeAll, beforeEach, expect, test } from "vitest";
import { Secret } from "../../../../src/core/secret";
import { listCustody, pruneCustody, writeCustody } from "../../../../src/operations/custody/custody-files";
import type { CustodyContent } from "../../../../src/operations/custody/share-file";
import { ageKey } from "../../../support/age";
import { MemoryTarget } from "../../../support/memory-target";

const MAIN = { tenant: "customer10", name: "main" };
let content: CustodyContent;
let target: MemoryTarget;

beforeAll(async () => {
  const keys = [{ name: "unseal-key-0", key: new Secret("a key") }];
  content = {
    instance: {
      ...MAIN,
      product: "openbao",
      seal: "shamir",
      secretShares: 3,
      secretThreshold: 2,
      replicas: [{ name: "main-0", address: "https://main-0.example:8200" }],
    },
    keyType: "unseal",
    holders: [
      { name: "alice", ...(await ageKey()), keys },
      { name: "bob", ...(await ageKey()), keys },
    ],
  };
});
beforeEach(() => {
  target = new MemoryTarget();
});

async function write(minute: number): Promise<string> {
  const time = new Date(`2026-11-27T00:${minute}:00.000Z`);
  return (await writeCustody(target, content, { recordVersion: 7, time, digest: "a".repeat(64) })).name;
}

test("lists what it wrote, and nothing that it does not know", async () => {
  const name = await write(10);
  for (const file of ["customer10.main.20261127T001530123Z.json", "notes.json", `${name.replace("-7", "-8")}.json`])
    target.files.set(file, Buffer.from("{}"));
  expect(await listCustody(target, MAIN)).toMatchObject([{ name, complete: true }]);
  expect(await listCustody(target, { ...MAIN, name: "mai" })).toEqual([]);
  // A manifest under another name is a copy.
  target.files.set(`${name.replace("-7", "-9")}.json`, target.files.get(`${name}.json`) ?? Buffer.alloc(0));
  expect(await listCustody(target, MAIN)).toHaveLength(1);
});

test("writes the manifest last, so that it counts only if every file is there", async () => {
  const name = await write(10);
  expect([...target.files.keys()]).toEqual([`${name}.alice.age`, `${name}.bob.age`, `${name}.json`]);
  target.files.delete(`${name}.alice.age`);
  expect(await listCustody(target, MAIN)).toMatchObject([{ name, complete: false }]);
});

test("prunes all of the instance's but one, and what an interrupted run left", async () => {
  const former = await write(10);
  const kept = await write(11);
  const left = former.replace("-7", "-6");
  const others = ["customer10.other.custody-7.20261127T001000000Z.json", "customer10.main.20261127T001530123Z.age"];
  for (const file of [`${left}.carol.age`, ...others]) target.files.set(file, Buffer.from("x"));
  expect(await pruneCustody(target, MAIN, kept)).toEqual([left, former]);
  expect([...target.files.keys()].sort()).toEqual(
    [...others, `${kept}.alice.age`, `${kept}.bob.age`, `${kept}.json`].sort(),
  );
  expect(await pruneCustody(target, MAIN, kept)).toEqual([]);
});
