import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { stringify } from "yaml";
import { run } from "../../lab/run";
import { obtainPromtool } from "../../lab/tools/promtool";
import { alertRules, machineAlertRules } from "../../src";
import { exposition } from "../../src/operations/status/exposition";
import { TARGET } from "../unit/constructs/monitoring/instance";
import { NOW, STATUSES } from "../support/statuses";

type Values = Readonly<Record<string, string>>;

const PODS = [0, 1, 2].map((index) => `customer10-main-${index}`);
const HALF_AN_HOUR = "x30";

function servers(
  metric: string,
  values: readonly (string | undefined)[],
  labels = 'cluster="customer10-main"',
): Values {
  return Object.fromEntries(
    PODS.flatMap((pod, index) => {
      const value = values[index];
      return value === undefined ? [] : [[`${metric}{namespace="customer10-main",pod="${pod}",${labels}}`, value]];
    }),
  );
}

function gone(metric: string): Values {
  return servers(metric, ["1x5 stale", "0x5 stale", "0x5 stale"]);
}

/** What pod 0 says of raft, as the active one or as one that was. */
function raft(healthy: readonly [number, number, number], peers = 3): Values {
  const ofFirst = (metric: string, value: number, labels = ""): Values =>
    servers(metric, [`${value}${HALF_AN_HOUR}`], labels);
  return {
    ...ofFirst("vault_raft_peers", peers),
    ...ofFirst("vault_autopilot_node_healthy", healthy[0], 'node_id="customer10-main-0"'),
    ...ofFirst("vault_autopilot_node_healthy", healthy[1], 'node_id="customer10-main-1"'),
    ...ofFirst("vault_autopilot_node_healthy", healthy[2], 'node_id="customer10-main-2"'),
  };
}

const constant = (...values: (number | undefined)[]): (string | undefined)[] =>
  values.map((value) => (value === undefined ? undefined : `${value}${HALF_AN_HOUR}`));

/** Series as three real servers gave them. */
const HEALTHY: Values = {
  ...servers("up", constant(1, 1, 1), 'job="customer10-main-metrics"'),
  ...servers("vault_core_unsealed", constant(1, 1, 1)),
  ...servers("vault_core_active", constant(1, 0, 0)),
  ...servers("vault_audit_log_request_failure", constant(0), ""),
  ...servers("vault_audit_log_response_failure", constant(0), ""),
  ...raft([1, 1, 1]),
};

const status = (metric: string, value: number | string): Values => ({
  [`tenant_vault_${metric}{tenant="customer10",vault_instance="main",instance="10.0.0.9:9100"}`]: `${value}${HALF_AN_HOUR}`,
});

const watcher = (metric: string, value: number): Values => ({
  [`tenant_vault_${metric}{tenant="customer10",vault_instance="main",instance="10.0.0.8:9764"}`]: `${value}${HALF_AN_HOUR}`,
});

/** A certificate of a machine: seconds from the beginning of the test to its start and to its end. */
const machine = (start: number, end: number): Values =>
  Object.fromEntries(
    Object.entries({ start, expiry: end }).map(([name, value]) => [
      `tenant_vault_machine_certificate_${name}_timestamp_seconds{certificate="web1",instance="10.0.0.7:9100"}`,
      `${value}${HALF_AN_HOUR}`,
    ]),
  );

/** Prometheus' own tool. */
let promtool: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tenant-vault-rules-"));
  promtool = await obtainPromtool();
});

afterAll(() => rmSync(folder, { recursive: true }));

test("Prometheus takes the text of a status", async () => {
  await run(promtool, ["check", "metrics"], { input: exposition(STATUSES, NOW) });
});

describe("Prometheus, given the rules", () => {
  let file: string;

  beforeAll(() => {
    file = join(folder, "rules.yaml");
    const groups = [
      { name: "customer10-main", rules: alertRules(TARGET) },
      { name: "machines", rules: machineAlertRules() },
    ];
    writeFileSync(file, stringify({ groups }));
  });

  test("accepts them", async () => {
    await run(promtool, ["check", "rules", file]);
  });

  test.each<[string, Values, string[]]>([
    ["all is well", {}, []],
    ["a standby is sealed", servers("vault_core_unsealed", constant(1, 0, 1)), ["VaultSealed"]],
    ["a sealed one no longer says so", servers("vault_core_unsealed", ["1x30", "_x30", "1x30"]), ["VaultSealed"]],
    [
      "a peer is lost",
      { ...servers("up", constant(1, 1, 0), 'job="customer10-main-metrics"'), ...raft([1, 1, 0]) },
      ["VaultRaftPeerLost"],
    ],
    ["a peer never joined", raft([1, 1, 1], 2), ["VaultRaftPeerLost"]],
    [
      "a peer was lost while another was active",
      { ...servers("vault_core_active", constant(0, 1, 0)), ...raft([1, 1, 0]) },
      [],
    ],
    ["none is active", servers("vault_core_active", constant(0, 0, 0)), ["VaultNoLeader"]],
    [
      "none answers",
      { ...servers("up", constant(0, 0, 0), 'job="customer10-main-metrics"'), ...gone("vault_core_active") },
      ["VaultDown"],
    ],
    ["audit fails", servers("vault_audit_log_request_failure", ["0x20 1+1x10"], ""), ["VaultAuditFailing"]],
    [
      "a database refused to revoke leases",
      servers("vault_expire_num_irrevocable_leases", constant(2), ""),
      ["VaultLeasesNotRevoked"],
    ],
    ["a former active server gave leases up", servers("vault_expire_num_irrevocable_leases", constant(0, 2), ""), []],
    ["there is no audit device", status("replica_audit_devices", 0), ["VaultAuditFailing"]],
    [
      "a certificate ends in a week",
      status("certificate_expiry_timestamp_seconds", 604_800),
      ["VaultCertificateExpiring"],
    ],
    ["a certificate ends in a month", status("certificate_expiry_timestamp_seconds", 2_592_000), []],
    ["a machine's certificate has a tenth of its life left", machine(-90_000, 10_000), []],
    [
      "a machine's certificate has a hundredth of its life left",
      machine(-99_000, 1_000),
      ["VaultMachineCertificateExpiring"],
    ],
    ["a machine's certificate has expired", machine(-100_000, -1_000), ["VaultMachineCertificateExpiring"]],
    ["an issuer ends in a week", status("issuer_expiry_timestamp_seconds", 604_800), ["VaultIssuerExpiring"]],
    ["an issuer ends in two months", status("issuer_expiry_timestamp_seconds", 5_184_000), []],
    [
      "the seal's token ends in an hour",
      status("seal_token_expiry_timestamp_seconds", 3600),
      ["VaultSealTokenExpiring"],
    ],
    ["the record is incomplete", status("record_complete", 0), ["VaultEscrowRecordMissing"]],
    [
      "the record is complete, and just looked at",
      { ...status("record_complete", 1), ...status("status_timestamp_seconds", "0+60") },
      [],
    ],
    ["it waits for shares", status("watch_replicas_waiting_for_shares", 1), ["VaultSharesMissing"]],
    ["a watcher sees it sealed", status("watch_sealed_replicas", 1), ["VaultWatchStuck"]],
    ["a watcher unsealed it", status("watch_sealed_replicas", 0), []],
    ["the last drill was long ago", status("restore_proven_timestamp_seconds", -41 * 86_400), ["VaultRestoreUnproven"]],
    [
      "the last drill was long ago, as two programs say",
      {
        ...status("restore_proven_timestamp_seconds", -41 * 86_400),
        ...watcher("restore_proven_timestamp_seconds", -42 * 86_400),
      },
      ["VaultRestoreUnproven"],
    ],
    [
      "a watcher knows of a recent drill, and the status is old",
      {
        ...status("restore_proven_timestamp_seconds", -41 * 86_400),
        ...watcher("restore_proven_timestamp_seconds", -1 * 86_400),
      },
      [],
    ],
    [
      "the last drill was long ago, as a watcher alone says",
      watcher("restore_proven_timestamp_seconds", -41 * 86_400),
      ["VaultRestoreUnproven"],
    ],
    ["the last drill was recent", status("restore_proven_timestamp_seconds", -39 * 86_400), []],
    ["nobody looked for hours", status("status_timestamp_seconds", -8000), ["VaultStatusStale"]],
  ])("tells when %s", async (_, series, alerts) => {
    const tests = join(folder, "tests.yaml");
    writeFileSync(
      tests,
      stringify({
        rule_files: [file],
        evaluation_interval: "1m",
        tests: [
          {
            interval: "1m",
            input_series: Object.entries({ ...HEALTHY, ...series }).map(([name, values]) => ({ series: name, values })),
            promql_expr_test: [
              {
                // Certificates and the like are waited on for up to an hour: what is pending will fire.
                expr: "count by (alertname) (ALERTS)",
                eval_time: "30m",
                exp_samples: alerts.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
              },
            ],
          },
        ],
      }),
    );
    await run(promtool, ["test", "rules", tests]);
  });
});
