import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestBed } from "./test-bed";

/** Makes a transit key in the central Vault. @returns The stanza of a server that is sealed with it. */
export async function transitSeal(bed: TestBed, key: string): Promise<string> {
  const { client, server } = bed.central;
  await client.send("POST", "sys/mounts/transit", { body: { type: "transit" }, accept: [400] });
  await client.send("POST", `transit/keys/${key}`);
  return `seal "transit" {
  address = "${server.address}"
  token = "${await createTransitToken(bed, key)}"
  mount_path = "transit/"
  key_name = "${key}"
  tls_ca_cert = "${bed.caFile}"
}`;
}

/** A token that may use the key for encryption and decryption, and nothing else. */
async function createTransitToken({ central: { client } }: TestBed, key: string): Promise<string> {
  const rules = ["encrypt", "decrypt"].map((use) => `path "transit/${use}/${key}" { capabilities = ["update"] }`);
  await client.send("PUT", `sys/policies/acl/seal-${key}`, { body: { policy: rules.join("\n") } });
  const { body } = await client.send("POST", "auth/token/create-orphan", {
    body: { policies: [`seal-${key}`], period: "24h" },
  });
  return (body.auth as { client_token: string }).client_token;
}

/** The stanza of a server that is sealed with a key in a file; OpenBao only. */
export function staticSeal(bed: TestBed, name: string): string {
  const file = join(bed.folder, `${name}.key`);
  writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return `seal "static" {
  current_key_id = "1"
  current_key = "file://${file}"
}`;
}

/** The stanza of a seal that is migrated away from. */
export function disabledSeal(stanza: string): string {
  return stanza.replace("{", '{\n  disabled = "true"');
}
