import { MACHINE_METRICS } from "../../contract/metrics";

/** Part of a certificate's lifetime that is left when the alert fires. The agent renews while at least a tenth is left. */
const LEFT = 0.05;

/** An alerting rule of Prometheus; https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface MachineAlertRule {
  readonly alert: string;
  /** PromQL. */
  readonly expr: string;
  /** Time for which the condition must hold, such as `5m`. */
  readonly for: string;
  readonly labels: { readonly severity: "critical" };
  readonly annotations: { readonly summary: string; readonly description: string; readonly action: string };
}

/**
 * Creates the alerts about certificates that machines renew by themselves, for the Prometheus that scrapes node_exporter on the
 * machines.
 */
export function machineAlertRules(): MachineAlertRule[] {
  const { certificateStart: start, certificateExpiry: end } = MACHINE_METRICS;
  return [
    {
      alert: "VaultMachineCertificateExpiring",
      expr: `${end} - time() < ${LEFT} * (${end} - ${start})`,
      for: "5m",
      labels: { severity: "critical" },
      annotations: {
        summary: "{{ $labels.certificate }} on {{ $labels.instance }} is not renewed",
        description:
          "The certificate {{ $labels.certificate }} on {{ $labels.instance }} expires in {{ $value | humanizeDuration }}, and its agent has not renewed it.",
        action:
          "Run there: journalctl -u tenant-vault-certificate-{{ $labels.certificate }}. The usual reasons are a secret ID that expired, and an instance that does not answer.",
      },
    },
  ];
}

/**
 * A script that tells node_exporter when a certificate was issued, and when it expires;
 * https://github.com/prometheus/node_exporter#textfile-collector
 *
 * @param file The certificate.
 * @param folder Of the textfile collector.
 */
export function metricsScript(name: string, file: string, folder: string): string {
  const target = `${folder}/tenant-vault-certificate-${name}.prom`;
  const line = (metric: string, option: string): string =>
    `  printf '${metric}{certificate="${name}"} %s\\n' "$(seconds -${option})"`;
  return `#!/bin/sh
# Tells node_exporter when the certificate was issued, and when it expires.
set -eu
[ -s ${file} ] || exit 0
seconds() { date -d "$(openssl x509 -noout "$1" -in ${file} | cut -d= -f2)" +%s; }
{
${line(MACHINE_METRICS.certificateStart, "startdate")}
${line(MACHINE_METRICS.certificateExpiry, "enddate")}
} > ${target}.new
chmod 644 ${target}.new
mv ${target}.new ${target}
`;
}

/** Units of systemd that run the script, by the endings of their names. */
export function metricsUnits(name: string, script: string): { readonly service: string; readonly timer: string } {
  return {
    service: `[Unit]
Description=Metrics of the certificate ${name}

[Service]
Type=oneshot
ExecStart=${script}
`,
    timer: `[Unit]
Description=Metrics of the certificate ${name}

[Timer]
OnBootSec=1min
OnUnitActiveSec=1min

[Install]
WantedBy=timers.target
`,
  };
}
