import { recordedKeys, rootToken } from "../../src/central/record";
import { Secret } from "../../src/core/secret";
import { ReplicaApi } from "../../src/vault/replica";
import { expect, type DeployedInstance } from "./instance";

/** Proves that every replica is unsealed and a raft peer, and that the record has all keys and no other fields. */
export async function proveUnsealed(instance: DeployedInstance): Promise<string> {
  const { target, servers, record, description } = instance;
  const states = await Promise.all(servers.map((server) => new ReplicaApi(server.client()).status()));
  expect(
    states.every(({ state }) => state === "unsealed"),
    `every replica of ${target} is unsealed`,
  );
  const peers = (await new ReplicaApi(instance.operator()).raftPeers(rootToken(record) ?? new Secret("")))?.length;
  expect(peers === servers.length, `raft of ${target} counts ${servers.length} peers, not ${peers}`);

  const shares = description.seal?.secretShares ?? 5;
  const fields = [
    "description-digest",
    "root-token",
    ...Array.from({ length: shares }, (_, index) => `unseal-key-${index}`),
  ].sort();
  expect(recordedKeys(record, "unseal").length === shares, `the record of ${target} holds ${shares} unseal keys`);
  expect(
    Object.keys(record).sort().join() === fields.join(),
    `the record of ${target} holds ${fields.join(", ")} and nothing else`,
  );
  return `all ${servers.length} replicas of ${target} are unsealed, raft counts ${peers} peers, the central Vault holds ${shares} unseal keys and the root token`;
}
