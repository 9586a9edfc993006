import {
  certificateRole,
  CLUSTERS_MOUNT,
  RECORDS_MOUNT,
  ROOT_CA_MOUNT,
  SEALS_MOUNT,
  SEAL_ROLE_PREFIX,
  SHARES_MOUNT,
  SHARE_GROUPS,
  type TenantIdentity,
} from "../contract/central-vault";
import { AUTHORITIES_MOUNT, authorityPath } from "../contract/authorities";
import { inOneOrder } from "../core/domains";
import { ACCESS_MOUNT, accessPath, LOCK } from "../contract/identities";
import { namespaceLogin, NAMESPACE_LOGIN_PREFIX } from "../contract/namespaces";
import { PolicyDocument, type Capability, type PolicyStatement } from "./policy-document";

/** An intermediate CA that the root CA may sign, as the request names it. */
export interface SignedIntermediate {
  readonly commonName: string;
  readonly organization?: string;
  /** Further parameters of the request, by name: parts of the subject, and alternative names. @default - none */
  readonly parameters?: Readonly<Record<string, string>>;
  /** In ASCII, in lower case, in the order of the request. */
  readonly permittedDomains: readonly string[];
  /** Lifetime, seconds. */
  readonly ttl: number;
}

/** What the identities of a tenant may use in the central Vault. */
export interface TenantScope {
  readonly tenant: string;
  /** Secrets that the tenant's stacks read, besides its kubeconfig and the credentials of its identities. */
  readonly secrets: readonly { readonly mount: string; readonly path: string }[];
  /** Intermediates of the tenant's instances. */
  readonly intermediates: readonly SignedIntermediate[];
  /** The tenant's instances with an exported CA. @default - none */
  readonly authorities?: readonly string[];
  /** The tenant's instances that are namespaces, `<tenant>/<instance>` each, of which instance. @default - none */
  readonly namespaces?: readonly { readonly instance: string; readonly sharedInstance: string }[];
}

const KEEP: readonly Capability[] = ["create", "read", "update"];
const WRITE: readonly Capability[] = ["create", "update"];

/** The policy of an identity of a tenant in the central Vault, as text. */
export function tenantPolicy(identity: TenantIdentity, scope: TenantScope): string {
  return render(STATEMENTS[identity](scope));
}

const STATEMENTS: Readonly<Record<TenantIdentity, (scope: TenantScope) => PolicyStatement[]>> = {
  hook,
  deploy: (scope) => [...hook(scope), ...deploy(scope)],
  plan: ({ tenant }) => [
    {
      path: `${ACCESS_MOUNT}/data/${accessPath(`${tenant}/+`, "plan")}`,
      capabilities: ["read"],
      reason: "log in to the instances as plan",
    },
    childToken(),
    rootCertificate(),
  ],
};

/** The policy of the login that watches all tenants: it reads records and writes none. */
export function watchPolicy(): string {
  return render([
    { path: `${RECORDS_MOUNT}/data/*`, capabilities: ["read"], reason: "read records" },
    ...watch(),
    {
      path: `${ACCESS_MOUNT}/data/${accessPath("+/+", LOCK)}`,
      capabilities: ["read"],
      reason: "take no snapshot during a restore",
    },
  ]);
}

/** The policy of the login that watches all tenants with the shares of one group. It reads no record. */
export function shareGroupPolicy(group: string): string {
  return render([
    { path: `${SHARES_MOUNT}/data/${group}/*`, capabilities: ["read"], reason: "read the shares of the group" },
    ...watch(),
  ]);
}

/** What every watcher needs besides keys. */
function watch(): PolicyStatement[] {
  return [
    { path: `${RECORDS_MOUNT}/metadata/*`, capabilities: ["read", "list"], reason: "find instances" },
    { path: `${RECORDS_MOUNT}/metadata/`, capabilities: ["list"], reason: "find tenants" },
    { path: `${CLUSTERS_MOUNT}/data/*`, capabilities: ["read"], reason: "reach the pods of instances" },
    {
      path: `${ACCESS_MOUNT}/data/${accessPath("+/+", "operate")}`,
      capabilities: ["read"],
      reason: "ask instances as operate",
    },
    {
      path: `${ACCESS_MOUNT}/data/${accessPath("+/+", `${NAMESPACE_LOGIN_PREFIX}*`)}`,
      capabilities: ["read"],
      reason: "ask shared instances about namespaces, and unseal those",
    },
  ];
}

/**
 * What the login of {@link watchPolicy} also needs to renew what expires and to drill. It writes no record, so it cannot change where keys go.
 * It reaches the instances as every identity, which the keys that it reads would allow as well.
 */
export function maintenancePolicy(): string {
  return render([
    {
      path: `${RECORDS_MOUNT}/metadata/*`,
      capabilities: ["patch"],
      reason: "note in the metadata of records what was done",
    },
    {
      path: `${ACCESS_MOUNT}/data/*`,
      capabilities: KEEP,
      reason: "renew the credentials of the instances' identities",
    },
    serverCertificates(certificateRole("*"), "issue the TLS certificates of instances"),
    sealTokens("", "make the tokens by which instances' servers use their transit keys, and no others"),
  ]);
}

function render(statements: readonly PolicyStatement[]): string {
  const policy = new PolicyDocument();
  for (const statement of statements) policy.add(statement);
  return policy.render();
}

/** It cannot destroy a version, delete a record for good, or read anything of another tenant. */
function hook({ tenant, namespaces = [] }: TenantScope): PolicyStatement[] {
  return [
    ...namespaces.map(({ instance, sharedInstance }): PolicyStatement => ({
      path: `${ACCESS_MOUNT}/data/${accessPath(sharedInstance, namespaceLogin(instance))}`,
      capabilities: ["read"],
      reason: `create, unseal and seal the namespace of ${instance}`,
    })),
    { path: `${RECORDS_MOUNT}/data/${tenant}/*`, capabilities: KEEP, reason: "write keys and read them back" },
    {
      path: `${RECORDS_MOUNT}/metadata/${tenant}/*`,
      capabilities: [...KEEP, "patch", "list"],
      reason: "describe instances and find them",
    },
    {
      path: `${RECORDS_MOUNT}/delete/${tenant}/*`,
      capabilities: ["update"],
      reason: "delete recoverably, as the preflight does",
    },
    { path: `${SHARES_MOUNT}/metadata/${SHARE_GROUPS}`, capabilities: ["read"], reason: "find groups of watchers" },
    { path: `${SHARES_MOUNT}/data/+/${tenant}/*`, capabilities: KEEP, reason: "give each group its part of the keys" },
    {
      path: `${ACCESS_MOUNT}/data/${tenant}/*`,
      capabilities: KEEP,
      reason: "keep the credentials of the instances' identities, and log in with them",
    },
    {
      path: `${CLUSTERS_MOUNT}/data/${tenant}`,
      capabilities: KEEP,
      reason: "keep the kubeconfig that Kubespray made, and reach the pods of an instance",
    },
    serverCertificates(certificateRole(tenant), "issue the TLS certificate of an instance"),
    sealTokens(`${tenant}.`, "make the token by which an instance's servers use their transit key, and no other"),
  ];
}

function serverCertificates(role: string, reason: string): PolicyStatement {
  return {
    path: `${ROOT_CA_MOUNT}/issue/${role}`,
    capabilities: WRITE,
    reason,
    // A role cannot limit IP addresses.
    allowedParameters: { common_name: [], alt_names: [], ip_sans: ["127.0.0.1"], ttl: [] },
  };
}

function sealTokens(prefix: string, reason: string): PolicyStatement {
  return { path: `auth/token/create/${SEAL_ROLE_PREFIX}${prefix}*`, capabilities: WRITE, reason };
}

function deploy({ tenant, secrets, intermediates, authorities = [] }: TenantScope): PolicyStatement[] {
  const read = (path: string, reason: string): PolicyStatement => ({ path, capabilities: ["read"], reason });
  const seals = `${SEAL_ROLE_PREFIX}${tenant}.*`;
  return [
    childToken(),
    rootCertificate(),
    ...secrets.map(({ mount, path }) => read(`${mount}/data/${path}`, "a secret that the tenant's file names")),
    // It may neither overwrite nor delete a key.
    ...authorities.map((instance): PolicyStatement => ({
      path: `${AUTHORITIES_MOUNT}/data/${authorityPath(`${tenant}/${instance}`, "*")}`,
      capabilities: ["create", "read"],
      reason: "keep the keys of exported CAs, and bring them into the instance",
    })),
    // It may not write them, because a policy and a token role of its own would give it any right.
    read(`${SEALS_MOUNT}/keys/${tenant}.*`, "compare the keys of transit seals"),
    read(`sys/policies/acl/${seals}`, "compare the policies of transit seals"),
    read(`auth/token/roles/${seals}`, "compare the token roles of transit seals"),
    {
      path: `${CLUSTERS_MOUNT}/metadata/${tenant}`,
      capabilities: KEEP,
      reason: "keep the kubeconfig that Magnum made",
    },
    ...(intermediates.length === 0 ? [] : [signature(intermediates)]),
  ];
}

function rootCertificate(): PolicyStatement {
  return {
    path: `${ROOT_CA_MOUNT}/issuer/default`,
    capabilities: ["read"],
    reason: "compare the end of the root with that of an intermediate",
  };
}

/**
 * Whatever is not listed is refused: another alternative name or common name would make a certificate of a server. The
 * path length is absent: an authority of path length 1 then signs one of path length 0. Values of JSON that are numbers match no
 * value of a policy, so "0" is for people who use the command of Vault.
 */
function signature(intermediates: readonly SignedIntermediate[]): PolicyStatement {
  const organizations = intermediates.flatMap(({ organization }) => organization ?? []);
  return {
    path: `${ROOT_CA_MOUNT}/root/sign-intermediate`,
    capabilities: WRITE,
    reason: "sign the tenant's intermediate, for its domains only",
    allowedParameters: {
      csr: [],
      common_name: unique(intermediates.map(({ commonName }) => commonName)),
      exclude_cn_from_sans: [true],
      format: ["pem"],
      max_path_length: ["0"],
      ...(organizations.length === 0 ? {} : { organization: unique(organizations) }),
      ...furtherParameters(intermediates),
      permitted_dns_domains: unique(
        intermediates.map(({ permittedDomains }) => inOneOrder(permittedDomains).join(",")),
      ),
      ttl: unique(intermediates.map(({ ttl }) => String(ttl))),
      use_csr_values: [false],
      use_pss: [false],
    },
    requiredParameters: ["common_name", "exclude_cn_from_sans", "permitted_dns_domains"],
  };
}

/** The values that each further parameter may have. */
function furtherParameters(intermediates: readonly SignedIntermediate[]): Record<string, string[]> {
  const given = intermediates.map(({ parameters = {} }) => parameters);
  return Object.fromEntries(
    unique(given.flatMap((each) => Object.keys(each))).map((name) => [
      name,
      unique(given.flatMap((each) => each[name] ?? [])),
    ]),
  );
}

function childToken(): PolicyStatement {
  return { path: "auth/token/create", capabilities: WRITE, reason: "the child token of Terraform's Vault provider" };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
