import type { Duration } from "../core/duration";
import { DEFAULT_MAX_TTL as PKI_MAX_TTL } from "../constructs/tenant-pki/pki-role";
import { policiesOf, refuseGrant, type EngineSpecs } from "./engines";
import type { Report } from "./references";
import type { WorkloadDeliverySpec, WorkloadSecretSpec } from "./sections/workloads";

/** A workload, as far as these checks are concerned. */
interface CheckedWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly delivery: Pick<WorkloadDeliverySpec, "type">;
  readonly secrets: readonly CheckedSecret[];
}

/** A secret, with a lifetime that is read already. */
type CheckedSecret = Pick<WorkloadSecretSpec, "type" | "name"> & {
  readonly path?: string;
  readonly role?: string;
  readonly ttl?: Duration;
};

/** An instance, as far as its workloads are concerned. */
type CheckedInstance = EngineSpecs & {
  readonly logins?: { readonly kubernetes?: { readonly caCertificate?: string } };
  readonly roles?: readonly { readonly name: string }[];
  readonly pki?: {
    readonly roles: readonly { readonly name: string; readonly maxTtl?: Duration; readonly notAfter?: string }[];
  };
  readonly workloads?: readonly CheckedWorkload[];
};

/** Workloads log in as pods do, as roles of their own. */
export function checkWorkloadLogins(instance: CheckedInstance, report: Report): void {
  const { workloads = [], roles = [], logins } = instance;
  if (workloads.length > 0 && logins?.kubernetes === undefined)
    report(["workloads"], 'need the login of pods; add the field "kubernetes" to logins');
  const taken = [...roles.map(({ name }) => name), ...policiesOf(instance)];
  workloads.forEach(({ name, delivery }, index) => {
    if (taken.includes(name))
      report(["workloads", index, "name"], `"${name}" is the name of a role or policy; choose another name`);
    if (logins?.kubernetes?.caCertificate !== undefined && delivery.type !== "agent-injector")
      report(
        ["workloads", index, "delivery"],
        "needs objects in the cluster of the pods, which is another one than that of the tenant, because logins.kubernetes has a caCertificate; use agent-injector, or a Workload in a stack of that cluster",
      );
  });
}

/** What a workload gets must exist. */
export function checkWorkloadSecrets(instance: CheckedInstance, report: Report): void {
  instance.workloads?.forEach(({ secrets }, index) => {
    const at = ["workloads", index, "secrets"];
    if (secrets.length === 0) report(at, "is empty; list what the workload gets, or remove the workload");
    secrets.forEach((secret, position) => {
      const [field, entry] = referenceOf(secret);
      const grant = GRANTS[secret.type];
      const refusal = refuseGrant(instance, grant, entry) ?? refuseTemplate(secret) ?? refuseLifetime(instance, secret);
      if (refusal !== undefined) report([...at, position, field], refusal);
    });
  });
}

/** The grants that say what exists. */
const GRANTS: Readonly<Record<WorkloadSecretSpec["type"], string>> = {
  "key-value": "read",
  database: "databases",
  certificate: "certificates",
};

function referenceOf({ type, path = "", role = "" }: CheckedSecret): readonly [field: string, entry: string] {
  return type === "key-value" ? ["path", path] : ["role", role];
}

/** What delivers a secret requests the path as it is written. */
function refuseTemplate({ path = "" }: CheckedSecret): string | undefined {
  return path.includes("{{") ? `"${path}" has a template, but is one secret; write names alone` : undefined;
}

/** The server shortens a certificate without an error, and then the operator would renew it too late. */
function refuseLifetime({ pki }: CheckedInstance, { type, role, ttl }: CheckedSecret): string | undefined {
  const issuing = pki?.roles.find(({ name }) => name === role);
  if (type !== "certificate" || ttl === undefined || issuing === undefined || issuing.notAfter !== undefined)
    return undefined;
  const { maxTtl = PKI_MAX_TTL } = issuing;
  if (!ttl.isLongerThan(maxTtl)) return undefined;
  return `issues certificates of up to ${maxTtl.toString()}, but ttl is ${ttl.toString()}; reduce ttl, or raise maxTtl of the role`;
}

/** A tenant, as far as its workloads are concerned. */
interface CheckedTenant {
  readonly cluster?: unknown;
  readonly instances: readonly { readonly workloads?: readonly CheckedWorkload[] }[];
}

/** Operators get their objects in the tenant's cluster. */
export function checkWorkloadCluster({ cluster, instances }: CheckedTenant, report: Report): void {
  if (cluster !== undefined) return;
  forEachWorkload(instances, ({ delivery }, at) => {
    if (delivery.type === "agent-injector") return;
    report(
      [...at, "delivery"],
      'needs a cluster for its objects; add the field "cluster" to the tenant, or use agent-injector',
    );
  });
}

/** Each workload is a role of its instance. Objects of all are in one cluster, where each has its own name in its namespace. */
export function checkUniqueWorkloads({ instances }: CheckedTenant, report: Report): void {
  const known = new Set<string>();
  const claim = (name: string, places: readonly string[], at: readonly PropertyKey[]): void => {
    const keys = places.map((place) => `${place}/${name}`);
    if (keys.some((key) => known.has(key))) report([...at, "name"], `"${name}" is used twice; choose another name`);
    for (const key of keys) known.add(key);
  };
  forEachWorkload(instances, ({ name, namespace, secrets }, at) => {
    claim(name, [`role/${String(at[1])}`, `workload/${namespace}`], at);
    secrets.forEach((secret, index) => claim(secret.name, [`secret/${namespace}`], [...at, "secrets", index]));
  });
}

function forEachWorkload(
  instances: CheckedTenant["instances"],
  visit: (workload: CheckedWorkload, at: readonly PropertyKey[]) => void,
): void {
  instances.forEach(({ workloads = [] }, instance) => {
    workloads.forEach((workload, index) => visit(workload, ["instances", instance, "workloads", index]));
  });
}
