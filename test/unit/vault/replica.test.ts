import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { describe, expect, test } from "vitest";
import { LabAuthority } from "../../../lab/certificates";
import { verify } from "../../../src/operations/unseal/unsealing";
import type { Replica } from "../../../src/contract/instance";
import { Secret } from "../../../src/core/secret";
import { ReplicaApi } from "../../../src/vault/replica";
import { ReplicaError } from "../../../src/vault/errors";
import { VaultClient } from "../../../src/vault/client";
import { INSTANCE, Universe } from "../../support/simulation";
import { FakeVault } from "../../support/vault-api";

function answering(body: object): ReplicaApi {
  return new ReplicaApi({ send: () => Promise.resolve({ status: 200, body }) } as unknown as VaultClient);
}

test("something else that answers on the address is not taken for an empty Vault", async () => {
  expect(await answering({}).status()).toEqual({
    state: "unreachable",
    reason: "sys/seal-status: the answer is not that of a Vault or OpenBao",
    untrusted: false,
  });
  await expect(answering({ keys: [] }).initialize("shamir", 5, 3)).rejects.toThrow(ReplicaError);
});

test("an instance whose root token was revoked is verified without counting its peers", async () => {
  const universe = new Universe(INSTANCE);
  const context = universe.start();
  for (const server of universe.servers) Object.assign(server, { data: 0, sealed: false });
  const denied = { raftPeers: () => Promise.reject(new ReplicaError("denied", "403", 403)) };

  const replica = (each: Replica) => ({ ...context.replica(each), ...denied });
  const verified = await verify({ ...context, replica }, new Secret("revoked"));

  expect(verified).toEqual({ done: { leader: "https://main-0:8200", raftPeers: undefined } });
});

test("of a server whose certificate is not accepted it is seen which one it shows, and nothing is sent to it", async () => {
  const { certificate, key } = await (await LabAuthority.create()).issue("main-0");
  let received = 0;
  const impostor = createServer({ cert: certificate, key }, (socket) => {
    socket.on("data", (data: Buffer) => (received += data.length)).on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(impostor, "listening");
  const address = `https://127.0.0.1:${(impostor.address() as AddressInfo).port}`;
  const caCertificate = (await LabAuthority.create()).certificate;
  const client = new VaultClient({ address, caCertificate, token: new Secret("SECRET") });
  const server = new ReplicaApi(client);

  expect(await server.status()).toMatchObject({ state: "unreachable", untrusted: true });
  expect(await server.shownFingerprint()).toBe(new X509Certificate(certificate).fingerprint256);
  await expect(server.certificate()).rejects.toMatchObject({ failure: "untrusted" });
  expect(received).toBe(0);
  await client.close();
  impostor.close();
  await once(impostor, "close");
  expect(await server.shownFingerprint()).toBeUndefined();
});

test.each([
  ['barrier seal type of "shamir" does not match loaded type of "static"', "static", "shamir"],
  ['barrier seal type of "static" does not match expected type of "shamir"', "shamir", "static"],
])("a server between two seals is told by what it answers: %s", async (message, seal, stored) => {
  const failing = { send: () => Promise.reject(new ReplicaError("refused", `sys/seal-status: 500 ${message}`, 500)) };
  expect(await new ReplicaApi(failing as unknown as VaultClient).status()).toEqual({
    state: "migrating",
    seal,
    stored,
  });
});

describe("the question for own data", () => {
  test.each([
    { status: 200, errors: [], holds: true },
    { status: 500, errors: ["failed to join raft cluster: failed to join any raft leader node"], holds: false },
    { status: 400, errors: ["raft storage is not in use"], holds: false },
  ])("is answered by status $status", async ({ status, errors, holds }) => {
    const fake = await FakeVault.start(() => ({ status, body: { errors } }));
    expect(await new ReplicaApi(fake.client()).hasOwnData()).toBe(holds);
    await fake.stop();
  });

  test("is not answered by another failure, which must not look like an empty server", async () => {
    const fake = await FakeVault.start(() => ({ status: 500, body: { errors: ["internal error"] } }));
    await expect(new ReplicaApi(fake.client()).hasOwnData()).rejects.toMatchObject({ code: "replica-refused" });
    await fake.stop();
  });
});

test("what is not an answer about the leader is not taken for one", async () => {
  await expect(answering({ leader_address: 1 }).leader()).rejects.toMatchObject({ code: "replica-refused" });
  await expect(answering({ raft_applied_index: "x" }).appliedIndex()).rejects.toMatchObject({
    code: "replica-refused",
  });
});
