import type { Construct } from "constructs";
import { isWithin, parseDomainPattern } from "../../core/domains";
import { checkDurations, Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { checkMountPath } from "../../core/mount-path";
import type { ValueType } from "../../core/value-type";
import { checkRoleName } from "../access/roles";
import { serverNames, type ReleaseNames } from "../server-config/names";
import { CertManagerCertificate } from "./cert-manager-certificate";

/** A PKI role of the central Vault that issues certificates of servers. */
export interface CentralCertificateProps {
  /**
   * Path of the PKI mount.
   *
   * @changes new certificates only: the hook issues one there when the former is about to expire
   */
  readonly mount: string;
  /** @changes new certificates only: the hook issues one with it when the former is about to expire */
  readonly role: string;
  /**
   * Domains outside the cluster for which it issues.
   *
   * @default - not checked
   * @changes in place: only checked at synthesis
   */
  readonly domains?: readonly string[];
}

/** An issuer of cert-manager; https://cert-manager.io/docs/concepts/issuer/ */
export interface CertManagerProps {
  /**
   * Name of the issuer. It must write the certificate of its CA to `ca.crt`, as CA, Vault and Venafi issuers do.
   *
   * @changes rolling restart by the next run of the hook, once cert-manager has issued another certificate
   */
  readonly issuer: string;
  /**
   * Kind of the issuer.
   *
   * @default "ClusterIssuer"
   * @changes rolling restart by the next run of the hook, once cert-manager has issued another certificate
   */
  readonly kind?: "ClusterIssuer" | "Issuer";
  /**
   * How long a certificate is valid.
   *
   * @default - 90 days
   * @changes new certificates only
   */
  readonly duration?: Duration;
  /**
   * How long before its expiry cert-manager renews a certificate.
   *
   * @default - 30 days
   * @changes in place: cert-manager renews at another time
   */
  readonly renewBefore?: Duration;
}

/** The servers that a certificate is for. */
export interface CertificateContext {
  readonly names: ReleaseNames;
  /** Host at which clients outside the cluster reach the instance. */
  readonly host: string;
  /** The namespace, known after it is created. */
  readonly namespace: string;
}

/** Input of the hook about a certificate. */
export interface BoundCertificate {
  readonly secretName: string;
  readonly names: readonly string[];
  /** The role in the central Vault that issues it for the hook. @default - someone else fills the Secret */
  readonly issuer?: { readonly mount: string; readonly role: string };
}

/** Where the TLS certificate of the servers comes from. Its private key is only in a Secret of the cluster. */
export class ServerCertificate {
  /** The central Vault issues it. The hook writes it to the cluster, and renews it less than 30 days before it expires. */
  static central({ mount, role, domains }: CentralCertificateProps): ServerCertificate {
    checkMountPath(mount);
    checkRoleName("PKI", role);
    const allowed = domains?.map(parseDomainPattern);
    return new ServerCertificate((scope, { names, host }) => {
      checkHost(host, allowed, scope);
      return { secretName: names.tlsSecret, names: serverNames(names, host), issuer: { mount, role } };
    });
  }

  /** cert-manager issues and renews it inside the cluster. */
  static certManager(props: CertManagerProps): ServerCertificate {
    checkDurations(props, ["duration", "renewBefore"]);
    return new ServerCertificate((scope, { names, host, namespace }) => {
      const hosts = serverNames(names, host);
      new CertManagerCertificate(scope, "Certificate", {
        ...names,
        namespace,
        hosts,
        issuer: { name: props.issuer, kind: props.kind ?? "ClusterIssuer" },
        duration: props.duration ?? Duration.days(90),
        renewBefore: props.renewBefore ?? Duration.days(30),
      });
      return { secretName: names.tlsSecret, names: hosts };
    });
  }

  /**
   * A Secret of the type `kubernetes.io/tls` in the instance's namespace that someone else fills and renews. `ca.crt` holds the
   * certificate of the CA. The certificate must name every server; the README lists the names.
   */
  static secret(name: string): ServerCertificate {
    return new ServerCertificate((_scope, { names, host }) => ({ secretName: name, names: serverNames(names, host) }));
  }

  private constructor(private readonly create: (scope: Construct, context: CertificateContext) => BoundCertificate) {}

  /** Creates the resources of the certificate below the scope. */
  bind(scope: Construct, context: CertificateContext): BoundCertificate {
    return this.create(scope, context);
  }
}

/** A certificate, for checks at run time. */
export const CERTIFICATE: ValueType = {
  name: "ServerCertificate",
  member: "bind",
  example: 'ServerCertificate.secret("vault-tls")',
  required: true,
};

/** Names that the issuer always allows: Services inside a cluster, and the server's own machine. */
const INSIDE = ["svc", "svc.cluster.local", "localhost"];

/** @throws ValidationError if the certificate of the servers cannot name the host at which clients reach them. */
function checkHost(host: string, domains: readonly string[] | undefined, scope: Construct): void {
  if (domains === undefined || isWithin(host, [...domains, ...INSIDE])) return;
  throw new ValidationError(
    "certificate-name",
    `The certificate of the servers cannot name ${host}, because its issuer issues outside the cluster for ${domains.join(", ") || "no domain"}; choose an address in such a domain, or add the domain to the issuer.`,
    scope,
  );
}
