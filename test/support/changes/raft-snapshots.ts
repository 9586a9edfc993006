import {
  KubernetesProvider,
  NetworkPeer,
  RaftSnapshots,
  WatchLogin,
  type RaftSnapshotsProps,
} from "../../../src/index";
import { VaultProvider } from "../../../src/terraform/providers/vault";
import { synthesize, type Synthesized } from "../synth";
import type { FieldChange } from "./test-changes";
import { CERTIFICATE } from "../certificate";

/** Props as far as they differ from the usual ones. */
export type SnapshotsSetting = Partial<Omit<RaftSnapshotsProps, "provider" | "centralProvider">> & {
  readonly provider?: "kubernetes.other";
  readonly centralProvider?: "vault.other";
};

/** Public keys of age whose private keys nobody has. */
export const RECIPIENTS = [
  "age1ylwl43vak7k2l4w386xk5gj7j7xxexc3zpsc2zvwcu97sxv6h3jqx4d7lv",
  "age1u7z25zvz829hssppfk90ql4xxhy2ec33cvjaep8pukwyyn9244tskgxjde",
];

export function synthesizeSnapshots({ provider, centralProvider, ...setting }: SnapshotsSetting = {}): Synthesized {
  return synthesize((stack) => {
    new VaultProvider(stack, "central", { address: "https://central:8200" });
    const vault = new VaultProvider(stack, "other-vault", { alias: "other", address: "https://central:8200" });
    new KubernetesProvider(stack, "cluster", { configPath: "kubeconfig" });
    const kubernetes = new KubernetesProvider(stack, "other", { alias: "other", configPath: "kubeconfig" });
    new RaftSnapshots(stack, "Snapshots", {
      address: "https://central:8200",
      login: WatchLogin.jwt("operator-cluster"),
      image: { repository: "registry.example/tenant-vault", tag: "1.0.0" },
      instances: ["customer10/main"],
      recipients: RECIPIENTS,
      target: "s3://backups/vault",
      credentialsSecret: "storage",
      ...(provider === undefined ? {} : { provider: kubernetes }),
      ...(centralProvider === undefined ? {} : { centralProvider: vault }),
      ...setting,
    });
  });
}

/** What Terraform plans if a prop changes. */
export const SNAPSHOTS_CHANGES: readonly FieldChange<SnapshotsSetting>[] = [
  [
    "RaftSnapshotsProps.address",
    {},
    { address: "https://other:8200" },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.env.#.value",
    ],
  ],
  [
    "RaftSnapshotsProps.centralNamespace",
    { centralNamespace: "a" },
    { centralNamespace: "b" },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.env.#.value",
    ],
  ],
  [
    "RaftSnapshotsProps.caCertificate",
    { caCertificate: CERTIFICATE },
    { caCertificate: CERTIFICATE.repeat(2) },
    [
      "update kubernetes_config_map_v1.snapshots_ca: data.ca.pem",
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.metadata.annotations.tenant-vault/ca",
    ],
  ],
  [
    "RaftSnapshotsProps.login",
    {},
    { login: WatchLogin.jwt("operator-cluster", "other") },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.volume.#.projected.#.sources.#.service_account_token.audience",
      "update vault_jwt_auth_backend_role.snapshots_role: bound_audiences.#",
    ],
  ],
  [
    "RaftSnapshotsProps.image",
    {},
    { image: { repository: "registry.example/tenant-vault", tag: "2.0.0" } },
    ["update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.image"],
  ],
  [
    "RaftSnapshotsProps.instances",
    { instances: ["customer10/main", "customer11/main"] },
    { instances: ["customer11/main"] },
    ["delete kubernetes_cron_job_v1.snapshots_customer10_main"],
  ],
  [
    "RaftSnapshotsProps.schedule",
    {},
    { schedule: "15 3 * * *" },
    ["update kubernetes_cron_job_v1.snapshots_customer10_main: spec.schedule"],
  ],
  [
    "RaftSnapshotsProps.recipients",
    {},
    { recipients: RECIPIENTS.slice(1) },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.args.#, spec.job_template.spec.template.spec.container.#.args.#, spec.job_template.spec.template.spec.container.#.args.#",
    ],
  ],
  [
    "RaftSnapshotsProps.target",
    {},
    { target: "s3://other" },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.args.#",
    ],
  ],
  [
    "RaftSnapshotsProps.credentialsSecret",
    {},
    { credentialsSecret: "other" },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.env.#.value_from.secret_key_ref.name, spec.job_template.spec.template.spec.container.#.env.#.value_from.secret_key_ref.name",
    ],
  ],
  [
    "RaftSnapshotsProps.region",
    { region: "a" },
    { region: "b" },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.env.#.value",
    ],
  ],
  [
    "RaftSnapshotsProps.endpoint",
    { endpoint: "https://a" },
    { endpoint: "https://b" },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.env.#.value",
    ],
  ],
  [
    "RaftSnapshotsProps.endpointCaCertificate",
    { endpointCaCertificate: CERTIFICATE },
    { endpointCaCertificate: CERTIFICATE.repeat(2) },
    ["update kubernetes_config_map_v1.snapshots_ca: data.storage-ca.pem"],
  ],
  [
    "RaftSnapshotsProps.keep",
    { keep: 7 },
    { keep: 6 },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.args.#",
    ],
  ],
  [
    "RaftSnapshotsProps.keepDays",
    { keep: 7 },
    { keep: 7, keepDays: 30 },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.args.#",
    ],
  ],
  [
    "RaftSnapshotsProps.pruneCredentialsSecret",
    { keep: 7 },
    { keep: 7, pruneCredentialsSecret: "prune" },
    [
      "update kubernetes_cron_job_v1.snapshots_customer10_main: spec.job_template.spec.template.spec.container.#.env.#.value_from.secret_key_ref.name, spec.job_template.spec.template.spec.container.#.env.#.value_from.secret_key_ref.name",
    ],
  ],
  [
    "RaftSnapshotsProps.namespace",
    {},
    { namespace: "other" },
    [
      "replace kubernetes_namespace_v1.snapshots: metadata.name",
      "update vault_jwt_auth_backend_role.snapshots_role: bound_subject",
    ],
  ],
  [
    "RaftSnapshotsProps.egress",
    {},
    { egress: [{ port: 8200, to: NetworkPeer.cidr("10.0.0.0/8") }] },
    ["update kubernetes_network_policy_v1.snapshots_policy: spec.egress.#.ports, spec.egress.#.to, spec.egress.#"],
  ],
  [
    "RaftSnapshotsProps.provider",
    {},
    { provider: "kubernetes.other" },
    [
      "provider kubernetes_cron_job_v1.snapshots_customer10_main",
      "provider kubernetes_namespace_v1.snapshots",
      "provider kubernetes_network_policy_v1.snapshots_policy",
      "provider kubernetes_service_account_v1.snapshots_account",
    ],
  ],
  [
    "RaftSnapshotsProps.centralProvider",
    {},
    { centralProvider: "vault.other" },
    ["provider vault_jwt_auth_backend_role.snapshots_role"],
  ],
];
