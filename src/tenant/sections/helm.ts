import { z } from "zod";
import type { HclValue } from "../../core/hcl";
import type { MonitoringProps } from "../../constructs/monitoring/monitoring-values";
import { AuditDevice } from "../../constructs/server-config/audit-device";
import { SelfInitialization, type SelfInitializationRequest } from "../../constructs/server-config/self-initialization";
import type { ContainerImage, HelmChart } from "../../constructs/vault-instance/chart";
import type { HelmDeploymentProps } from "../../constructs/vault-instance/helm-deployment";
import type { ServerResources } from "../../constructs/vault-instance/instance-limits";
import type { Toleration } from "../../constructs/vault-instance/pod-values";
import { ServerCertificate, type CertManagerProps } from "../../constructs/vault-instance/server-certificate";
import { boolean, choice, discriminatedBy, list, map, name, only, parsedBy, text } from "../builders";
import { duration, label, texts } from "../fields";
import { shape, type InFile } from "../in-file";
import { flows, type ClientSpec, type EgressSpec, type LoadBalancerSpec } from "./flows";
import { allowed } from "../messages";

/** Fields of every deployment by the product's Helm chart. */
export interface HelmSpec extends InFile<
  Omit<
    HelmDeploymentProps,
    | "cluster"
    | "certificate"
    | "exposure"
    | "clients"
    | "egress"
    | "kubernetesApi"
    | "auditDevices"
    | "plugins"
    | "selfInitialization"
    | "values"
  >
> {
  /**
   * Port of every node at which clients outside the cluster reach the active replica. `cluster.clientAccess` names those
   * clients.
   *
   * @default - none
   * @changes in place: clients must use the new port at once
   */
  readonly nodePort?: number;
  /**
   * A load balancer of the cluster's cloud at which clients outside the cluster reach the active replica.
   * `cluster.clientAccess` names those clients. Only for an existing cluster.
   *
   * @default - none
   * @changes in place: the Service is created, changed or deleted, and clients lose it at once
   */
  readonly loadBalancer?: LoadBalancerSpec;
  /**
   * Pods and networks that reach the API, in addition to the clients outside the cluster.
   *
   * @default - the pods of every namespace
   * @changes in place: a network that is removed is cut off at once
   */
  readonly clients?: readonly ClientSpec[];
  /**
   * Additional destinations of the servers, such as a hardware security module. Destinations that are always allowed: each
   * other, DNS, the Kubernetes API, the seal, `databases`, `clouds`, `logins` and `auditDevices`.
   *
   * @default - none
   * @changes in place: a destination that is removed is cut off at once
   */
  readonly egress?: readonly EgressSpec[];
  /**
   * Addresses of the Kubernetes API as CIDRs. They are those of the control planes, not of the Service `kubernetes`. "0.0.0.0/0"
   * allows any address. Required in a cluster that exists, and if Kubespray installs another pod network than Calico.
   *
   * @default - the tenant's network
   * @changes in place: with wrong addresses the servers cannot label themselves, and the Service of the active one stays empty
   */
  readonly kubernetesApiCidrs?: readonly string[];
  /**
   * Where the TLS certificate of the servers comes from.
   *
   * @default - the central Vault issues it
   * @changes rolling restart by the hook, once the Secret has the new certificate
   */
  readonly certificate?: CertManagerSpec | CertificateSecretSpec;
  /**
   * Additional audit devices. The file on the audit volume always exists.
   *
   * @default - none
   * @changes rolling restart by the hook with OpenBao; in place with Vault
   */
  readonly auditDevices?: readonly AuditDeviceSpec[];
  /**
   * Requests that OpenBao makes when it first starts, instead of being initialised by the hook. It needs a seal other than
   * `shamir`.
   *
   * @default - the hook initialises the instance
   * @changes rolling restart by the hook, and no more: servers that are initialised ignore it
   */
  readonly selfInitialization?: readonly SelfInitializationRequest[];
}

/** A certificate that cert-manager issues; the cluster must run cert-manager. */
export interface CertManagerSpec {
  /**
   * The issuer, and how long its certificates are valid.
   *
   * @changes rolling restart by the hook, once cert-manager has issued a certificate
   */
  readonly certManager: InFile<CertManagerProps>;
}

/** A certificate in a Secret that someone else creates and renews. */
export interface CertificateSecretSpec {
  /**
   * Name of a Secret of the type `kubernetes.io/tls` in the instance's namespace.
   *
   * @changes rolling restart by the hook, once the Secret has a certificate
   */
  readonly secret: string;
}

/** A second destination of the audit log. */
export type AuditDeviceSpec = AuditSocketSpec | AuditSyslogSpec;

/**
 * A socket that receives the audit log.
 *
 * @changes rolling restart by the hook with OpenBao; in place with Vault
 */
export interface AuditSocketSpec {
  readonly type: "socket";
  /** Host and port, or the path of a Unix socket. */
  readonly address: string;
  /**
   * Kind of the socket.
   *
   * @default "tcp"
   */
  readonly socketType?: "tcp" | "udp" | "unix";
}

/**
 * The syslog daemon of the node.
 *
 * @changes rolling restart by the hook with OpenBao; in place with Vault
 */
export interface AuditSyslogSpec {
  readonly type: "syslog";
  /**
   * Facility of the messages.
   *
   * @default "AUTH"
   */
  readonly facility?: string;
  /**
   * Tag of the messages.
   *
   * @default "vault"
   */
  readonly tag?: string;
}

const certManager = parsedBy(
  shape<CertManagerSpec>()({
    certManager: shape<CertManagerSpec["certManager"]>()({
      issuer: name("tenant-ca"),
      kind: choice("ClusterIssuer", "Issuer").optional(),
      duration: duration.optional(),
      renewBefore: duration.optional(),
    }),
  }),
  (spec) => ServerCertificate.certManager(spec.certManager),
);

const certificateSecret = parsedBy(shape<CertificateSecretSpec>()({ secret: label }), ({ secret }) =>
  ServerCertificate.secret(secret),
);

const auditDevice = z.discriminatedUnion("type", [
  parsedBy(
    shape<AuditSocketSpec>()({
      type: only("socket"),
      address: name("siem.example.com:6514"),
      socketType: choice("tcp", "udp", "unix").optional(),
    }),
    (spec) => AuditDevice.socket(spec.address, spec.socketType),
  ),
  parsedBy(
    shape<AuditSyslogSpec>()({
      type: only("syslog"),
      facility: name("AUTH").optional(),
      tag: name("vault").optional(),
    }),
    ({ facility, tag }) => AuditDevice.syslog(facility, tag),
  ),
]);

const hclValue = z.unknown().refine(isHclValue, {
  ...allowed("value", "a text, a number, true, false, a list or an object"),
  abort: true,
}) as unknown as z.ZodType<HclValue, HclValue>;

function isHclValue(value: unknown): value is HclValue {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isHclValue);
  return ["string", "number", "boolean"].includes(typeof value);
}

const selfInitialization = parsedBy(
  list(
    shape<SelfInitializationRequest>()({
      name: name("userpass"),
      operation: choice("create", "read", "update", "delete", "list", "patch"),
      path: name("sys/auth/userpass"),
      data: map(name("type"), hclValue).optional(),
    }),
    '{ name: "...", operation: "...", path: "..." }',
  ),
  (requests) => new SelfInitialization(requests),
);

const monitoring = shape<MonitoringProps>()({
  namespace: label,
  scrape: choice("service-monitor", "annotations").optional(),
  selectors: texts.optional(),
  alerts: boolean.optional(),
  dashboard: boolean.optional(),
  statsdAddress: text(/^[^:\s]+:\d+$/, "statsd address", 'host and port, such as "statsd.monitoring:8125"').optional(),
});

const toleration = shape<Toleration>()({
  key: name("dedicated"),
  value: name("vault").optional(),
  effect: choice("NoSchedule", "PreferNoSchedule", "NoExecute"),
});

const cpu = name("250m");
const memory = name("1Gi");

/** Schemas of the fields of a {@link HelmSpec}. */
export const helm = {
  chart: shape<HelmChart>()({
    repository: name("https://charts.example.com").optional(),
    chart: name("openbao"),
    version: name("0.29.2").optional(),
  }).optional(),
  image: shape<ContainerImage>()({
    repository: name("quay.io/openbao/openbao"),
    tag: name("2.6.2"),
  }).optional(),
  resources: shape<ServerResources>()({
    requests: shape<ServerResources["requests"]>()({ cpu, memory }),
    limits: shape<ServerResources["limits"]>()({ memory }),
  }).optional(),
  nodeSelector: texts.optional(),
  tolerations: list(toleration, '{ key: "...", effect: "NoSchedule" }').optional(),
  ...flows,
  ui: boolean.optional(),
  logLevel: choice("trace", "debug", "info", "warn", "error").optional(),
  logFormat: choice("json", "standard").optional(),
  certificate: discriminatedBy(
    "certManager",
    '{ certManager: { issuer: "..." } } or { secret: "..." }',
    certManager,
    certificateSecret,
  ).optional(),
  auditDevices: list(auditDevice, '{ type: "syslog" }').optional(),
  kubernetesAuth: boolean.optional(),
  serviceAccountAnnotations: texts.optional(),
  monitoring: monitoring.optional(),
  selfInitialization: selfInitialization.optional(),
};
