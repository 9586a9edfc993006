/** An issuer of a PKI mount. */
export interface SeenIssuer {
  readonly id: string;
  readonly name: string;
  /** PEM. */
  readonly certificate: string;
  /** Of the certificate; undefined if that cannot be read. */
  readonly fingerprint: string | undefined;
  /** Whether the mount has its key. */
  readonly hasKey: boolean;
}

/** What the central Vault holds of a CA. */
export interface HeldState {
  readonly hasKey: boolean;
  /** Of its certificate; undefined while there is none. */
  readonly fingerprint: string | undefined;
}

/** What is to be done so that a mount has the CA that the central Vault holds. */
export type AuthorityStep =
  | { readonly do: "generate-key" }
  | { readonly do: "certify" }
  | { readonly do: "keep-certificate"; readonly certificate: string }
  | { readonly do: "import" }
  | { readonly do: "name"; readonly id: string }
  | { readonly do: "nothing" }
  | { readonly do: "refuse"; readonly why: "key-lost" | "other-issuer" };

/**
 * The next step. The key is in the central Vault before the instance gets it, and the certificate is there before anybody learns of
 * it, so that a run that is killed at any point loses neither.
 *
 * @param issuer Name that the issuer is to have.
 * @param found All issuers of the mount.
 */
export function decideAuthority(issuer: string, held: HeldState, found: readonly SeenIssuer[]): AuthorityStep {
  const named = found.find(({ name }) => name === issuer);
  if (!held.hasKey) return named === undefined ? { do: "generate-key" } : { do: "refuse", why: "key-lost" };
  if (held.fingerprint === undefined)
    return named === undefined ? { do: "certify" } : { do: "keep-certificate", certificate: named.certificate };
  const ours = found.find(({ fingerprint }) => fingerprint === held.fingerprint);
  if (named !== undefined && named !== ours) return { do: "refuse", why: "other-issuer" };
  if (ours?.hasKey !== true) return { do: "import" };
  return ours === named ? { do: "nothing" } : { do: "name", id: ours.id };
}
