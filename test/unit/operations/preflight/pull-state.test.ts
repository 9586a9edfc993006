import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BackendError, pullState, type TerraformState } from "../../../../src/operations/preflight/pull-state";

const STATE = { resources: [{ mode: "managed", provider: 'provider["terraform.io/builtin/terraform"]' }] };
const BACKEND = { local: { path: "../../states/customer10-config.tfstate" } };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-states-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Pulls with a script in place of Terraform. Files that the script leaves in the folder of its stack's folder stay. */
async function pullBy(script: string, json: object = { terraform: { backend: BACKEND } }): Promise<TerraformState> {
  const program = join(folder, "terraform");
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const environment = { PATH: process.env.PATH, TF_DATA_DIR: "shared", KEPT: "kept" };
  return pullState({ name: "customer10-config", json }, { folder, program, environment });
}

const left = (name: string): string => readFileSync(join(folder, name), "utf8");

test("initialises the backend of the stack, without its providers, in a folder that does not stay", async () => {
  const script = `case "$1" in init) cat cdk.tf.json > ../config; ls "\${4#*=}" > ../plugins; exit 1;; esac; echo '${JSON.stringify(STATE)}'`;
  expect(await pullBy(script)).toEqual(STATE);
  expect(JSON.parse(left("config"))).toEqual({ terraform: { backend: BACKEND } });
  expect(left("plugins")).toBe("");
  expect(readdirSync(folder).sort()).toEqual(["config", "plugins", "terraform"]);
});

test("works with Terraform's cloud in place of a backend", async () => {
  const cloud = { organization: "operator" };
  await pullBy("cat cdk.tf.json > ../config", { terraform: { cloud } });
  expect(JSON.parse(left("config"))).toEqual({ terraform: { cloud } });
});

test("hands on the environment, but no folder that stacks would share", async () => {
  await pullBy('echo "$KEPT $TF_DATA_DIR" > ../environment');
  expect(left("environment")).toBe("kept \n");
});

test("is empty before the first deployment", async () => {
  expect(await pullBy("exit 0")).toEqual({});
});

test.each([
  [
    "in a frame",
    "╷\n│ Error: Failed to get\n│ existing workspaces: 403\n│ \n│ More.\n╵",
    "Failed to get existing workspaces: 403",
  ],
  ["without a frame", "\nError: dial tcp: refused\n\nMore.\n", "dial tcp: refused"],
  ["in colours", "\u001b[31m╷\u001b[0m\n\u001b[31m│\u001b[0m \u001b[1mError: \u001b[0mno access", "no access"],
])("fails with the first error of Terraform %s", async (_, said, reason) => {
  const pulled = pullBy(`cat >&2 <<'END'\n${said}\nEND\nexit 1`);
  await expect(pulled).rejects.toThrow(new BackendError(reason));
});

test("names why the backend was not initialised, and not what follows from it", async () => {
  const script =
    'case "$1" in init) echo "Error: no such bucket" >&2;; *) echo "Error: Backend initialization required" >&2;; esac; exit 1';
  await expect(pullBy(script)).rejects.toThrow(new BackendError("no such bucket"));
});

test("names why the state was not pulled, and not the providers that are missing on purpose", async () => {
  const script = 'case "$1" in init) echo "Error: no provider" >&2;; *) echo "Error: access denied" >&2;; esac; exit 1';
  await expect(pullBy(script)).rejects.toThrow(new BackendError("access denied"));
});

test("fails with the system's error if there is no such program", async () => {
  const pulled = pullState({ name: "a", json: {} }, { folder, program: "no-such-terraform", environment: {} });
  await expect(pulled).rejects.toMatchObject({ code: "ENOENT" });
});
