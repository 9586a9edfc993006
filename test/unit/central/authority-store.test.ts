import { afterEach, expect, test } from "vitest";
import { AuthorityStore } from "../../../src/central/authority-store";
import { Secret } from "../../../src/core/secret";
import { FakeVault } from "../../support/vault-api";

const KEY = "authorities/data/customer10/main/exported-1/key";
const CERTIFICATE = "authorities/data/customer10/main/exported-1/certificate";
const MISSING = { status: 404, body: { errors: [] } };

let fake: FakeVault;
afterEach(async () => {
  await (fake as FakeVault | undefined)?.stop();
});

async function storeOf(answer: Parameters<typeof FakeVault.start>[0]): Promise<AuthorityStore> {
  fake = await FakeVault.start(answer);
  return new AuthorityStore(fake.client(), "customer10/main");
}

function version(data: object | null) {
  return { body: { data: { data, metadata: { version: 1, deletion_time: "", destroyed: false } } } };
}

test("key and certificate are two secrets, and neither need exist", async () => {
  const store = await storeOf(({ path }) => (path === KEY ? version({ "private-key": "PEM" }) : MISSING));
  const { key, certificate } = await store.read("exported-1");
  expect([key?.reveal(), certificate]).toEqual(["PEM", undefined]);
  expect(fake.asked).toEqual([`GET ${KEY}`, `GET ${CERTIFICATE}`]);
});

test("each is created, and nothing is overwritten", async () => {
  const store = await storeOf(() => ({ body: { data: { version: 1 } } }));
  await store.keepKey("exported-1", new Secret("PEM"));
  await store.keepCertificate("exported-1", "CERT");
  expect(fake.requests.map(({ path, body }) => [path, body])).toEqual([
    [KEY, { data: { "private-key": "PEM" }, options: { cas: 0 } }],
    [CERTIFICATE, { data: { certificate: "CERT" }, options: { cas: 0 } }],
  ]);
});

test("what another run wrote first stays, and a denial without it is an error", async () => {
  let exists = true;
  const store = await storeOf(({ method }) =>
    method === "POST" ? { status: 403 } : exists ? version({ "private-key": "theirs" }) : MISSING,
  );
  await expect(store.keepKey("exported-1", new Secret("ours"))).resolves.toBeUndefined();
  exists = false;
  await expect(store.keepKey("exported-1", new Secret("ours"))).rejects.toMatchObject({ code: "central-denied" });
});

test("a part that a person has deleted is not made again", async () => {
  const store = await storeOf(() => ({ status: 404, ...version(null) }));
  await expect(store.read("exported-1")).rejects.toMatchObject({
    code: "authority-deleted",
    message: expect.stringContaining("authorities/customer10/main/exported-1/key; recover it") as string,
  });
});

test("a bundle is one field of a secret", async () => {
  const store = await storeOf(() => version({ bundle: "PEM", other: 1 }));
  expect((await store.readBundle("operator", "ca", "bundle"))?.reveal()).toBe("PEM");
  expect(await store.readBundle("operator", "ca", "other")).toBeUndefined();
  expect(await store.readBundle("operator", "ca", "absent")).toBeUndefined();
  expect(fake.asked).toContain("GET operator/data/ca");
});
