import { expect, test } from "vitest";
import { WATCH_METRICS } from "../../../src/contract/metrics";
import { WatchMetrics } from "../../../src/watch/watch-metrics";

const MAIN = "customer10/main";
const LABELS = '{tenant="customer10",vault_instance="main"}';

function metrics(): WatchMetrics {
  return new WatchMetrics(
    () => 1_800_000_000_000,
    () => 2,
  );
}

test("every metric has a value once something happened, and no other name is used", () => {
  const counted = metrics();
  counted.count({ kind: "listed", instances: 1 });
  counted.count({ kind: "seen", instance: MAIN, sealed: 2, waiting: 1, unreachable: 1 });
  counted.count({ kind: "sealed", instance: MAIN, replicas: ["main-0", "main-1"] });
  counted.count({ kind: "unsealed", instance: MAIN, replicas: ["main-0", "main-1"], seconds: 0.3 });
  counted.count({ kind: "maintained", instance: MAIN });
  counted.count({ kind: "proven", instance: MAIN, time: 1_700_000_000 });
  counted.count({ kind: "failed", instance: MAIN, code: "held", message: "held" });
  const lines = counted.render().split("\n");
  const names = lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
  expect(names.sort()).toEqual(Object.values(WATCH_METRICS).sort());
  expect(lines).toContain(`tenant_vault_watch_sealed_replicas${LABELS} 2`);
  expect(lines).toContain(`tenant_vault_watch_replicas_waiting_for_shares${LABELS} 1`);
  expect(lines).toContain(`tenant_vault_watch_unsealed_replicas_total${LABELS} 2`);
  expect(lines).toContain(`tenant_vault_watch_last_unseal_timestamp_seconds${LABELS} 1800000000`);
  expect(lines).toContain(`tenant_vault_watch_last_maintenance_timestamp_seconds${LABELS} 1800000000`);
  expect(lines).toContain('tenant_vault_watch_unseal_duration_seconds_bucket{le="0.5"} 1');
  expect(lines).toContain('tenant_vault_watch_failures_total{tenant="customer10",vault_instance="main",code="held"} 1');
  expect(lines).toContain(`tenant_vault_restore_proven_timestamp_seconds${LABELS} 1700000000`);
  expect(lines).toContain("tenant_vault_watch_notifications_lost_total 2");
});

test("a drill is a proof of now, a failed one is counted by its code, and a proof may vanish with its record", () => {
  const counted = metrics();
  const proven = `tenant_vault_restore_proven_timestamp_seconds${LABELS}`;
  counted.count({ kind: "drilled", instance: MAIN, snapshot: "s", seconds: 3 });
  counted.count({ kind: "drill-failed", instance: MAIN, code: "drill-failed", message: "Not restored." });
  expect(counted.render()).toContain(`${proven} 1800000000\n`);
  expect(counted.render()).toContain('vault_instance="main",code="drill-failed"} 1\n');
  counted.count({ kind: "proven", instance: MAIN, time: undefined });
  expect(counted.render()).not.toContain("restore_proven");
});

test("it is ready while the central Vault lists its records", () => {
  const counted = metrics();
  expect(counted.ready).toBe(false);
  counted.count({ kind: "listed", instances: 3 });
  expect(counted.ready).toBe(true);
  counted.count({ kind: "listed", instances: undefined });
  expect(counted.ready).toBe(false);
  expect(counted.render()).toContain("tenant_vault_watch_instances 3\n");
});

test("an instance that is not watched any more has no metrics", () => {
  const counted = metrics();
  counted.count({ kind: "seen", instance: MAIN, sealed: 0, unreachable: 0 });
  counted.count({ kind: "forgotten", instance: MAIN });
  expect(counted.render()).not.toContain("customer10");
});
