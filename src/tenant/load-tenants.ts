import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { overlap, parseCidr } from "../core/cidr";
import { TenantError } from "./define-tenant";
import type { Tenant } from "./tenant-schema";

/** A tenant and the file that describes it. */
export interface TenantFile {
  /** Path as it is shown in errors. */
  readonly file: string;
  readonly tenant: Tenant;
}

/** Loads every tenant file of a folder, in the order of their names. @throws TenantError that names file, field and reason. */
export async function loadTenants(folder: string): Promise<Tenant[]> {
  const names = readdirSync(folder)
    .filter((name) => /\.(ts|js|mts|mjs)$/.test(name) && !/\.d\.(ts|mts)$/.test(name))
    .sort();
  const files: TenantFile[] = [];
  for (const name of names) files.push(await loadTenant(join(folder, name)));
  checkTogether(files);
  return files.map(({ tenant }) => tenant);
}

/** Loads one tenant file. @throws TenantError that names file, field and reason. */
export async function loadTenant(file: string): Promise<TenantFile> {
  const tenant = defaultExport(await importTenant(file));
  if (tenant === undefined) {
    throw new TenantError(file, [
      { field: "", reason: "has no tenant as its default export; write: export default defineTenant({ ... })" },
    ]);
  }
  return { file, tenant };
}

async function importTenant(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof TenantError) throw new TenantError(file, error.problems);
    throw error;
  }
}

/** A module's default export, also where a CommonJS module stands behind an import. */
function defaultExport(module: unknown): Tenant | undefined {
  const { default: outer } = module as { default?: Tenant | { default?: Tenant } };
  const tenant = outer !== undefined && "default" in outer ? outer.default : outer;
  return tenant !== undefined && "instances" in tenant ? tenant : undefined;
}

/** What no single file can be wrong about: names that are used twice, networks that overlap. */
export function checkTogether(files: readonly TenantFile[]): void {
  const byName = new Map<string, string>();
  for (const { file, tenant } of files) {
    const other = byName.get(tenant.name);
    if (other !== undefined)
      throw new TenantError(file, [
        { field: "name", reason: `"${tenant.name}" is the name of the tenant in ${other} already; choose another` },
      ]);
    byName.set(tenant.name, file);
  }

  const networks = files
    .flatMap(({ file, tenant: { cluster } }) =>
      // Several tenants may be put into one network that exists.
      cluster === undefined || "existing" in cluster || "useExistingNetwork" in cluster.network
        ? []
        : [{ file, cidr: parseCidr(cluster.network.cidr) }],
    )
    .sort((a, b) => a.cidr.first - b.cidr.first || a.cidr.last - b.cidr.last);
  networks.forEach((network, index) => {
    const previous = networks[index - 1];
    if (previous !== undefined && overlap(previous.cidr, network.cidr)) {
      const reason = `${network.cidr.toString()} overlaps ${previous.cidr.toString()} of ${previous.file}; choose another network`;
      throw new TenantError(network.file, [{ field: "cluster.network.cidr", reason }]);
    }
  });
}
