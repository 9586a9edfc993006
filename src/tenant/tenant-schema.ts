import { z } from "zod";
import { checkRoleName, checkTokenTtls } from "../constructs/access/access-role";
import { releaseName } from "../constructs/server-config/names";
import { DEFAULT_REPLICAS } from "../constructs/vault-instance/high-availability-deployment";
import { checkCredentialTtls } from "../constructs/dynamic-db/dynamic-db";
import { SshRole } from "../constructs/ssh-ca/ssh-role";
import { checkPkiRole } from "../constructs/tenant-pki/pki-role";
import { closedNodePort, cluster, schedulableNodes } from "./cluster-schema";
import { deployment } from "./deployment-schema";
import { checkReferences } from "./references";
import { seal, secretRef } from "./seal-schema";
import type { TenantProps } from "./tenant-props";
import {
  address,
  built,
  checked,
  cidr,
  cidrs,
  complaintOf,
  duration,
  label,
  nonEmpty,
  path,
  port,
  uniquelyNamed,
} from "./fields";

const pki = checked(
  z.strictObject({
    mount: path.optional(),
    commonName: nonEmpty.optional(),
    organization: nonEmpty.optional(),
    lifetime: duration.optional(),
    permittedDomains: z.array(nonEmpty).readonly().optional(),
    roles: uniquelyNamed(
      z.strictObject({
        name: nonEmpty,
        allowedDomains: z.array(nonEmpty).readonly(),
        allowSubdomains: z.boolean().optional(),
        allowBareDomains: z.boolean().optional(),
        allowWildcards: z.boolean().optional(),
        usage: z.enum(["server", "client", "both"]).optional(),
        maxTtl: duration,
      }),
    ),
  }),
  (described) => described.roles.forEach((role) => checkPkiRole(role, described)),
);

const ssh = z.strictObject({
  mount: path.optional(),
  roles: uniquelyNamed(
    z.discriminatedUnion("type", [
      built(
        z.strictObject({
          type: z.literal("certificate"),
          name: nonEmpty,
          allowedUsers: z.array(nonEmpty).readonly(),
          defaultUser: nonEmpty.optional(),
          maxTtl: duration,
        }),
        (role) => SshRole.certificate(role),
      ),
      built(
        z.strictObject({
          type: z.literal("one-time-password"),
          name: nonEmpty,
          defaultUser: nonEmpty,
          cidrs: z.array(cidr).readonly(),
        }),
        (role) => SshRole.oneTimePassword(role),
      ),
    ]),
  ),
});

const database = z.strictObject({
  name: label,
  engine: z.literal("postgresql"),
  host: nonEmpty,
  port: port.optional(),
  database: nonEmpty,
  username: nonEmpty,
  password: secretRef,
  caCertificatePath: nonEmpty.optional(),
  roles: uniquelyNamed(
    checked(
      z.strictObject({
        name: nonEmpty,
        creationStatements: z.array(nonEmpty).readonly().optional(),
        revocationStatements: z.array(nonEmpty).readonly().optional(),
        defaultTtl: duration.optional(),
        maxTtl: duration.optional(),
      }),
      checkCredentialTtls,
    ),
  ),
});

const role = checked(
  z
    .strictObject({
      name: built(label, checkRoleName),
      tokenTtl: duration.optional(),
      tokenMaxTtl: duration.optional(),
      secretIdTtl: duration.optional(),
      boundCidrs: cidrs.optional(),
      certificates: z.array(nonEmpty).readonly().optional(),
      ssh: z.array(nonEmpty).readonly().optional(),
      databases: z.array(path).readonly().optional(),
      read: z.array(path).readonly().optional(),
      write: z.array(path).readonly().optional(),
    })
    .refine(
      ({ certificates = [], ssh: logins = [], databases = [], read = [], write = [] }) =>
        [certificates, logins, databases, read, write].some((granted) => granted.length > 0),
      "is allowed nothing; name something in certificates, ssh, databases, read or write, or leave the role out",
    ),
  checkTokenTtls,
);

const instance = z
  .strictObject({
    name: label.refine(
      (name) => name !== "central",
      "is what the stacks call the operator's own Vault; choose another name",
    ),
    product: z.enum(["vault", "openbao"]),
    address,
    caCertificateFile: nonEmpty.optional(),
    deployment,
    seal: seal.optional(),
    pki: pki.optional(),
    ssh: ssh.optional(),
    databases: uniquelyNamed(database).optional(),
    keyValue: z
      .array(z.strictObject({ mount: path.optional(), maxVersions: z.number().int().min(1).optional() }))
      .readonly()
      .optional(),
    roles: uniquelyNamed(role).optional(),
    retired: z.boolean().optional(),
  })
  .superRefine(checkReferences)
  .superRefine((described, context) => {
    const { deployment: how, pki: ca, ssh: logins, databases, keyValue, roles } = described;
    if (!initializesItself(how) || [ca, logins, databases, keyValue, roles].every((part) => part === undefined)) return;
    context.addIssue({
      code: "custom",
      path: ["deployment", "selfInitialization"],
      message:
        "leaves no root token to configure pki, ssh, databases, keyValue or roles with; let its requests make them, or leave it out",
    });
  });

/** Whether the servers initialise themselves, so that nobody has a token of theirs. */
export function initializesItself(how: z.output<typeof deployment>): boolean {
  return how.mode !== "external" && how.selfInitialization !== undefined;
}

/** How many replicas need a node of their own. */
function spreadReplicas(described: z.output<typeof deployment>): number {
  return described.mode === "ha" || described.mode === "custom" ? (described.replicas ?? DEFAULT_REPLICAS) : 0;
}

/** Port of every node that an instance takes. */
function nodePortOf(how: z.output<typeof deployment>): number | undefined {
  return how.mode === "external" ? undefined : how.nodePort?.nodePort;
}

const tenant = z
  .strictObject({
    name: label,
    cluster: cluster.optional(),
    instances: uniquelyNamed(instance),
    deletionProtection: z.boolean().optional(),
  })
  .superRefine(({ name, cluster: machines, instances }, context) => {
    instances.forEach((described, index) => {
      const at = ["instances", index];
      const { mode } = described.deployment;
      if (mode !== "external" && machines === undefined) {
        context.addIssue({
          code: "custom",
          path: [...at, "deployment"],
          message: `mode "${mode}" needs a cluster to run in; describe one in "cluster", or use mode "external"`,
        });
      }
      const replicas = spreadReplicas(described.deployment);
      const nodes = machines === undefined ? undefined : schedulableNodes(machines);
      if (nodes !== undefined && replicas > nodes) {
        context.addIssue({
          code: "custom",
          path: [...at, "deployment", "replicas"],
          message: `${replicas} replicas need as many nodes, the cluster has ${nodes} that run pods; add workers, or set cluster.schedulableControlPlanes`,
        });
      }
      const nodePort = nodePortOf(described.deployment);
      const closed = nodePort && machines && closedNodePort(nodePort, machines);
      if (closed) context.addIssue({ code: "custom", path: [...at, "deployment", "nodePort"], message: closed });
      const misnamed = complaintOf(() => mode !== "external" && releaseName({ tenant: name, name: described.name }));
      if (misnamed !== undefined) context.addIssue({ code: "custom", path: [...at, "name"], message: misnamed });
    });
    const present = instances.map((each) => (each.retired === true ? undefined : each));
    checkOnce(
      present.map((each) => each && nodePortOf(each.deployment)),
      ["deployment", "nodePort"],
      context,
    );
    checkOnce(
      present.map((each) => each?.address),
      ["address"],
      context,
    );
  });

/** What instances of a tenant cannot share. */
function checkOnce(values: readonly (string | number | undefined)[], field: string[], context: z.RefinementCtx): void {
  values.forEach((value, index) => {
    if (value === undefined || values.indexOf(value) === index) return;
    context.addIssue({
      code: "custom",
      path: ["instances", index, ...field],
      message: `${value} is another instance's; give each its own`,
    });
  });
}

/** A tenant, checked and typed. */
export type Tenant = z.output<typeof tenant>;

/** One instance of a {@link Tenant}. */
export type TenantInstance = Tenant["instances"][number];

/** What is wrong with a field. */
export interface FieldProblem {
  /** Path of the field, such as `instances[0].seal`. */
  readonly field: string;
  readonly reason: string;
}

/** Checks a description; what comes back is either a tenant or everything that is wrong. */
export function checkTenant(
  props: TenantProps,
): { readonly tenant: Tenant } | { readonly problems: readonly FieldProblem[] } {
  const result = tenant.safeParse(props);
  if (result.success) return { tenant: result.data };
  return { problems: result.error.issues.map((issue) => ({ field: fieldName(issue.path), reason: issue.message })) };
}

function fieldName(parts: readonly PropertyKey[]): string {
  return parts
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join("");
}
