import { z } from "zod";
import { AuditDevice } from "../constructs/server-config/audit-device";
import { SelfInitialization, type SelfInitializationRequest } from "../constructs/server-config/self-initialization";
import { Exposure } from "../constructs/vault-instance/exposure";
import { checkAddresses } from "../constructs/vault-instance/external-deployment";
import { checkReplicas } from "../constructs/vault-instance/high-availability-deployment";
import { ServerCertificate } from "../constructs/vault-instance/server-certificate";
import { address, built, cidr, cidrs, distinct, label, nonEmpty, port, size } from "./fields";

const quantities = z.strictObject({ cpu: nonEmpty, memory: nonEmpty });

const selfInitialization = built(
  z
    .array(
      z.strictObject({
        name: nonEmpty,
        operation: z.enum(["create", "read", "update", "delete", "list", "patch"]),
        path: nonEmpty,
        data: z.record(z.string(), z.json()).optional(),
      }),
    )
    .readonly(),
  (requests) => new SelfInitialization(requests as readonly SelfInitializationRequest[]),
);

const auditDevice = z.discriminatedUnion("type", [
  built(
    z.strictObject({
      type: z.literal("socket"),
      address: nonEmpty,
      socketType: z.enum(["tcp", "udp", "unix"]).optional(),
    }),
    ({ address: at, socketType }) => AuditDevice.socket(at, socketType),
  ),
  built(
    z.strictObject({ type: z.literal("syslog"), facility: nonEmpty.optional(), tag: nonEmpty.optional() }),
    ({ facility, tag }) => AuditDevice.syslog(facility, tag),
  ),
]);

const certificate = z.union([
  built(
    z.strictObject({
      certManager: z.strictObject({ issuer: nonEmpty, kind: z.enum(["ClusterIssuer", "Issuer"]).optional() }),
    }),
    ({ certManager }) => ServerCertificate.certManager(certManager),
  ),
  built(z.strictObject({ secret: label }), ({ secret }) => ServerCertificate.secret(secret)),
]);

const monitoring = z.strictObject({
  namespace: label,
  scrape: z.enum(["service-monitor", "annotations"]).optional(),
  selectors: z.record(z.string(), z.string()).optional(),
  alerts: z.boolean().optional(),
  dashboard: z.boolean().optional(),
  statsdAddress: z
    .string()
    .regex(/^[^:\s]+:\d+$/, 'is no address of a statsd; write host and port, such as "statsd.monitoring:8125"')
    .optional(),
});

/** What every mode with a Helm chart may be told. */
const helm = {
  image: z.strictObject({ repository: nonEmpty, tag: nonEmpty }).optional(),
  resources: z.strictObject({ requests: quantities, limits: z.strictObject({ memory: nonEmpty }) }).optional(),
  nodeSelector: z.record(z.string(), z.string()).optional(),
  tolerations: z
    .array(
      z.strictObject({
        key: nonEmpty,
        value: nonEmpty.optional(),
        effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
      }),
    )
    .readonly()
    .optional(),
  nodePort: built(z.number().int().min(30_000).max(32_767), (chosen) => Exposure.nodePort(chosen)).optional(),
  egress: z
    .array(
      z.strictObject({ cidr: cidr.optional(), port, protocol: z.enum(["TCP", "UDP"]).optional(), reason: nonEmpty }),
    )
    .readonly()
    .optional(),
  kubernetesApiCidrs: cidrs.optional(),
  ui: z.boolean().optional(),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error"]).optional(),
  logFormat: z.enum(["json", "standard"]).optional(),
  certificate: certificate.optional(),
  auditDevices: z.array(auditDevice).readonly().optional(),
  kubernetesAuth: z.boolean().optional(),
  serviceAccountAnnotations: z.record(z.string(), z.string()).optional(),
  monitoring: monitoring.optional(),
  selfInitialization: selfInitialization.optional(),
};

const volumes = {
  storageClass: nonEmpty.optional(),
  volumeType: nonEmpty.optional(),
  volumeZones: distinct(nonEmpty).optional(),
  dataSize: size.optional(),
  auditSize: size.optional(),
};
const replicas = built(z.number(), checkReplicas).optional();

/** How an instance comes to run. */
export const deployment = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("ha"), replicas, ...volumes, ...helm }),
  z.strictObject({ mode: z.literal("standalone"), ...volumes, ...helm }),
  z.strictObject({ mode: z.literal("dev"), ...helm }),
  z.strictObject({
    mode: z.literal("custom"),
    replicas,
    values: z.record(z.string(), z.unknown()),
    ...volumes,
    ...helm,
  }),
  z.strictObject({
    mode: z.literal("external"),
    addresses: built(z.array(address).readonly(), checkAddresses),
  }),
]);
