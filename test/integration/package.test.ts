import { cpSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { run } from "../../lab/run";
import { all } from "../support/all";
import { cloneProject } from "./support/clone";
import { COMPILED, UserProject } from "./support/user-project";

interface StackJson {
  readonly resource?: { readonly helm_release?: Readonly<Record<string, { readonly chart: string }>> };
  readonly terraform: { readonly required_providers?: Readonly<Record<string, { readonly version: string }>> };
}

/** Synthesized JSON of each stack below a folder, by the stack's name. */
function synthesized(folder: string): Record<string, string> {
  const stacks = readdirSync(join(folder, "stacks")).sort();
  return Object.fromEntries(
    stacks.map((stack) => [stack, readFileSync(join(folder, "stacks", stack, "cdk.tf.json"), "utf8")]),
  );
}

/** Instances with each kind of path in their JSON: to the command, and to a chart of the package. */
const INSTANCES = `import { App } from "cdktf";
import {
  DevelopmentDeployment,
  ExternalDeployment,
  HelmProvider,
  KubernetesProvider,
  LayerStack,
  localBackend,
  ServerCertificate,
  TenantCluster,
  VaultInstance,
  VaultProvider,
} from "tenant-vault";

const app = new App();
const stack = new LayerStack(app, "vault", localBackend("state"));
new VaultProvider(stack, "Vault");
new VaultInstance(stack, "Main", {
  tenant: "a",
  name: "b",
  product: "openbao",
  address: "https://vault:8200",
  central: { address: "https://central:8200" },
  deployment: new ExternalDeployment({ addresses: ["https://vault:8200"] }),
});
new HelmProvider(stack, "Helm");
new KubernetesProvider(stack, "Kubernetes");
new VaultInstance(stack, "Other", {
  tenant: "a",
  name: "c",
  product: "vault",
  address: "https://vault:8200",
  central: { address: "https://central:8200" },
  deployment: new DevelopmentDeployment({
    cluster: TenantCluster.fromKubeconfig({ mount: "clusters", path: "a" }, { apiCidrs: ["10.0.0.0/24"] }),
    certificate: ServerCertificate.certManager({ issuer: "ca" }),
  }),
});
app.synth();
`;

const EXAMPLES = readdirSync(join(PROJECT, "examples"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"));

let project: UserProject;
beforeAll(async () => {
  project = await UserProject.create();
  for (const part of ["stacks", "tenants"]) cpSync(join(PROJECT, part), project.path(part), { recursive: true });
  project.write("instances.ts", INSTANCES);
  const examples = EXAMPLES.flatMap((name) => {
    const text = readFileSync(join(PROJECT, "examples", `${name}.ts`), "utf8");
    return [`${name}.cts`, `${name}.mts`].map((file) => {
      project.write(file, text);
      return file;
    });
  });
  await project.compile(["stacks/main.ts", "tenants/customer10.ts", "instances.ts", ...examples]);
});
afterAll(() => {
  project.remove();
});

describe("the tarball", () => {
  test("brings the OpenStack bindings, which no registry need have", () => {
    const bundled = ["node_modules", "tenant-vault", "node_modules", "@cdktf", "provider-openstack"];
    expect(project.list(...bundled)).toEqual(["README.md", "lib", "package.json"]);
    expect(project.list(...bundled, "lib").filter((name) => !name.includes(".")).length).toBe(108 + 61 + 1);
  });

  test("contains the library, its documents and its licence only", () => {
    expect(project.list("node_modules", "tenant-vault")).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "charts",
      "docs",
      "lib",
      "node_modules",
      "package.json",
      "schemas",
    ]);
  });

  test("contains the compiled form of every source, every shell script, and no output of a source that is gone", () => {
    const filesOf = (folder: string) => readdirSync(folder, { recursive: true, encoding: "utf8" });
    const expected = filesOf(join(PROJECT, "src")).flatMap((name) => {
      if (name.endsWith(".sh")) return [name];
      return name.endsWith(".ts") ? [name.replace(/\.ts$/, ".d.ts"), name.replace(/\.ts$/, ".js")] : [];
    });
    const packed = filesOf(project.path("node_modules", "tenant-vault", "lib")).filter((name) => /\.\w+$/.test(name));
    expect(packed.sort()).toEqual(expected.sort());
  });

  test("has a package.json that publint accepts", async () => {
    const { publint } = await import("publint");
    const { buffer, byteOffset, byteLength } = readFileSync(project.tarball);
    const tarball = buffer.slice(byteOffset, byteOffset + byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(pkg.name).toBe("tenant-vault");
    expect(messages).toEqual([]);
  });

  test("has types that every module resolution finds and that match the modules", async () => {
    const { checkPackage, createPackageFromTarballData } = await import("@arethetypeswrong/core");
    const result = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(project.tarball))));
    if (result.types === false) throw new Error("no types");
    expect(Object.keys(result.entrypoints)).toEqual([
      ".",
      "./tenant",
      "./spi",
      "./schemas/request.schema.json",
      "./schemas/tenant.schema.json",
      "./package.json",
    ]);
    expect(result.problems).toEqual([]);
  });

  test("has an SBOM with the dependencies that npm installs, and no development dependency", async () => {
    const { stdout } = await run(join(PROJECT, "scripts", "sbom.sh"), [project.tarball]);
    const { metadata, components } = JSON.parse(stdout) as {
      metadata: { component: { name: string } };
      components: { name: string }[];
    };
    expect(metadata.component.name).toBe("tenant-vault");
    const { dependencies, peerDependencies, devDependencies } = JSON.parse(
      readFileSync(join(PROJECT, "package.json"), "utf8"),
    ) as Record<"dependencies" | "peerDependencies" | "devDependencies", Record<string, string>>;
    const names = components.map(({ name }) => name);
    const expected = Object.keys({ ...dependencies, ...peerDependencies });
    expect(names).toEqual(expect.arrayContaining(expected));
    expect(names.filter((name) => name in devDependencies && !expected.includes(name))).toEqual([]);
  });

  test("brings the command", async () => {
    expect(await project.node([join("node_modules", ".bin", "tenant-vault"), "--help"])).toContain(
      "unseal [options] [tenant/instance]",
    );
  });
});

describe("C9: each example", () => {
  const outputOf = (name: string, extension: string): string => `out-${name}-${extension}`;

  // One process for all loads cdktf and the providers' classes once.
  beforeAll(async () => {
    await Promise.all(
      ["cjs", "mjs"].map(async (extension) => {
        const loads = EXAMPLES.map(
          (name) =>
            `process.env.CDKTF_OUTDIR = ${JSON.stringify(outputOf(name, extension))};\nawait import("./${COMPILED}/${name}.${extension}");\n`,
        );
        project.write(`all-${extension}.mjs`, loads.join(""));
        await project.node([`all-${extension}.mjs`]);
      }),
    );
  });

  test.each(EXAMPLES)("%s synthesizes as CommonJS and as an ES module", (name) => {
    const [commonJs = {}, esModule] = ["cjs", "mjs"].map((extension) =>
      synthesized(project.path(outputOf(name, extension))),
    );
    expect(Object.keys(commonJs)).not.toEqual([]);
    expect(esModule).toEqual(commonJs);
  });

  test("requires ranges of providers", () => {
    const required = EXAMPLES.flatMap((name) =>
      Object.values(synthesized(project.path(outputOf(name, "cjs")))),
    ).flatMap((json) => Object.values((JSON.parse(json) as StackJson).terraform.required_providers ?? {}));
    for (const { version } of all(required)) expect(version).toMatch(/^(~>|>=) /);
  });
});

test("stacks/ and tenants/ synthesize in the user's project as they do in this one", async () => {
  await project.node(["--import", "tsx", "stacks/main.ts"]);

  const clone = project.path("clone");
  cloneProject(clone);
  await run(process.execPath, ["--import", "tsx", "stacks/main.ts"], { cwd: clone });

  const here = synthesized(join(clone, "cdktf.out"));
  expect(Object.keys(here)).toEqual([
    "central",
    "customer10-access",
    "customer10-cluster",
    "customer10-config",
    "customer10-vault",
  ]);
  const there = Object.entries(synthesized(project.path("cdktf.out"))).map(([stack, json]) => [
    stack,
    json.replaceAll(/\/node_modules\/tenant-vault\/(lib|charts)\//g, "/$1/"),
  ]);
  expect(Object.fromEntries(there)).toEqual(here);
});

test("a user's stack finds the command and the chart from Terraform's folder", async () => {
  await project.node([join(COMPILED, "instances.js")], "out");
  const { vault = "" } = synthesized(project.path("out"));
  expect(vault).toContain("node ../../../node_modules/tenant-vault/lib/cli/main.js unseal a/b");

  const { resource } = JSON.parse(vault) as StackJson;
  const chart = resource?.helm_release?.other_certificate?.chart ?? "";
  expect(project.list("out", "stacks", "vault", chart)).toContain("Chart.yaml");
});
