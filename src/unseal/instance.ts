import { z } from "zod";
import { parseDescription } from "./description";
import { SECURE_ADDRESS } from "./vault-client";

/** One server process of an instance. */
const replica = z.object({
  /** Name in messages: the pod's name, or a host. */
  name: z.string().min(1),
  /** URL of this replica alone, never of a load balancer: a sealed replica is behind none. */
  address: z.url().regex(SECURE_ADDRESS, "is not reached by TLS; write an https address"),
});

const instance = z.object({
  tenant: z.string().min(1),
  name: z.string().min(1),
  product: z.enum(["vault", "openbao"]),
  secretShares: z.number().int().min(1),
  secretThreshold: z.number().int().min(1),
  replicas: z.array(replica).min(1).readonly(),
  /** PEM certificates that the replicas' TLS certificates chain to; without it, those that Node.js trusts. */
  caCertificate: z.string().optional(),
  /** Where the pods run, for an instance that is reached by port-forward. */
  kubernetes: z
    .object({
      namespace: z.string().min(1),
      /** Name of the StatefulSet that runs the pods. */
      statefulSet: z.string().min(1).optional(),
      /** ServiceAccount as which everything in the namespace is done; without it, as the kubeconfig's own user. */
      serviceAccount: z.string().min(1).optional(),
      /** KV v2 secret in the central Vault whose field `kubeconfig` holds the cluster's kubeconfig. */
      kubeconfig: z.object({ mount: z.string().min(1), path: z.string().min(1) }),
      /** The servers' certificate: the Secret it is kept in, its names, and the role in the central Vault that issues it. */
      certificate: z.object({
        secretName: z.string().min(1),
        names: z.array(z.string().min(1)).min(1).readonly(),
        mount: z.string().min(1),
        role: z.string().min(1),
      }),
    })
    .optional(),
});

/** What the hook knows of an instance: everything that is not secret. */
export type Instance = Readonly<z.output<typeof instance>>;

/** One server process of an instance. */
export type Replica = Readonly<z.output<typeof replica>>;

/** Reads the description that the Terraform hook passes. */
export function parseInstance(json: string): Instance {
  return parseDescription(instance, "instance", "TENANT_VAULT_INSTANCE", json);
}

/** Keys whose number varies, so that some may have to go. */
const NUMBERED = /^(replica|ca-certificate|kubernetes)-\d+$/;

/** What to change so that the metadata become the wanted ones; what others wrote there is left alone. */
export function metadataPatch(
  existing: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string | null> {
  const stale = Object.keys(existing).filter((key) => NUMBERED.test(key) && !(key in wanted));
  const changed = Object.entries(wanted).filter(([key, value]) => existing[key] !== value);
  return { ...Object.fromEntries(stale.map((key) => [key, null])), ...Object.fromEntries(changed) };
}

/** KV version 2 allows 512 bytes in a value of the custom metadata, and 64 keys. */
const METADATA_VALUE_LIMIT = 512;

/** As custom metadata of the record, so that later runs, and `watch`, need nothing but the central Vault. */
export function toMetadata(described: Instance): Record<string, string> {
  return {
    product: described.product,
    "secret-shares": String(described.secretShares),
    "secret-threshold": String(described.secretThreshold),
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
    secretShares: Number(metadata["secret-shares"]),
    secretThreshold: Number(metadata["secret-threshold"]),
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
