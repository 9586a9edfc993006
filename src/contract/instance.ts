import { z } from "zod";
import { parseDescription } from "./description";
import { SECURE_ADDRESS } from "../vault/client";

/** One server process of an instance. */
const replica = z.object({
  /** Name in messages: the pod's name, or a host. */
  name: z.string().min(1),
  /** URL of this replica alone, never of a load balancer: a sealed replica is behind none. */
  address: z.url().regex(SECURE_ADDRESS, "is not reached by TLS; write an https address"),
});

/** What protects an instance's data while it is not running, as a server's `sys/seal-status` names it. */
const SEALS = [
  "shamir",
  "transit",
  "awskms",
  "gcpckms",
  "azurekeyvault",
  "alicloudkms",
  "ocikms",
  "pkcs11",
  "static",
] as const;

const instance = z.object({
  tenant: z.string().min(1),
  name: z.string().min(1),
  product: z.enum(["vault", "openbao"]),
  seal: z.enum(SEALS).default("shamir"),
  /** Of the unseal keys; with any seal but "shamir" of the recovery keys. */
  secretShares: z.number().int().min(1),
  secretThreshold: z.number().int().min(1),
  /** Whether its data live in memory: once all are gone, the hook sets its record aside and begins anew. */
  volatile: z.literal(true).optional(),
  /** Whether the servers initialise themselves, by OpenBao's `initialize` stanzas: then there are no keys to escrow. */
  selfInitializes: z.literal(true).optional(),
  replicas: z.array(replica).min(1).readonly(),
  /** PEM certificates that the replicas' TLS certificates chain to; without it, those that Node.js trusts. */
  caCertificate: z.string().optional(),
  /** Where the pods run, for an instance that is reached by port-forward. */
  kubernetes: z
    .object({
      namespace: z.string().min(1),
      statefulSet: z.string().min(1),
      /** KV v2 secret in the central Vault whose field `kubeconfig` holds the cluster's kubeconfig. */
      kubeconfig: z.object({ mount: z.string().min(1), path: z.string().min(1) }),
      /** The hook's own ServiceAccount in the namespace; without it, everything is done as the kubeconfig's user. */
      serviceAccount: z.string().min(1).optional(),
      /** The servers' certificate: the Secret it is kept in, and its names. */
      certificate: z.object({
        secretName: z.string().min(1),
        names: z.array(z.string().min(1)).min(1).readonly(),
        /** The role in the central Vault that issues it; without it, somebody else fills the Secret. */
        issuer: z.object({ mount: z.string().min(1), role: z.string().min(1) }).optional(),
      }),
      /** Where the servers find their token for the central Vault's transit keys, and the token role that it is made with. */
      sealToken: z.object({ secretName: z.string().min(1), role: z.string().min(1) }).optional(),
    })
    .optional(),
});

/** What the hook knows of an instance: everything that is not secret. */
export type Instance = Readonly<z.output<typeof instance>>;

/** What a seal is called. */
export type SealType = Instance["seal"];

/** An {@link Instance} as it is written down, where the seal may be left out. */
export type InstanceDescription = Readonly<z.input<typeof instance>>;

/** One server process of an instance. */
export type Replica = Readonly<z.output<typeof replica>>;

/** Reads the description that the Terraform hook passes. */
export function parseInstance(json: string): Instance {
  return parseDescription(instance, "instance", "TENANT_VAULT_INSTANCE", json);
}

/** Keys that are not always there, so that some may have to go. */
const OCCASIONAL = /^((replica|ca-certificate|kubernetes)-\d+|volatile|self-initializes)$/;

/** What to change so that the metadata become the wanted ones; what others wrote there is left alone. */
export function metadataPatch(
  existing: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const stale = Object.keys(existing).filter((key) => OCCASIONAL.test(key) && !(key in wanted));
  const changed = Object.entries(wanted).filter(([key, value]) => existing[key] !== value);
  return { ...Object.fromEntries(stale.map((key) => [key, null])), ...Object.fromEntries(changed) };
}

/** KV version 2 allows 512 bytes in a value of the custom metadata, and 64 keys. */
const METADATA_VALUE_LIMIT = 512;

/** As custom metadata of the record, so that later runs, and `watch`, need nothing but the central Vault. */
export function toMetadata(described: Instance): Record<string, string> {
  return {
    product: described.product,
    seal: described.seal,
    "secret-shares": String(described.secretShares),
    "secret-threshold": String(described.secretThreshold),
    ...(described.volatile === true ? { volatile: "true" } : {}),
    ...(described.selfInitializes === true ? { "self-initializes": "true" } : {}),
    ...numbered(
      "replica",
      described.replicas.map(({ name, address }) => `${name} ${address}`),
    ),
    // As JSON, since a value may not hold line ends.
    ...numbered("ca-certificate", chunks(described.caCertificate)),
    ...numbered("kubernetes", chunks(described.kubernetes)),
  };
}

/** The description that {@link toMetadata} wrote; undefined where the record has none. */
export function fromMetadata(
  tenant: string,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Instance | undefined {
  return instance.safeParse({
    tenant,
    name,
    product: metadata.product,
    seal: metadata.seal,
    secretShares: Number(metadata["secret-shares"]),
    secretThreshold: Number(metadata["secret-threshold"]),
    volatile: metadata.volatile === "true" ? true : undefined,
    selfInitializes: metadata["self-initializes"] === "true" ? true : undefined,
    replicas: series(metadata, "replica").map((line) => {
      const [replicaName, address] = line.split(" ");
      return { name: replicaName, address };
    }),
    caCertificate: joined(series(metadata, "ca-certificate")),
    kubernetes: joined(series(metadata, "kubernetes")),
  }).data;
}

function chunks(value: unknown): string[] {
  if (value === undefined) return [];
  return JSON.stringify(value).match(new RegExp(`.{1,${METADATA_VALUE_LIMIT}}`, "g")) ?? [];
}

function joined(parts: readonly string[]): unknown {
  return parts.length === 0 ? undefined : JSON.parse(parts.join(""));
}

function numbered(key: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${key}-${index}`, value]));
}

function series(metadata: Readonly<Record<string, string>>, key: string): string[] {
  const values: string[] = [];
  for (let index = 0; ; index++) {
    const value = metadata[`${key}-${index}`];
    if (value === undefined) return values;
    values.push(value);
  }
}
