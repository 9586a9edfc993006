import { afterEach, expect, test } from "vitest";
import {
  CredentialStore,
  parseCredential,
  withCredential,
  type Credential,
} from "../../../src/central/credential-store";
import { Secret } from "../../../src/core/secret";
import { FakeVault } from "../../support/vault-api";

const CREDENTIAL: Credential = {
  roleId: "id",
  secretId: new Secret("s"),
  accessor: "a",
  expires: new Date("2027-01-01T00:00:00.000Z"),
};
const FIELDS = {
  "role-id": "id",
  "secret-id": "s",
  "secret-id-accessor": "a",
  "secret-id-expires": "2027-01-01T00:00:00.000Z",
};

let fake: FakeVault;
afterEach(async () => {
  await (fake as FakeVault | undefined)?.stop();
});

async function storeOf(answer: Parameters<typeof FakeVault.start>[0]): Promise<CredentialStore> {
  fake = await FakeVault.start(answer);
  return new CredentialStore(fake.client(), "customer10", "main");
}

test("a credential comes back from its fields", () => {
  expect(parseCredential(withCredential({ note: "theirs" }, CREDENTIAL))).toEqual(CREDENTIAL);
  expect(withCredential({ note: "theirs" }, CREDENTIAL)).toEqual({ note: "theirs", ...FIELDS });
});

test.each(Object.keys(FIELDS))("without %s it is incomplete", (field) => {
  expect(parseCredential({ ...FIELDS, [field]: 1 })).toBeUndefined();
});

test("what was never written has version 0 and no credential", async () => {
  const store = await storeOf(() => ({ status: 404, body: { errors: [] } }));
  expect(await store.read("plan")).toEqual({ version: 0, fields: {}, credential: undefined });
  expect(fake.asked).toEqual(["GET access/data/customer10/main/plan"]);
});

test("a central Vault without the mount says which stack makes it", async () => {
  const store = await storeOf(() => ({ status: 404, body: { errors: ["no handler for route"] } }));
  await expect(store.read("plan")).rejects.toMatchObject({
    code: "central-missing",
    message: expect.stringContaining(
      'nothing at access/data/customer10/main/plan; deploy the stack "central"',
    ) as string,
  });
});

test("a write names the version, keeps the fields of others, and is read back", async () => {
  const data = { data: FIELDS, metadata: { version: 3 } };
  const store = await storeOf(({ method }) => ({ body: { data: method === "GET" ? data : { version: 3 } } }));
  await store.write("plan", { version: 2, fields: { note: "theirs" }, credential: undefined }, CREDENTIAL);
  expect(fake.requests[0]).toMatchObject({
    method: "POST",
    body: { data: { note: "theirs", ...FIELDS }, options: { cas: 2 } },
  });
  expect(fake.asked[1]).toBe("GET access/data/customer10/main/plan");
});

test("a read-back that differs is a conflict", async () => {
  const data = { data: { ...FIELDS, "secret-id": "other" }, metadata: { version: 3 } };
  const store = await storeOf(() => ({ body: { data } }));
  const seen = { version: 2, fields: {}, credential: undefined };
  await expect(store.write("plan", seen, CREDENTIAL)).rejects.toMatchObject({ code: "central-conflict" });
});
