import { join } from "node:path";
import { ReplicaApi } from "../../src/vault/replica";
import { PROJECT } from "../cdktf";
import { run } from "../run";
import { expect, type DeployedInstance } from "./instance";

const COMMAND = join(PROJECT, "lib", "cli", "main.js");

/** Proves that a killed replica starts sealed, and that the command unseals it with the hook's narrow login. */
export async function proveRestart(instance: DeployedInstance): Promise<string> {
  const { lab, target, servers } = instance;
  const server = servers[servers.length - 1];
  expect(server !== undefined, `${target} has replicas`);
  await server.stop("SIGKILL");
  await server.start();
  const api = new ReplicaApi(server.client());
  expect((await api.status()).state === "sealed", `a replica of ${target} comes back sealed`);

  const secretId = await lab.central.requestSecretId(`${lab.tenant.name}-hook`);
  instance.secrets.push(secretId);
  const { stdout, stderr } = await run(process.execPath, [COMMAND, "unseal", target], {
    env: {
      PATH: process.env.PATH,
      VAULT_ADDR: lab.central.server.address,
      VAULT_CACERT: lab.caCertificateFile,
      TENANT_VAULT_ROLE_ID: await lab.cdktf.output(`${lab.tenant.name}-access`, "hook_role_id"),
      TENANT_VAULT_SECRET_ID: secretId,
      TENANT_VAULT_STATE_DIR: join(lab.deployFolder, "hook"),
    },
  });
  expect((await api.status()).state === "unsealed", `"tenant-vault unseal ${target}" brings the replica back`);
  expect(
    instance.secrets.every((secret) => !stdout.includes(secret) && !stderr.includes(secret)),
    "the command prints no secret",
  );
  return `a replica of ${target}, killed and restarted, comes back sealed; "tenant-vault unseal ${target}" brings it back`;
}
