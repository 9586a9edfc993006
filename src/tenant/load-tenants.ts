import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { releaseName } from "../constructs/server-config/names";
import { overlap, parseCidr } from "../core/cidr";
import { parseServerAddress } from "../terraform/server-address";
import { checkedTenant, TenantError } from "./define-tenant";
import { importDefault, MODULES } from "./load-module";
import { fieldName, type FieldProblem } from "./problems";
import { withRequests } from "./requests";
import { runsInCluster } from "./sections/deployment";
import { refuseHost } from "./shared-instances";
import type { Tenant } from "./tenant-schema";
import { readYaml } from "./yaml";

/** A tenant and the file that describes it. */
export interface TenantFile {
  /** Path as it is shown in errors. */
  readonly file: string;
  readonly tenant: Tenant;
}

const YAML = [".yaml", ".yml"];

/**
 * Loads every tenant file of a folder, TypeScript, JavaScript or YAML, in the order of their names.
 *
 * @throws TenantError that names the file, each wrong field, what is allowed, and the fix.
 */
export async function loadTenants(folder: string): Promise<Tenant[]> {
  const names = readdirSync(folder)
    .filter((name) => [...MODULES, ...YAML].includes(extname(name)) && !/\.d\.m?ts$/.test(name))
    .sort();
  const files: TenantFile[] = [];
  for (const name of names) files.push(await loadTenant(join(folder, name)));
  checkTogether(files);
  return files.map(({ tenant }) => tenant);
}

/**
 * Loads one tenant file, TypeScript, JavaScript or YAML.
 *
 * @throws TenantError that names the file, each wrong field, what is allowed, and the fix.
 */
export async function loadTenant(file: string): Promise<TenantFile> {
  if (!existsSync(file)) throw fileError(file, "does not exist; check the path");
  const tenant = YAML.includes(extname(file)) ? loadYaml(file) : await loadModule(file);
  return { file, tenant: await withRequests(tenant, file) };
}

function loadYaml(file: string): Tenant {
  const read = readYaml(readFileSync(file, "utf8"));
  if ("problems" in read) throw new TenantError(file, read.problems);
  return checkedTenant(read.value, () => file, read.locate);
}

async function loadModule(file: string): Promise<Tenant> {
  const value = await importTenant(file);
  if (value === undefined)
    throw fileError(file, "has no tenant as its default export; write: export default defineTenant({ ... })");
  return checkedTenant(value, () => file);
}

async function importTenant(file: string): Promise<unknown> {
  try {
    return await importDefault(file);
  } catch (error) {
    if (error instanceof TenantError) throw new TenantError(file, error.problems);
    throw error;
  }
}

function fileError(file: string, reason: string): TenantError {
  return new TenantError(file, [fieldProblem([], reason)]);
}

function fieldProblem(path: readonly PropertyKey[], reason: string): FieldProblem {
  return { field: fieldName(path), path, reason };
}

/** Checks files against each other: names, releases and addresses must be unique, networks must not overlap. @throws TenantError */
export function checkTogether(files: readonly TenantFile[]): void {
  checkNames(files);
  checkReleases(files);
  checkAddresses(files);
  checkNetworks(files);
  checkHosts(files);
}

function checkNames(files: readonly TenantFile[]): void {
  const byName = new Map<string, string>();
  for (const { file, tenant } of files) {
    const other = byName.get(tenant.name);
    if (other !== undefined)
      throw new TenantError(file, [
        fieldProblem(["name"], `"${tenant.name}" is the name of the tenant in ${other} already; choose another`),
      ]);
    byName.set(tenant.name, file);
  }
}

/**
 * A release has the names of tenant and instance, joined by a hyphen that both may contain. Two tenants with one release could issue
 * certificates for each other's servers, and would have one namespace in a shared cluster. Servers outside clusters
 * have no release, and retired instances no servers.
 */
function checkReleases(files: readonly TenantFile[]): void {
  const owners = new Map<string, string>();
  for (const { file, tenant } of files) {
    tenant.instances.forEach(({ name, deployment, retired }, index) => {
      if (!runsInCluster(deployment) || retired === true) return;
      const release = releaseName({ tenant: tenant.name, name });
      const owner = owners.get(release);
      if (owner !== undefined)
        throw new TenantError(file, [
          fieldProblem(
            ["instances", index, "name"],
            `${tenant.name}/${name} and ${owner} would both be the release "${release}", with the same names of servers; choose another name`,
          ),
        ]);
      owners.set(release, `${tenant.name}/${name}`);
    });
  }
}

/** The hook would initialise and unseal the servers of another tenant. */
function checkAddresses(files: readonly TenantFile[]): void {
  const owners = new Map<string, TenantFile>();
  for (const each of files) {
    for (const { path, address } of addressesOf(each.tenant)) {
      // An address may be written in several ways.
      const { host } = parseServerAddress(address);
      const owner = owners.get(host);
      if (owner !== undefined && owner !== each)
        throw new TenantError(each.file, [
          fieldProblem(path, `${address} is an address of the tenant in ${owner.file} already; choose another`),
        ]);
      owners.set(host, each);
    }
  }
}

/** The instance that hosts a namespace exists, and can do so. */
function checkHosts(files: readonly TenantFile[]): void {
  const tenants = files.map(({ tenant }) => tenant);
  for (const { file, tenant } of files) {
    const problems = tenant.instances.flatMap((instance, index) => {
      const { deployment } = instance;
      if (deployment.mode !== "namespace") return [];
      const refusal = refuseHost(deployment.of, instance, tenants);
      return refusal === undefined ? [] : [fieldProblem(["instances", index, "deployment", "of"], refusal)];
    });
    if (problems.length > 0) throw new TenantError(file, problems);
  }
}

/** All addresses of servers that a tenant uses. Retired instances use none any more, and namespaces those of another instance. */
function addressesOf({ instances }: Tenant): { readonly path: PropertyKey[]; readonly address: string }[] {
  return instances.flatMap(({ address, deployment, retired }, index) => {
    if (retired === true || deployment.mode === "namespace") return [];
    const replicas = deployment.mode === "external" ? deployment.addresses : [];
    return [
      { path: ["instances", index, "address"], address },
      ...replicas.map((replica, position) => ({
        path: ["instances", index, "deployment", "addresses", position],
        address: replica,
      })),
    ];
  });
}

function checkNetworks(files: readonly TenantFile[]): void {
  const networks = files
    .flatMap(({ file, tenant: { cluster } }) =>
      // Several tenants may share an existing network.
      cluster === undefined || "existing" in cluster || "useExistingNetwork" in cluster.network
        ? []
        : [{ file, cidr: parseCidr(cluster.network.cidr) }],
    )
    .sort((a, b) => a.cidr.first - b.cidr.first || a.cidr.last - b.cidr.last);
  networks.forEach((network, index) => {
    const previous = networks[index - 1];
    if (previous !== undefined && overlap(previous.cidr, network.cidr)) {
      const reason = `${network.cidr.toString()} overlaps ${previous.cidr.toString()} of ${previous.file}; choose another network`;
      throw new TenantError(network.file, [fieldProblem(["cluster", "network", "cidr"], reason)]);
    }
  });
}
