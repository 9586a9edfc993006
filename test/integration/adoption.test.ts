import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { VaultClient } from "../../src/vault/client";
import { all } from "../support/all";
import { damage } from "../support/shamir";
import { runInTerminal } from "./support/terminal";
import { COMMAND, TestBed } from "./support/test-bed";

let bed: TestBed;
let server: VaultServer;
let init: { readonly keys: string[]; readonly keys_base64: string[]; readonly root_token: string };
let root: VaultClient;
beforeAll(async () => {
  bed = await TestBed.start();
  [server] = (await bed.startInstance("handmade", 1)).servers as [VaultServer];
  init = (await server.client().send("PUT", "sys/init", { body: { secret_shares: 5, secret_threshold: 3 } }))
    .body as typeof init;
  for (const key of init.keys.slice(0, 3)) await server.client().send("PUT", "sys/unseal", { body: { key } });
  root = server.client(init.root_token);
  while ((await root.send("GET", "sys/mounts", { accept: [500, 503] })).status !== 200) await sleep(100);
  const write = (path: string, body: object) => root.send("POST", path, { body });
  for (const mount of ["kv", "old"]) await write(`sys/mounts/${mount}`, { type: "kv", options: { version: "2" } });
  await write("sys/mounts/pki", { type: "pki" });
  for (const mount of ["ssh", "ssh-without-key"]) await write(`sys/mounts/${mount}`, { type: "ssh" });
  await write("ssh/config/ca", { generate_signing_key: true });
  for (const role of ["web", "legacy"]) await write(`pki/roles/${role}`, { allow_any_name: true });
  await write("sys/auth/userpass", { type: "userpass" });
  await write("auth/userpass/users/bob", { password: "x" });
  for (const policy of ["web", "by-hand"]) await write(`sys/policies/acl/${policy}`, { policy: "# mine" });
  await write("sys/quotas/rate-limit/all", { rate: 100_000 });
  await write("sys/quotas/rate-limit/by-hand", { rate: 100_000, path: "kv/" });
  await write("identity/group", { name: "web", type: "external" });
  await write("identity/entity", { name: "user-bob" });
});
afterAll(() => bed.stop());

const TARGET = "customer10/handmade";

function adoption(target = TARGET): string[] {
  return ["adopt", target, "--address", server.address, "--product", server.product, "--ca-certificate", bed.caFile];
}

function adopt(keys: string, target = TARGET) {
  const file = join(bed.folder, "keys");
  writeFileSync(file, keys, { mode: 0o600 });
  return bed.run([...adoption(target), "--keys", file], bed.environment());
}

function initText(keys: readonly string[], token = init.root_token): string {
  return JSON.stringify({ unseal_keys_b64: keys, root_token: token });
}

async function record(name = "handmade"): Promise<Record<string, unknown>> {
  const { body } = await bed.central.client.send("GET", `customers/data/customer10/${name}`, { accept: [404] });
  return (body.data as { data?: Record<string, unknown> } | undefined)?.data ?? {};
}

test("keys that are not those of the server are refused, and nothing is written", async () => {
  const [first = "", ...others] = init.keys_base64;
  for (const keys of all([[damage(first), ...others], others.slice(0, 2), init.keys_base64.map(damage)])) {
    expect((await adopt(initText(keys))).failure).toMatch(/\[keys-refused\]/);
    expect(existsSync(join(bed.folder, "keys"))).toBe(true);
  }
  expect(await record()).toEqual({});
});

test("a server that was made by hand becomes an instance", async () => {
  const { code, failure, stdout, stderr } = await adopt(initText(init.keys_base64));
  expect([failure, code]).toEqual(["", 0]);
  expect(stdout).toContain("its record has 5 keys, and each of them opens the data");
  for (const secret of [init.root_token, ...init.keys_base64]) expect(stdout + stderr).not.toContain(secret);
  expect(existsSync(join(bed.folder, "keys"))).toBe(false);
  expect(await record()).toMatchObject({ "root-token": init.root_token, "unseal-key-4": init.keys_base64[4] });
  // From now on it is an instance like any other.
  await server.stop("SIGKILL");
  await server.start();
  for (const args of [["unseal"], ["escrow", "verify"], ["root-token", "revoke"]])
    expect(await bed.run([...args, TARGET], bed.environment())).toMatchObject({ code: 0 });
});

test("it can be run again, also with keys that are typed or pasted in hexadecimal, and never overwrites other keys", async () => {
  await bed.run(["root-token", "generate", TARGET, "--keep"], bed.environment());
  const { "root-token": token } = (await record()) as { "root-token": string };
  root = server.client(token);
  const [first = "", second = "", ...pasted] = init.keys;
  const again = await runInTerminal([process.execPath, COMMAND, ...adoption()], bed.environment(), [
    { to: "Key 1 of 5", type: `${first}\r` },
    { to: "Key 2 of 5", type: `${second}\r` },
    { to: "Key 3 of 5", type: `${[...pasted, token].join("\r")}\r` },
  ]);
  expect(again.shown).toContain("its record has 5 keys, and each of them opens the data");
  expect(again.code).toBe(0);
  for (const secret of all([...init.keys, token])) expect(again.shown).not.toContain(secret);
  const fields = await record();
  await bed.central.client.send("POST", "customers/data/customer10/taken", {
    body: { data: { "unseal-key-0": "of another instance" } },
  });
  expect((await adopt(initText(init.keys_base64, token), "customer10/taken")).failure).toContain("[adoption-differs]");
  expect([await record("taken"), await record()]).toEqual([{ "unseal-key-0": "of another instance" }, fields]);
});

/** A project whose tenant file describes a part of the instance. */
function project(): Record<string, string> {
  const provider = "vault.instance-handmade";
  const backend = "${vault_mount.handmade_pki.path}";
  const stack = {
    provider: { vault: [{ alias: "instance-handmade", address: server.address }] },
    resource: {
      vault_mount: {
        handmade_kv: { path: "kv", provider },
        handmade_pki: { path: "pki", provider },
        ssh: { path: "ssh", provider },
        later: { path: "ssh-without-key", provider },
      },
      vault_ssh_secret_backend_ca: {
        ssh: { backend: "ssh", provider },
        later: { backend: "ssh-without-key", provider },
      },
      vault_policy: { web: { name: "web", provider }, other: { name: "by-hand", provider: "vault.instance-other" } },
      vault_pki_secret_backend_role: { web: { backend, name: "web", provider } },
      vault_auth_backend: { missing: { type: "approle", provider } },
      vault_quota_rate_limit: { all: { name: "all", rate: 100_000, provider } },
      vault_audit: { file: { type: "file", path: "file", provider } },
      vault_identity_group: { web: { name: "web", provider }, later: { name: "later", provider } },
      vault_identity_entity: { bob: { name: "user-bob", provider } },
    },
  };
  const folder = join(bed.folder, "project");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
  const stacks = '"$CDKTF_OUTDIR/stacks/customer10-config"';
  return { ...bed.environment(), CDKTF_APP: `mkdir -p ${stacks} && cp ${join(folder, "cdk.tf.json")} ${stacks}` };
}

test("what no tenant file describes is listed, and removed only if the instance is named again", async () => {
  const imports = join(bed.folder, "import.tf");
  const { code, failure, stdout } = await bed.run(["unmanaged", TARGET, "--json", "--imports", imports], project());
  expect([failure, code]).toEqual(["", 0]);
  const unmanaged = ["auth/userpass/users/bob", "pki/roles/legacy", "sys/auth/userpass", "sys/mounts/old"];
  const quota = "sys/quotas/rate-limit/by-hand";
  expect(JSON.parse(stdout)).toMatchObject({
    unmanaged: [...unmanaged, "sys/policies/acl/by-hand", quota],
    removed: [],
  });
  expect(readFileSync(imports, "utf8")).toContain(
    'import {\n  to = vault_pki_secret_backend_role.web\n  id = "pki/roles/web"\n}',
  );
  expect(readFileSync(imports, "utf8").match(/ to = /g)).toHaveLength(11);
  const group = (await root.send("GET", "identity/group/name/web")).body.data as { id: string };
  for (const [to, id] of [
    ["identity_group.web", group.id],
    ["quota_rate_limit.all", "all"],
    ["audit.file", "file"],
  ])
    expect(readFileSync(imports, "utf8")).toContain(`import {\n  to = vault_${to}\n  id = "${id}"\n}`);
  expect(readFileSync(imports, "utf8")).toContain('import {\n  to = vault_ssh_secret_backend_ca.ssh\n  id = "ssh"\n}');

  expect((await bed.run(["unmanaged", TARGET, "--purge", "customer10/other"], project())).failure).toContain(
    "[unconfirmed]",
  );
  expect(await bed.run(["unmanaged", TARGET, "--purge", TARGET], project())).toMatchObject({ code: 0 });
  const left = await bed.run(["unmanaged", TARGET, "--json"], project());
  expect(JSON.parse(left.stdout)).toMatchObject({ unmanaged: [quota], removed: [] });
  const mounts = (await root.send("GET", "sys/mounts")).body.data as object;
  expect(Object.keys(mounts)).toEqual(expect.arrayContaining(["kv/", "pki/"]));
  expect(mounts).not.toHaveProperty(["old/"]);
});
