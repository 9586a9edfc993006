import { z } from "zod";
import { parseDescription, secretPlace } from "./description";

/**
 * KV version 2 mount in the central Vault with the keys and certificates of exported CAs. The pipeline of a tenant may create a
 * secret there, and neither overwrite nor delete one.
 */
export const AUTHORITIES_MOUNT = "authorities";

/** Fields of the two secrets of an exported CA, by the last part of their paths. Each is written once. */
export const AUTHORITY_FIELDS = { key: "private-key", certificate: "certificate" } as const;

/** Path below {@link AUTHORITIES_MOUNT} of an exported CA. @param instance `<tenant>/<instance>`. */
export function authorityPath(instance: string, issuer: string): string {
  return `${instance}/${issuer}`;
}

/** What `apply` may do in a PKI mount whose CA has its key in the central Vault as well. */
export const AUTHORITY_TYPES = ["exported", "imported"] as const;

/** A PKI mount whose CA has its key in the central Vault as well. */
export const heldAuthority = z.object({ mount: z.string().min(1), type: z.enum(AUTHORITY_TYPES) });

/** A PKI mount whose CA has its key in the central Vault as well. */
export type HeldAuthority = Readonly<z.output<typeof heldAuthority>>;

const exported = z.object({
  type: z.literal("exported"),
  keyType: z.enum(["ec", "rsa", "ed25519"]),
  /** 0 for a type that has one length only. */
  keyBits: z.number().int().min(0),
  /** Of the request for the certificate. */
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

const imported = z.object({
  type: z.literal("imported"),
  /** A PEM bundle of key, certificate and chain. */
  bundle: secretPlace,
});

const authority = z.object({
  tenant: z.string().min(1),
  name: z.string().min(1),
  /** Path of the PKI mount. */
  mount: z.string().min(1),
  /** Name that the issuer gets there. */
  issuer: z.string().min(1),
  source: z.discriminatedUnion("type", [exported, imported]),
});

/** A CA whose key the central Vault holds, for the hook. It contains no secret. */
export type AuthorityDescription = Readonly<z.output<typeof authority>>;

const sshKey = z.object({
  tenant: z.string().min(1),
  name: z.string().min(1),
  /** Path of the SSH mount. */
  mount: z.string().min(1),
  privateKey: secretPlace,
  /** Of the secret. Another one has the hook compare both keys again. */
  revision: z.number().int().min(1),
});

/** The signing key of an SSH authority in the central Vault, for the hook. It contains no secret. */
export type SshKeyDescription = Readonly<z.output<typeof sshKey>>;

/** How the hook makes the key and the certificate of an exported CA. */
export type ExportedAuthority = Readonly<z.output<typeof exported>>;

/** Environment variable by which Terraform passes the authority. */
export const AUTHORITY_VARIABLE = "TENANT_VAULT_AUTHORITY";

/** Parses what the Terraform hook passes. */
export function parseAuthority(json: string): AuthorityDescription | SshKeyDescription {
  return parseDescription(z.union([authority, sshKey]), "authority", AUTHORITY_VARIABLE, json);
}
