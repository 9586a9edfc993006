import type { Construct } from "constructs";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkSecretRefs, type SecretRef } from "../../core/secret-ref";
import type { AuthorityProps, BoundAuthority } from "./authority-props";
import { ExternalIntermediate, readChain } from "./external-intermediate";
import { ExportedRoot, ImportedAuthority } from "./held-authority";
import { InternalRoot, type InternalAuthorityProps } from "./internal-root";

/** Properties of {@link PkiAuthority.external}. */
export interface ExternalAuthorityProps {
  /**
   * PEM files with what the other authority signed, relative to the project: one for each `generation`, the first one's first. Each
   * contains the certificate of the intermediate, then those of its issuers.
   *
   * @default - none: the deployment outputs the request to sign, and the roles issue nothing yet
   * @changes new issuer, the old one stays until it expires
   */
  readonly chainFiles?: readonly string[];
}

/** Properties of {@link PkiAuthority.imported}. */
export interface ImportedAuthorityProps {
  /**
   * Where the central Vault has the CA: a PEM bundle of its key, its certificate, and the certificates of its issuers. Raise
   * `revision` after it was replaced.
   *
   * @changes new issuer, the old one stays until it expires: clients must trust the new CA first
   */
  readonly bundle: SecretRef;
}

/** Where the authority of a PKI comes from, if the operator's root does not sign it. */
export abstract class PkiAuthority {
  /** A root CA of the tenant's own. The instance generates its key, which never leaves it. Clients must trust it. */
  static internal(props: InternalAuthorityProps = {}): PkiAuthority {
    return new InternalAuthority(checkPathLength(props));
  }

  /** An intermediate CA that an authority elsewhere signs. The instance generates its key, which never leaves it. */
  static external(props: ExternalAuthorityProps = {}): PkiAuthority {
    return new ExternalAuthority(props);
  }

  /**
   * A root CA of the tenant's own, whose key the hook makes. The central Vault holds the key, so that another program can use it, and
   * a lost mount gets the same CA again. Clients must trust it.
   */
  static exported(props: InternalAuthorityProps = {}): PkiAuthority {
    return new ExportedAuthority(checkPathLength(props));
  }

  /** A CA that exists, with its key, which a person has written into the central Vault. The hook imports it. */
  static imported(props: ImportedAuthorityProps): PkiAuthority {
    checkSecretRefs({ bundle: props.bundle });
    return new ImportedCa(props);
  }

  /** How the key comes into the central Vault as well. @default - it does not */
  readonly held?: "exported" | "imported";

  /** Lifetime of the authority if none is given. */
  abstract readonly defaultLifetime: Duration;

  /** Creates it in a mount. */
  abstract bind(scope: Construct, props: AuthorityProps): BoundAuthority;
}

class InternalAuthority extends PkiAuthority {
  readonly defaultLifetime = Duration.days(3650);

  constructor(private readonly props: InternalAuthorityProps) {
    super();
  }

  bind(scope: Construct, props: AuthorityProps): BoundAuthority {
    return new InternalRoot(scope, "InternalRoot", { ...props, ...this.props });
  }
}

class ExternalAuthority extends PkiAuthority {
  readonly defaultLifetime = Duration.days(1825);

  constructor(private readonly props: ExternalAuthorityProps) {
    super();
  }

  bind(scope: Construct, props: AuthorityProps): BoundAuthority {
    const chains = (this.props.chainFiles ?? []).map((file) => readChain(file, props.lifetime, scope));
    return new ExternalIntermediate(scope, "ExternalIntermediate", { ...props, chains });
  }
}

class ExportedAuthority extends PkiAuthority {
  override readonly held = "exported";
  readonly defaultLifetime = Duration.days(3650);

  constructor(private readonly props: InternalAuthorityProps) {
    super();
  }

  bind(scope: Construct, props: AuthorityProps): BoundAuthority {
    return new ExportedRoot(scope, "ExportedRoot", { ...props, ...this.props });
  }
}

class ImportedCa extends PkiAuthority {
  override readonly held = "imported";
  readonly defaultLifetime = Duration.days(1825);

  constructor(private readonly props: ImportedAuthorityProps) {
    super();
  }

  bind(scope: Construct, props: AuthorityProps): BoundAuthority {
    return new ImportedAuthority(scope, "ImportedAuthority", { ...props, ...this.props });
  }
}

/** A chain of more CAs than that is a mistake. */
const LONGEST_PATH = 9;

function checkPathLength(props: InternalAuthorityProps): InternalAuthorityProps {
  const { maxPathLength = 0 } = props;
  if (Number.isInteger(maxPathLength) && maxPathLength >= 0 && maxPathLength <= LONGEST_PATH) return props;
  throw new ValidationError(
    "pki-authority",
    `The root CA has a maxPathLength of ${maxPathLength}; write a whole number from 0 to ${LONGEST_PATH}.`,
  );
}
