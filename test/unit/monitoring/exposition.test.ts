import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { findProgram } from "../../../lab/tools/path";
import { exposition } from "../../../src/monitoring/exposition";
import type { InstanceStatus, ReplicaSummary } from "../../../src/unseal/inspect";

const replica = (name: string, more: Partial<ReplicaSummary> = {}): ReplicaSummary => ({
  name,
  address: `https://${name}:8200`,
  state: "unsealed",
  active: false,
  ...more,
});

const STATUSES: InstanceStatus[] = [
  {
    instance: "customer10/main",
    product: "openbao",
    record: { state: "complete", keyType: "unseal", keys: 5, rootToken: true },
    healthy: true,
    sealTokenExpires: "2026-12-01T00:00:00Z",
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
    replicas: [],
  },
];
const NOW = Date.parse("2026-11-25T12:00:00Z");

describe("a status for Prometheus", () => {
  test("is this text", () => {
    expect(exposition(STATUSES, NOW)).toMatchSnapshot();
  });

  test("says nothing of what is not known", () => {
    const unknown = exposition([{ ...(STATUSES[1] as InstanceStatus), replicas: [replica("main-0")] }], NOW);
    expect(unknown).not.toMatch(/audit|certificate|seal_token|NaN|undefined/);
  });

  test("keeps a name from ending its label", () => {
    const [status] = STATUSES as [InstanceStatus];
    const odd = { ...status, replicas: [replica('a"b\\c\nd')] };
    expect(exposition([odd], NOW)).toContain('replica="a\\"b\\\\c\\nd"} 1\n');
  });

  test("is empty where there is no instance", () => {
    expect(exposition([], NOW)).toBe("");
  });

  const promtool = findProgram("promtool");
  test.skipIf(promtool === undefined)("is text that Prometheus takes", () => {
    const { status, stderr } = spawnSync(promtool ?? "", ["check", "metrics"], {
      input: exposition(STATUSES, NOW),
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
  });
});
