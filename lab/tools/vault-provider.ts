import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { neutralEnvironment } from "../environment";
import { tryRun } from "../run";
import { CACHE, cachedFolder } from "./cache";
import { buildProgram } from "./go";
import type { TerraformProgram } from "./terraform";

/** Environment variables by which Terraform finds the Vault provider. */
export type ProviderEnvironment = Readonly<Record<string, string>>;

const VERSION = "5.9.0";
/** The commit of release 5.9.0 as a Go pseudo-version. */
const PROGRAM = {
  path: "github.com/hashicorp/terraform-provider-vault",
  version: "v1.9.1-0.20260422134934-5e9fcd457a99",
  sum: "h1:Y8APAoHlAT4+gXjv1X4cG96bWiYR8JgyZakAk94jPf4=",
  remedy:
    "The Vault provider is missing; give Terraform access to its registry or to a mirror (TF_CLI_CONFIG_FILE), or install Go, which can build it.",
};

const REGISTRY_PATIENCE = 60_000;

/** `cdktf` sets a plugin cache by itself, which two runs of Terraform at once break. A mirror on this machine needs none. */
const NO_PLUGIN_CACHE = { TF_PLUGIN_CACHE_DIR: "", CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true" };

/** Uses the registry or mirror that `terraform init` can reach, else builds the provider from its Go module. */
export async function obtainVaultProvider(terraform: TerraformProgram): Promise<ProviderEnvironment> {
  const pluginCache = join(CACHE, "terraform-plugins");
  mkdirSync(pluginCache, { recursive: true });
  const environment = { TF_PLUGIN_CACHE_DIR: pluginCache, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true" };
  if (await isReachable(terraform, environment)) return environment;
  const folder = await cachedFolder(`vault-provider-${VERSION}-${terraform.registry}`, (unfinished) =>
    buildMirror(unfinished, terraform),
  );
  const configuration = join(folder, "terraform.rc");
  writeFileSync(configuration, mirrorConfiguration(folder, terraform));
  return { TF_CLI_CONFIG_FILE: configuration, ...NO_PLUGIN_CACHE };
}

async function isReachable({ program }: TerraformProgram, environment: ProviderEnvironment): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "tenant-vault-init-"));
  try {
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({
        terraform: { required_providers: { vault: { source: "hashicorp/vault", version: `>= ${VERSION}, < 6.0.0` } } },
      }),
    );
    const result = await tryRun(program, ["init", "-input=false"], {
      cwd: folder,
      env: { ...neutralEnvironment(), ...environment },
      timeout: REGISTRY_PATIENCE,
    });
    return result.code === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function buildMirror(folder: string, { registry }: TerraformProgram): Promise<void> {
  const goArchitecture = arch() === "x64" ? "amd64" : arch();
  const target = join(folder, registry, "hashicorp", "vault", VERSION, `${platform()}_${goArchitecture}`);
  mkdirSync(target, { recursive: true });
  await buildProgram(PROGRAM, join(target, `terraform-provider-vault_v${VERSION}`));
}

function mirrorConfiguration(folder: string, { registry }: TerraformProgram): string {
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(folder)}
    include = ["${registry}/hashicorp/vault"]
  }
  direct {
    exclude = ["${registry}/hashicorp/vault"]
  }
}
`;
}
