import type { Construct } from "constructs";
import { isWithin } from "../../core/domains";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { serverNames, type ReleaseNames } from "../server-config/names";
import { CertManagerCertificate } from "./cert-manager-certificate";

/** A role of the central Vault that issues servers' certificates. */
export interface CentralCertificateProps {
  /** Path of the PKI mount. */
  readonly mount: string;
  readonly role: string;
  /**
   * Domains outside the cluster that it issues for.
   *
   * @default - not checked
   */
  readonly domains?: readonly string[];
}

/** An issuer of cert-manager; https://cert-manager.io/docs/concepts/issuer/ */
export interface CertManagerProps {
  /** Name of the issuer; it has to put its CA's certificate into `ca.crt`, as CA, Vault and Venafi issuers do. */
  readonly issuer: string;
  /** @default "ClusterIssuer" */
  readonly kind?: "ClusterIssuer" | "Issuer";
  /** @default Duration.days(90) */
  readonly duration?: Duration;
  /** How long before its end cert-manager renews it. @default Duration.days(30) */
  readonly renewBefore?: Duration;
}

/** What a certificate is made for. */
export interface CertificateContext {
  readonly names: ReleaseNames;
  /** Host by which clients outside reach the instance. */
  readonly host: string;
  /** The namespace, once it is made. */
  readonly namespace: string;
}

/** What the hook has to know of a certificate. */
export interface BoundCertificate {
  readonly secretName: string;
  readonly names: readonly string[];
  /** The role in the central Vault by which the hook issues it. @default - somebody else fills the Secret */
  readonly issuer?: { readonly mount: string; readonly role: string };
}

/** Where the servers' TLS certificate comes from. In every case its private key is in a Secret of the cluster and nowhere else. */
export class ServerCertificate {
  /** The central Vault issues it, the hook puts it into the cluster, and renews it when it runs less than 30 days before its end. */
  static central({ mount, role, domains }: CentralCertificateProps): ServerCertificate {
    return new ServerCertificate((scope, { names, host }) => {
      checkHost(host, domains, scope);
      return { secretName: names.tlsSecret, names: serverNames(names, host), issuer: { mount, role } };
    });
  }

  /** cert-manager issues and renews it inside the cluster. */
  static certManager(props: CertManagerProps): ServerCertificate {
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
   * A Secret of the type `kubernetes.io/tls` in the instance's namespace that somebody else fills and renews, with the CA's
   * certificate in `ca.crt`. It has to name every server; the README lists the names.
   */
  static secret(name: string): ServerCertificate {
    return new ServerCertificate((_scope, { names, host }) => ({ secretName: name, names: serverNames(names, host) }));
  }

  private constructor(private readonly create: (scope: Construct, context: CertificateContext) => BoundCertificate) {}

  /** Creates what it needs below the scope. */
  bind(scope: Construct, context: CertificateContext): BoundCertificate {
    return this.create(scope, context);
  }
}

/** Names that need no domain of the issuer's: Services inside any cluster, and the server's own machine. */
const INSIDE = ["svc", "svc.cluster.local", "localhost"];

/** @throws ValidationError when the servers' certificate could not name the host by which clients reach them. */
function checkHost(host: string, domains: readonly string[] | undefined, scope: Construct): void {
  if (domains === undefined || isWithin(host, [...domains, ...INSIDE])) return;
  throw new ValidationError(
    "certificate-name",
    `The servers' certificate cannot name ${host}: its issuer issues outside the cluster for ${domains.join(", ") || "nothing"}; choose an address within, or let the issuer issue for it.`,
    scope,
  );
}
