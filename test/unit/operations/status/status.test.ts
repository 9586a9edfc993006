import { expect, test } from "vitest";
import { descriptionDigest, toMetadata } from "../../../../src/central/instance-metadata";
import { systemClock } from "../../../../src/core/clock";
import { selectInstances, statusOf } from "../../../../src/operations/status/status";
import type { VaultClient } from "../../../../src/vault/client";
import { LocalError, ReplicaError } from "../../../../src/vault/errors";
import { INSTANCE } from "../../../support/simulation";

const TARGET = { tenant: "customer10", name: "main" };

/** A central Vault that answers each path as given, and all others with 404. */
function central(answers: Record<string, object>): VaultClient {
  const send = (_method: string, path: string) =>
    Promise.resolve(
      path in answers ? { status: 200, body: { data: answers[path] } } : { status: 404, body: { errors: [] } },
    );
  return { address: "https://central:8200", send } as unknown as VaultClient;
}

const FLEET = central({
  "customers/metadata/": { keys: ["customer10/", "customer11/", "stray"] },
  "customers/metadata/customer10/": { keys: ["main", "folder/"] },
  "customers/metadata/customer11/": { keys: ["main", "test"] },
});

test("a selection is one instance, a tenant's, or all", async () => {
  const names = async (selection?: string) =>
    (await selectInstances(FLEET, selection)).map(({ tenant, name }) => `${tenant}/${name}`);
  expect(await names("customer12/any")).toEqual(["customer12/any"]);
  expect(await names("customer11")).toEqual(["customer11/main", "customer11/test"]);
  expect(await names()).toEqual(["customer10/main", "customer11/main", "customer11/test"]);
  expect(await names("none")).toEqual([]);
});

test("an instance that nobody described has a status as well, with a code", async () => {
  expect(await statusOf(FLEET, TARGET, { clock: systemClock })).toMatchObject({
    healthy: false,
    problemCode: "not-described",
    record: { state: "missing" },
  });
});

test("an instance whose replicas do not answer is not healthy, and its record is told", async () => {
  const replicas = [{ name: "main-0", address: "https://127.0.0.1:1" }];
  const instance = { ...INSTANCE, replicas };
  const metadata = { version: 1, created_time: "2026-01-01T00:00:00Z", deletion_time: "", destroyed: false };
  const data = { "description-digest": descriptionDigest(instance) };
  const answers = {
    "customers/metadata/customer10/main": { custom_metadata: toMetadata(instance) },
    "customers/data/customer10/main": { data, metadata },
  };
  const status = await statusOf(central(answers), TARGET, { clock: systemClock });
  expect(status).toMatchObject({ healthy: false, replicas: [{ state: "unreachable", reason: "ECONNREFUSED" }] });
});

test("the metadata of the record say when escrow verify last proved the keys", async () => {
  const verified = "2026-11-26T12:00:00.000Z";
  const status = (custom: Record<string, string>) =>
    statusOf(central({ "customers/metadata/customer10/main": { custom_metadata: custom } }), TARGET, {
      clock: systemClock,
    });
  expect(await status({ "escrow-verified": verified })).toMatchObject({ escrowVerified: verified });
  expect(await status({})).not.toHaveProperty("escrowVerified");
});

test("a central Vault that fails ends it: no instance is to blame", async () => {
  const send = () => Promise.reject(new ReplicaError("sealed", "503", 503));
  const sealed = { address: "https://central:8200", send } as unknown as VaultClient;
  await expect(statusOf(sealed, TARGET, { clock: systemClock })).rejects.toMatchObject({ code: "central-sealed" });
});

test("H10: too many open files on this machine end it: no instance is to blame", async () => {
  const others = central({});
  const limited = {
    address: "https://central:8200",
    send: (method: "GET", path: string) =>
      path.startsWith("customers/metadata/") ? Promise.reject(new LocalError("EMFILE")) : others.send(method, path),
  } as unknown as VaultClient;
  await expect(statusOf(limited, TARGET, { clock: systemClock })).rejects.toMatchObject({ code: "local-limit" });
});
