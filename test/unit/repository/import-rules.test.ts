import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tryRun } from "../../../lab/run";

const PROJECT = resolve(__dirname, "..", "..", "..");
const CONFIG = join(PROJECT, ".dependency-cruiser.cjs");
const PARTS = ["src", "stacks", "tenants", "examples"];

interface Side {
  readonly path?: string | readonly string[];
  readonly couldNotResolve?: boolean;
}
interface Rule {
  readonly name: string;
  readonly from: Side;
  readonly to: Side;
}
interface Cruise {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

const { forbidden } = createRequire(__filename)(CONFIG) as { forbidden: readonly Rule[] };

async function cruise(folder: string): Promise<Cruise> {
  const program = join(PROJECT, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
  const { stdout } = await tryRun(process.execPath, [program, "--config", CONFIG, "--output-type", "json", ...PARTS], {
    cwd: folder,
  });
  return JSON.parse(stdout) as Cruise;
}

/** The layout: each folder of src, and the folders that it may import. */
const LAYOUT: Readonly<Record<string, string>> = {
  core: "",
  contract: "core",
  policy: "core contract",
  terraform: "core contract",
  constructs: "core contract policy terraform",
  tenant: "core contract policy terraform constructs",
  vault: "core",
  kubernetes: "core",
  central: "core contract vault",
  operations: "core contract policy vault kubernetes central",
  watch: "core contract vault kubernetes central operations",
  guide: "core contract",
  review: "core policy",
  fleet: "core contract tenant",
  cli: "core contract vault kubernetes central operations watch guide review fleet tenant",
};
const FOLDERS = Object.keys(LAYOUT);

/** Imports that break one rule each: rule, file, imported module. */
const PLANTED = [
  ["no-circle", "src/core/one.ts", "./two"],
  ["folder-without-rule", "src/helpers/file.ts", "../core/file"],
  ["entries-without-run-time", "src/index.ts", "./vault/file"],
  ["entries-without-run-time", "src/tenant.ts", "./operations/file"],
  ["entries-without-run-time", "src/spi.ts", "./cli/file"],
  ["run-time-without-cdktf", "src/operations/cdktf.ts", "cdktf"],
  ["run-time-without-cdktf", "src/contract/constructs.ts", "constructs"],
  ["one-folder-names-providers", "src/constructs/prebuilt.ts", "@cdktf/provider-vault/lib/mount"],
  ["one-folder-names-providers", "src/terraform/generated.ts", "@cdktf/provider-openstack/lib/provider"],
  ["synthesis-without-network", "src/tenant/builtin.ts", "node:https"],
  ["synthesis-without-network", "src/terraform/process.ts", "child_process"],
  ["synthesis-without-network", "src/constructs/package.ts", "undici"],
  ["stacks-use-the-package", "stacks/deep.ts", "../src/core/file"],
  ["stacks-use-the-package", "tenants/deep.ts", "../src/constructs/file"],
  ["stacks-use-the-package", "examples/provider.ts", "@cdktf/provider-openstack/lib/provider"],
  ["src-alone", "src/cli/lab.ts", "../../lab/file"],
  ["src-alone", "src/tenant/stacks.ts", "../../stacks/file"],
  ["resolvable", "src/core/missing.ts", "no-such-package"],
] as const;

/** Imports that every rule allows. */
const ALLOWED = [
  ["src/terraform/providers/vault.ts", "@cdktf/provider-vault/lib/mount"],
  ["src/constructs/cdktf.ts", "cdktf"],
  ["src/central/network.ts", "node:https"],
  ["src/vault/package.ts", "undici"],
  ["stacks/package.ts", "tenant-vault"],
  ["tenants/package.ts", "tenant-vault/tenant"],
  ["examples/package.ts", "tenant-vault/spi"],
] as const;

describe("in a project with violations", () => {
  let folder = "";
  let found: ReadonlySet<string> = new Set();

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tenant-vault-imports-"));
    const paths = { "tenant-vault": ["./src/index.ts"], "tenant-vault/*": ["./src/*.ts"] };
    write(
      "tsconfig.json",
      JSON.stringify({ compilerOptions: { module: "Node16", moduleResolution: "Node16", paths } }),
    );
    for (const name of ["cdktf", "constructs", "undici", "@cdktf/provider-vault/lib/mount"])
      write(`node_modules/${name}/index.js`, "module.exports = {};\n");
    write("providers/openstack/lib/provider/index.js", "module.exports = {};\n");
    symlinkSync(join(folder, "providers", "openstack"), join(folder, "node_modules", "@cdktf", "provider-openstack"));
    for (const name of [...FOLDERS.map((part) => `src/${part}`), "lab", "stacks"])
      write(`${name}/file.ts`, "export const value = 1;\n");
    write("src/core/two.ts", 'import "./one";\n');
    for (const from of FOLDERS) {
      for (const to of FOLDERS) if (from !== to) write(`src/${from}/imports-${to}.ts`, `import "../${to}/file";\n`);
    }
    for (const [, file, imported] of PLANTED) write(file, `import "${imported}";\n`);
    for (const [file, imported] of ALLOWED) write(file, `import "${imported}";\n`);
    const { summary } = await cruise(folder);
    found = new Set(summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(PLANTED)("%s reports %s, which imports %s", (rule, file) => {
    expect([...found]).toContain(`${rule}: ${file}`);
  });

  test.each(ALLOWED)("nothing reports %s, which imports %s", (file) => {
    expect([...found].filter((violation) => violation.endsWith(`: ${file}`))).toEqual([]);
  });

  test.each(Object.entries(LAYOUT))("src/%s may import nothing but: %s", (from, allowed) => {
    const reported = FOLDERS.filter((to) => found.has(`${from}-imports: src/${from}/imports-${to}.ts`));
    expect(reported).toEqual(FOLDERS.filter((to) => to !== from && !allowed.split(" ").includes(to)));
  });

  test("every rule reports something", () => {
    const reporting = new Set([...found].map((violation) => violation.split(":")[0]));
    expect(forbidden.map(({ name }) => name).filter((name) => !reporting.has(name))).toEqual([]);
  });
});

describe("in this project", () => {
  const matches = ({ path }: Side, file: string): boolean =>
    [path ?? []].flat().some((text) => new RegExp(text).test(file));
  let modules: Cruise["modules"] = [];
  let violations: Cruise["summary"]["violations"] = [];
  beforeAll(async () => {
    ({
      modules,
      summary: { violations },
    } = await cruise(PROJECT));
  }, 120_000);

  test("no import breaks a rule", () => {
    expect(modules.length).toBeGreaterThan(200);
    expect(violations).toEqual([]);
  });

  test("the patterns of each rule match real files", () => {
    const sources = modules.map(({ source }) => source);
    const targets = modules.flatMap(({ dependencies }) => dependencies.map(({ resolved }) => resolved));
    // No folder without a rule exists, nor do all folders of the layout yet.
    const absent = FOLDERS.filter((part) => !existsSync(join(PROJECT, "src", part))).map((part) => `${part}-imports`);
    const pending = ["folder-without-rule", ...absent];
    const blind = forbidden.filter(
      ({ name, from, to }) =>
        (from.path !== undefined && !pending.includes(name) && !sources.some((file) => matches(from, file))) ||
        (to.path !== undefined && !targets.some((file) => matches(to, file))),
    );
    expect(blind.map(({ name }) => name)).toEqual([]);
  });
});
