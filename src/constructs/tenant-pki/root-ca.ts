import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkMountPath } from "../../core/mount-path";
import { checkValues, type ValueType } from "../../core/value-type";
import { checkProviders } from "../../terraform/provider-value";
import { PkiSecretBackendRootCert } from "../../terraform/providers/vault";
import { RecordedValue } from "../../terraform/recorded-value";
import { PkiMount } from "./pki-mount";

/** A certificate authority that signs intermediates. */
export interface IRootCa {
  /**
   * Path of its PKI mount.
   *
   * @changes refused: a root CA keeps its mount
   */
  readonly mount: string;
  /**
   * The provider of the Vault with the CA; undefined for the stack's default.
   *
   * @changes in place: the provider must reach the same Vault
   */
  readonly provider?: TerraformProvider;
  /**
   * Its lifetime.
   *
   * @default - 10 years
   * @changes refused: a root CA keeps its lifetime
   */
  readonly lifetime?: Duration;
  /**
   * Whether its own certificate has path length 1, so that Vault gives intermediates path length 0 if the request names none.
   *
   * @default false
   * @changes new certificates only: intermediates that exist keep their path length
   */
  readonly limitsPathLength?: boolean;
  /**
   * Its certificate, PEM. A plan compares its end with that of each intermediate that it creates.
   *
   * @default - each plan reads it from the mount: the default issuer, which signs
   * @changes in place: intermediates that exist stay
   */
  readonly certificate?: string;
}

const ROOT_CA: ValueType = {
  name: "RootCa",
  member: "mount",
  example: 'RootCa.fromRootCaAttributes({ mount: "pki-root" })',
  required: true,
};

/** @throws ValidationError if it is not a root CA, or an attribute cannot be that of one. */
export function checkRootCa(rootCa: IRootCa | undefined, scope?: Construct): asserts rootCa is IRootCa {
  checkValues({ rootCa }, ["rootCa"], ROOT_CA, scope);
  const { mount, ...given } = rootCa as IRootCa;
  checkMountPath(mount, scope);
  checkProviders(given, scope);
  checkDurations(given, ["lifetime"], scope);
}

/** Default lifetime of a root CA. */
const DEFAULT_ROOT_LIFETIME = Duration.days(3650);

/** @throws ValidationError if an intermediate would outlive the root that signs it. */
export function checkLifetime(lifetime: Duration, ofRoot = DEFAULT_ROOT_LIFETIME, scope?: Construct): void {
  if (!lifetime.isLongerThan(ofRoot)) return;
  throw new ValidationError(
    "pki-ttl",
    `A lifetime of ${lifetime.toString()} is longer than that of the root CA, ${ofRoot.toString()}; reduce lifetime.`,
    scope,
  );
}

/** Properties of a {@link RootCa}. */
export interface RootCaProps {
  /**
   * Common name of the root.
   *
   * @changes refused: create another RootCa at another mount, and let clients trust both
   */
  readonly commonName: string;
  /**
   * Path of the PKI mount.
   *
   * @default "pki-root"
   * @changes refused: create another RootCa at another mount, and let clients trust both
   */
  readonly mount?: string;
  /**
   * Address of the Vault with the CA, for the issuer and CRL URLs in certificates.
   *
   * @changes in place: issued certificates keep the former URLs, so keep the former address reachable until they expire
   */
  readonly address: string;
  /**
   * Namespace of that Vault in which the mount is.
   *
   * @default - the root namespace
   * @changes in place: issued certificates keep the former URLs
   */
  readonly namespace?: string;
  /**
   * Lifetime of the root. No intermediate may have a longer one.
   *
   * @default - 10 years
   * @changes refused: create another RootCa at another mount, and let clients trust both
   */
  readonly lifetime?: Duration;
  /**
   * Whether Terraform refuses to destroy the key.
   *
   * @default true
   * @changes in place: applies to the next deployment
   */
  readonly deletionProtection?: boolean;
  /**
   * The provider of the Vault that it is in.
   *
   * @default - the stack's Vault provider
   * @changes in place: the provider must reach the same Vault
   */
  readonly provider?: TerraformProvider;
}

/** An internal root CA. Vault generates its key, which never leaves Vault. */
export class RootCa extends Construct implements IRootCa {
  readonly mount: string;
  readonly provider?: TerraformProvider;
  readonly lifetime: Duration;
  readonly limitsPathLength = true;
  /** The mount's path as a reference, for resources that need the mount to exist. */
  readonly mountPath: string;
  /** The certificate, PEM. */
  readonly certificate: string;

  /** An existing root CA. @throws ValidationError if an attribute cannot be that of one. */
  static fromRootCaAttributes(attributes: IRootCa): IRootCa {
    checkRootCa(attributes);
    return attributes;
  }

  constructor(scope: Construct, id: string, props: RootCaProps) {
    super(scope, id);
    checkProviders(props, this);
    checkDurations(props, ["lifetime"], this);
    const { provider, deletionProtection = true, lifetime = DEFAULT_ROOT_LIFETIME } = props;
    this.mount = props.mount ?? "pki-root";
    this.provider = provider;
    this.lifetime = lifetime;

    const mount = new PkiMount(this, "Mount", {
      path: this.mount,
      description: props.commonName,
      address: props.address,
      namespace: props.namespace,
      lifetime,
      deletionProtection,
      provider,
    });
    // The provider would note another lifetime in the state, and leave the certificate as it is.
    const origin = new RecordedValue(this, "Origin", {
      values: { lifetime: String(lifetime.toSeconds()) },
      preventDestroy: deletionProtection,
    });
    const root = new PkiSecretBackendRootCert(this, "Resource", {
      backend: mount.path,
      type: "internal",
      commonName: props.commonName,
      ttl: String(lifetime.toSeconds()),
      keyType: "ec",
      keyBits: 384,
      excludeCnFromSans: true,
      // Tenants' intermediates may sign end-entity certificates, but no further CAs.
      maxPathLength: 1,
      lifecycle: {
        preventDestroy: deletionProtection,
        // A provider upgrade that reads an argument differently must not replace the key.
        ignoreChanges: "all",
        postcondition: [
          refuseChange("common_name", props.commonName, `common name of the root CA ${this.mount}`),
          refuseChange("backend", this.mount, `mount of the root CA ${props.commonName}`),
        ],
        precondition: [
          {
            condition: `\${${origin.expressionOf("lifetime")} == "${lifetime.toSeconds()}"}`,
            errorMessage: `The lifetime of the root CA ${this.mount} cannot be changed; set the former lifetime again, or create another root CA at another mount.`,
          },
        ],
      },
      provider,
    });
    this.mountPath = mount.path;
    this.certificate = root.certificate;
  }
}

/** Changes are ignored, so only the state shows what the root is. */
function refuseChange(argument: string, value: string, what: string) {
  return {
    condition: `\${self.${argument} == ${JSON.stringify(value)}}`,
    errorMessage: `The ${what} cannot be changed; set the former one again, or create another root CA at another mount.`,
  };
}
