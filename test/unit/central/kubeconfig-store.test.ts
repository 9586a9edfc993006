import { afterEach, expect, test } from "vitest";
import { KubeconfigStore } from "../../../src/central/kubeconfig-store";
import { FakeVault } from "../../support/vault-api";

const LOCATION = { mount: "clusters", path: "customer10" };
const RELEASES = { kubespray: "2.32.0", kubernetes: "1.36.0" };

let central: FakeVault | undefined;
afterEach(() => central?.stop());

/** A secret as KV version 2 keeps it. */
async function storeOf(
  kept: Record<string, string> | undefined,
  onWrite: (data: Record<string, string>) => Record<string, string> = (data) => data,
) {
  let data = kept;
  const started = (central = await FakeVault.start(({ method, body }) => {
    if (method === "POST") data = onWrite((body as { data: Record<string, string> }).data);
    return data === undefined ? { status: 404 } : { body: { data: { data, metadata: { version: 4 } } } };
  }));
  return { started, store: new KubeconfigStore(started.client(), LOCATION) };
}

test("a kubeconfig is written beside what others keep there, with what was installed, and read back", async () => {
  const { started, store } = await storeOf({ note: "theirs" });
  await store.write("KUBECONFIG", RELEASES);
  expect(started.requests[1]?.body).toEqual({
    data: { note: "theirs", kubeconfig: "KUBECONFIG", "kubespray-version": "2.32.0", "kubernetes-version": "1.36.0" },
    options: { cas: 4 },
  });
  expect(await store.readKubeconfig()).toBe("KUBECONFIG");
  expect(await store.installed()).toEqual(RELEASES);
});

test("nothing is written if nothing changes", async () => {
  const { store } = await storeOf({});
  await store.write("KUBECONFIG", RELEASES);
  const asked = central?.asked.length ?? 0;
  await store.write("KUBECONFIG", RELEASES);
  expect(central?.asked.slice(asked)).toEqual(["GET clusters/data/customer10"]);
});

test("another program that wrote at the same time is noticed", async () => {
  const { store } = await storeOf({}, () => ({ kubeconfig: "OTHER" }));
  await expect(store.write("KUBECONFIG", RELEASES)).rejects.toMatchObject({ code: "central-conflict" });
});

test("a kubeconfig that is missing is named with the command that puts it there", async () => {
  const { store } = await storeOf(undefined);
  await expect(store.readKubeconfig()).rejects.toThrow(
    'The central Vault has no kubeconfig at clusters/customer10; store it with "vault kv put clusters/customer10 kubeconfig=@FILE".',
  );
  expect(await store.installed()).toBeUndefined();
});
