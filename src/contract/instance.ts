import { z } from "zod";
import { isSecureAddress } from "../core/secure-address";
import { parseDescription } from "./description";
import { identitySettings } from "./identities";

/** The certificates of a PEM file, without comments and keys. */
export function certificatesOf(pem: string): string {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  return certificates.map((certificate) => `${certificate}\n`).join("");
}

/** One server process of an instance. */
const replica = z.object({
  /** Name in messages: the pod's name, or a host. */
  name: z.string().min(1),
  /** URL of this replica alone, never of a load balancer: a sealed replica is behind none. */
  address: z.string().refine(isSecureAddress, "is not reached by TLS; write an https address without a user in it"),
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
  /** What its identities administer and how long they last; without it, what the instance has already, and the defaults. */
  identities: identitySettings.optional(),
  replicas: z.array(replica).min(1).readonly(),
  /** PEM certificates that the replicas' TLS certificates chain to; without it, those that Node.js trusts. */
  caCertificate: z
    .string()
    .transform(certificatesOf)
    .refine((pem) => pem !== "", "has no certificate in it")
    .optional(),
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

/** An instance as a record describes it; undefined where that is no complete description. */
export function readInstance(value: unknown): Instance | undefined {
  return instance.safeParse(value).data;
}

/** Reads the description that the Terraform hook passes. */
export function parseInstance(json: string): Instance {
  return parseDescription(instance, "instance", "TENANT_VAULT_INSTANCE", json);
}
