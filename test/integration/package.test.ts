import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROJECT } from "../../lab/cdktf";
import { run } from "../../lab/run";

let project = "";
/** The package as npm publishes it. */
let tarball = "";

// What npm would install for a platform team: the package as it is published, and its peers beside it.
beforeAll(async () => {
  project = mkdtempSync(join(tmpdir(), "tenant-vault-package-"));
  const modules = join(project, "node_modules");
  mkdirSync(join(modules, "tenant-vault"), { recursive: true });
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", project], {
    cwd: PROJECT,
  });
  tarball = join(project, basename(stdout.trim()));
  await run("tar", ["-xzf", tarball, "-C", join(modules, "tenant-vault"), "--strip-components", "1"]);
  for (const name of readdirSync(join(PROJECT, "node_modules"))) {
    if (name !== "@cdktf" && name !== "tenant-vault")
      symlinkSync(join(PROJECT, "node_modules", name), join(modules, name));
  }
  mkdirSync(join(modules, "@cdktf"));
  for (const name of ["provider-helm", "provider-kubernetes", "provider-vault"]) {
    symlinkSync(join(PROJECT, "node_modules", "@cdktf", name), join(modules, "@cdktf", name));
  }
});
afterAll(() => rmSync(project, { recursive: true }));

describe("the published package", () => {
  test("brings the OpenStack bindings, which no registry need have", () => {
    const bundled = join(project, "node_modules", "tenant-vault", "node_modules", "@cdktf", "provider-openstack");
    expect(readdirSync(bundled).sort()).toEqual(["README.md", "lib", "package.json"]);
    expect(readdirSync(join(bundled, "lib")).filter((name) => !name.includes(".")).length).toBe(108 + 61 + 1);
  });

  test("holds nothing but the library, its documents and its licence", () => {
    const root = join(project, "node_modules", "tenant-vault");
    expect(readdirSync(root).sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "charts",
      "docs",
      "lib",
      "node_modules",
      "package.json",
    ]);
  });

  test("holds the compiled form of every source, every shell script, and no output of a source that is gone", () => {
    const sources = readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" });
    const expected = sources.flatMap((name) =>
      name.endsWith(".ts")
        ? [name.replace(/\.ts$/, ".d.ts"), name.replace(/\.ts$/, ".js")]
        : name.endsWith(".sh")
          ? [name]
          : [],
    );
    const packed = readdirSync(join(project, "node_modules", "tenant-vault", "lib"), {
      recursive: true,
      encoding: "utf8",
    }).filter((name) => /\.\w+$/.test(name));
    expect(packed.sort()).toEqual(expected.sort());
  });

  test("synthesizes a stack of its user, in TypeScript, with types", async () => {
    writeFileSync(
      join(project, "main.ts"),
      `import { App } from "cdktf";
import { HelmProvider } from "@cdktf/provider-helm/lib/provider";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { VaultProvider } from "@cdktf/provider-vault/lib/provider";
import {
  DevelopmentDeployment,
  ExternalDeployment,
  LayerStack,
  localBackend,
  ServerCertificate,
  TenantCluster,
  VaultInstance,
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
    cluster: TenantCluster.fromKubeconfig({ mount: "clusters", path: "a" }),
    certificate: ServerCertificate.certManager({ issuer: "ca" }),
  }),
});
app.synth();
`,
    );
    writeFileSync(
      join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: "Node16",
          moduleResolution: "Node16",
          target: "ES2022",
          skipLibCheck: true,
          types: ["node"],
        },
        files: ["main.ts"],
      }),
    );
    await run(process.execPath, [join(PROJECT, "node_modules", "typescript", "bin", "tsc"), "--project", "."], {
      cwd: project,
    });
    await run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: project });
    const { stdout } = await run("grep", ["-o", "node [^ ]*main.js unseal a/b", "cdktf.out/stacks/vault/cdk.tf.json"], {
      cwd: project,
    });
    expect(stdout).toBe("node ../../../node_modules/tenant-vault/lib/cli/main.js unseal a/b\n");

    // The chart of its own is found from the stack's folder, in which Terraform runs.
    const folder = join(project, "cdktf.out", "stacks", "vault");
    const { resource } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as {
      resource: { helm_release: Record<string, { chart: string }> };
    };
    expect(readdirSync(join(folder, resource.helm_release.other_certificate?.chart ?? ""))).toContain("Chart.yaml");
  });

  test("has an SBOM with the dependencies that npm installs, and no development dependency", async () => {
    const { stdout } = await run(join(PROJECT, "scripts", "sbom.sh"), [tarball]);
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
    const command = join(project, "node_modules", "tenant-vault", "lib", "cli", "main.js");
    expect((await run(process.execPath, [command, "--help"], { cwd: project })).stdout).toContain(
      "unseal [options] <tenant/instance>",
    );
  });
});
