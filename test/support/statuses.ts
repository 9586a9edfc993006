import type { InstanceStatus, ReplicaSummary } from "../../src/operations/status/inspect";

/** Creates the status of an unsealed standby. @param more Other values. */
export const replica = (name: string, more: Partial<ReplicaSummary> = {}): ReplicaSummary => ({
  name,
  address: `https://${name}:8200`,
  state: "unsealed",
  active: false,
  ...more,
});

/** An inspected instance, and one that could not be inspected. */
export const STATUSES: InstanceStatus[] = [
  {
    instance: "customer10/main",
    product: "openbao",
    record: { state: "complete", keyType: "unseal", keys: 5, rootToken: true },
    healthy: true,
    sealTokenExpires: "2026-12-01T00:00:00Z",
    issuers: [{ mount: "pki", expires: "2031-11-25T12:00:00.000Z" }],
    replicas: [
      replica("main-0", { active: true, auditDevices: 1, certificateExpires: "2026-12-24T12:00:00.5Z" }),
      replica("main-1", { state: "sealed", auditDevices: 0, certificateExpires: "not seen" }),
    ],
  },
  {
    instance: "customer11/main",
    record: { state: "missing", keyType: "unseal", keys: 0, rootToken: false },
    healthy: false,
    problem: "the cluster does not answer",
    problemCode: "kubernetes-unreachable",
    replicas: [],
  },
];

/** Time of the inspection. */
export const NOW = Date.parse("2026-11-25T12:00:00Z");
