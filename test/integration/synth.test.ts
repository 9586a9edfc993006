import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CDKTF_CLI, PROJECT } from "../../lab/cdktf";
import { run, tryRun, type RunResult } from "../../lab/run";
import { measureSynthesis } from "../bench/synthesis";
import { cloneProject } from "./support/clone";
import { all } from "../support/all";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-synth-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function clone(name: string): string {
  const copy = join(folder, name);
  cloneProject(copy);
  return copy;
}

function cdktf(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
  return tryRun(process.execPath, [CDKTF_CLI, ...args], {
    cwd,
    env: { ...process.env, CI: "true", CHECKPOINT_DISABLE: "1", ...env },
  });
}

function files(root: string, below = root): Map<string, string> {
  return new Map(
    readdirSync(below, { withFileTypes: true }).flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory()
        ? [...files(root, path)]
        : [[relative(root, path), readFileSync(path, "utf8")] as const];
    }),
  );
}

describe("npx cdktf", () => {
  test("list names the stacks of every tenant", async () => {
    const { stdout } = await cdktf(clone("list"), ["list"]);
    for (const stack of ["central", "customer10-access", "customer10-cluster", "customer10-vault", "customer10-config"])
      expect(stdout).toContain(stack);
  });

  test("C2: is refused with VAULT_NAMESPACE, which Terraform would use in the tenants' instances", async () => {
    const copy = clone("namespace");
    const synth = (namespace: string): Promise<RunResult> =>
      tryRun(process.execPath, ["--import", "tsx", "stacks/main.ts"], {
        cwd: copy,
        env: { ...process.env, VAULT_NAMESPACE: namespace },
      });
    const { code, stderr } = await synth("team1");
    expect([code, stderr]).toEqual([
      1,
      "VAULT_NAMESPACE is set, and Terraform would use it in the tenants' instances, too; unset it for cdktf, and name the namespace of the central Vault in the app, as central.namespace of stacks/operator.ts does.\n",
    ]);
    expect((await synth("")).code).toBe(0);
  });

  test("K6: synthesizes with the example tenant after the operator changed the address and the domain, and without it", async () => {
    const copy = clone("operator");
    const file = join(copy, "stacks", "operator.ts");
    const own = readFileSync(file, "utf8").replaceAll("operator.example", "acme.test");
    writeFileSync(file, own);
    const synth = (): Promise<RunResult> =>
      run(process.execPath, ["--import", "tsx", "stacks/main.ts"], { cwd: copy, env: process.env });
    await synth();
    const vault = readFileSync(join(copy, "cdktf.out", "stacks", "customer10-vault", "cdk.tf.json"), "utf8");
    expect(vault).toContain("customer10.customers.acme.test");
    expect(vault).not.toContain("operator.example");

    rmSync(join(copy, "tenants", "customer10.ts"));
    rmSync(join(copy, "cdktf.out"), { recursive: true });
    await synth();
    expect(readdirSync(join(copy, "cdktf.out", "stacks"))).toEqual(["central"]);
  });

  test("synth gives the same bytes in another folder, time zone and locale", async () => {
    const here = clone("here");
    const there = clone(join("deeper", "folder with a space", "there"));
    await cdktf(here, ["synth"], { TZ: "UTC", LANG: "C", LC_ALL: "C" });
    await cdktf(there, ["synth"], { TZ: "Pacific/Chatham", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" });

    const [first, second] = [files(join(here, "cdktf.out")), files(join(there, "cdktf.out"))];
    expect([...first.keys()].filter((name) => name.endsWith("cdk.tf.json")).length).toBe(5);
    expect([...second]).toEqual([...first]);
    for (const [name, content] of all(first))
      expect(content.includes(folder) || content.includes(PROJECT), name).toBe(false);
  });
});

describe("a malformed tenant file", () => {
  test.each([
    [
      'name: "Customer 11", instances: []',
      /^tenants\/customer11\.ts: name: "Customer 11" is not a valid DNS label; [^\n]*\n$/,
    ],
    [
      'name: "customer11", cluster: { network: { name: "n", cidr: "20.0.0.0/16", externalNetwork: "public" }, image: "i", flavor: { id: "1" }, key: { keyPair: "k" } }, instances: []',
      /^tenants\/customer11\.ts: cluster\.network\.cidr: 20\.0\.0\.0\/16 overlaps 20\.0\.0\.0\/24 of tenants\/customer10\.ts; choose another network\n$|^tenants\/customer10\.ts: cluster\.network\.cidr: 20\.0\.0\.0\/24 overlaps 20\.0\.0\.0\/16 of tenants\/customer11\.ts; choose another network\n$/,
    ],
    [
      'name: "customer10", instances: []',
      /^tenants\/customer11\.ts: name: "customer10" is the name of the tenant in tenants\/customer10\.ts already; [^\n]*\n$/,
    ],
  ])("%s fails with one sentence, and writes nothing", async (description, message) => {
    const copy = clone(`malformed-${description.length}`);
    writeFileSync(
      join(copy, "tenants", "customer11.ts"),
      `import { defineTenant } from "tenant-vault/tenant";\nexport default defineTenant({ ${description} });\n`,
    );

    const result = await tryRun(process.execPath, ["--import", "tsx", "stacks/main.ts"], { cwd: copy });

    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(message);
    expect(readdirSync(copy)).not.toContain("cdktf.out");
  });
});

test("the bench compares with plain code that makes the same resources", async () => {
  for (const tenants of [0, 1]) {
    const plain = await measureSynthesis("plain", tenants);
    const library = await measureSynthesis("library", tenants);
    expect(Object.keys(library.resources).length).toBeGreaterThan(0);
    expect(plain.resources).toEqual(library.resources);
  }
});

test("one more tenant costs less than 1.5 s", async () => {
  const seconds = async (tenants: number): Promise<number> => (await measureSynthesis("library", tenants)).seconds;
  // The first run reads every file for the first time.
  await seconds(1);
  const costs: number[] = [];
  for (let round = 0; round < 3; round++) costs.push((await seconds(1)) - (await seconds(0)));
  expect(costs.sort((a, b) => a - b)[1]).toBeLessThan(1.5);
});
