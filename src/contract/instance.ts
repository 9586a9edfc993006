import { z } from "zod";
import { isSecureAddress } from "../core/secure-address";
import { parseDescription } from "./description";
import { identitySettings } from "./identities";
import { INSTANCE_PATH } from "./namespaces";

/** Extracts the certificates of a PEM file, without comments and keys. */
export function certificatesOf(pem: string): string {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  return certificates.map((certificate) => `${certificate}\n`).join("");
}

/** One server process of an instance. */
const replica = z.object({
  /** Name in messages: the pod's name, or a host. */
  name: z.string().min(1),
  /** URL of this replica alone. A load balancer does not route to a sealed replica. */
  address: z.string().refine(isSecureAddress, "is not reached by TLS; write an https address without a user in it"),
});

/** Types of seals, as `sys/seal-status` names them. A seal protects the data of an instance that is not running. */
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
  /** Number of unseal keys. With a seal other than "shamir", number of recovery keys. */
  secretShares: z.number().int().min(1),
  secretThreshold: z.number().int().min(1),
  /**
   * Number and threshold of the keys that the tenant's file asks for, where the servers have others. The two above are then the
   * servers'.
   */
  wantedShares: z.object({ shares: z.number().int().min(1), threshold: z.number().int().min(1) }).optional(),
  /** Whether it was taken down, and its data kept. */
  retired: z.literal(true).optional(),
  /** Whether its data live in memory. If all are gone, the hook sets its record aside and initialises again. */
  volatile: z.literal(true).optional(),
  /** Whether the servers initialise themselves, by OpenBao's `initialize` stanzas. Such an instance has no keys to escrow. */
  selfInitializes: z.literal(true).optional(),
  /**
   * The instance, `<tenant>/<instance>`, of which this one is a namespace with keys of its own. The replica is then the shared
   * instance as its clients reach it.
   */
  sharedInstance: z.string().regex(INSTANCE_PATH).optional(),
  /** What its identities administer and how long they last; without it, what the instance has already, and the defaults. */
  identities: identitySettings.optional(),
  replicas: z.array(replica).min(1).readonly(),
  /** PEM certificates of the CAs of the replicas' TLS certificates. If unset, those that Node.js trusts. */
  caCertificate: z
    .string()
    .transform(certificatesOf)
    .refine((pem) => pem !== "", "contains no certificate; write PEM certificates")
    .optional(),
  /** Location of the pods, if the hook reaches them by port-forward. */
  kubernetes: z
    .object({
      namespace: z.string().min(1),
      statefulSet: z.string().min(1),
      /** KV v2 secret in the central Vault with the cluster's kubeconfig in the field `kubeconfig`. */
      kubeconfig: z.object({ mount: z.string().min(1), path: z.string().min(1) }),
      /** ServiceAccount of the hook in the namespace. If unset, the hook acts as the kubeconfig's user. */
      serviceAccount: z.string().min(1).optional(),
      /** Certificate of the servers: its Secret and its DNS names. */
      certificate: z.object({
        secretName: z.string().min(1),
        names: z.array(z.string().min(1)).min(1).readonly(),
        /** Role in the central Vault that issues the certificate. If unset, another program fills the Secret. */
        issuer: z.object({ mount: z.string().min(1), role: z.string().min(1) }).optional(),
      }),
      /** Secret with the servers' token for their transit key in the central Vault, and the token role that creates the token. */
      sealToken: z.object({ secretName: z.string().min(1), role: z.string().min(1) }).optional(),
      /** Secret with the credential of {@link BOOTSTRAP_ROLE}, which servers that initialise themselves accept. */
      bootstrap: z.object({ secretName: z.string().min(1) }).optional(),
    })
    .optional(),
});

/** Description of an instance for the hook. It contains no secret. */
export type Instance = Readonly<z.output<typeof instance>>;

/** Type of a seal. */
export type SealType = Instance["seal"];

/** Input form of an {@link Instance}, in which the seal is optional. */
export type InstanceDescription = Readonly<z.input<typeof instance>>;

/** One server process of an instance. */
export type Replica = Readonly<z.output<typeof replica>>;

/** Number and threshold of the keys that the tenant's file asks for. */
export function wantedSharesOf({
  wantedShares,
  secretShares,
  secretThreshold,
}: Pick<Instance, "wantedShares" | "secretShares" | "secretThreshold">): NonNullable<Instance["wantedShares"]> {
  return wantedShares ?? { shares: secretShares, threshold: secretThreshold };
}

/** Reads an instance from its record; undefined if the description is not complete. */
export function readInstance(value: unknown): Instance | undefined {
  return instance.safeParse(value).data;
}

/** Parses the description that the Terraform hook passes. */
export function parseInstance(json: string): Instance {
  return parseDescription(instance, "instance", "TENANT_VAULT_INSTANCE", json);
}
