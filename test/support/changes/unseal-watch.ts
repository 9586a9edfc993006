import {
  Duration,
  KubernetesProvider,
  NetworkPeer,
  UnsealWatch,
  WatchLogin,
  type UnsealWatchProps,
} from "../../../src/index";
import { VaultProvider } from "../../../src/terraform/providers/vault";
import { synthesize, type Synthesized } from "../synth";
import type { FieldChange } from "./test-changes";
import { CERTIFICATE } from "../certificate";

/** Props as far as they differ from the usual ones. */
export type WatchSetting = Partial<Omit<UnsealWatchProps, "provider" | "centralProvider">> & {
  readonly provider?: "kubernetes.other";
  readonly centralProvider?: "vault.other";
};

export function synthesizeWatch({ provider, centralProvider, ...setting }: WatchSetting = {}): Synthesized {
  return synthesize((stack) => {
    new VaultProvider(stack, "central", { address: "https://central:8200" });
    const vault = new VaultProvider(stack, "other-vault", { alias: "other", address: "https://central:8200" });
    new KubernetesProvider(stack, "cluster", { configPath: "kubeconfig" });
    const kubernetes = new KubernetesProvider(stack, "other", { alias: "other", configPath: "kubeconfig" });
    new UnsealWatch(stack, "Watch", {
      address: "https://central:8200",
      login: WatchLogin.jwt("operator-cluster"),
      image: { repository: "registry.example/tenant-vault", tag: "1.0.0" },
      ...(provider === undefined ? {} : { provider: kubernetes }),
      ...(centralProvider === undefined ? {} : { centralProvider: vault }),
      ...setting,
    });
  });
}

const webhook = { secret: "webhook", key: "url" };

/** What Terraform plans if a prop of a watch changes. */
export const WATCH_CHANGES: readonly FieldChange<WatchSetting>[] = [
  [
    "UnsealWatchProps.address",
    {},
    { address: "https://other:8200" },
    ["update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.env.#.value"],
  ],
  [
    "UnsealWatchProps.centralNamespace",
    {},
    { centralNamespace: "team" },
    [
      "update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.env.#.name, spec.template.spec.container.#.env.#.value, spec.template.spec.container.#.env.#.name, spec.template.spec.container.#.env.#.value, spec.template.spec.container.#.env.#.name, spec.template.spec.container.#.env.#.value, spec.template.spec.container.#.env.#",
    ],
  ],
  [
    "UnsealWatchProps.caCertificate",
    { caCertificate: CERTIFICATE },
    { caCertificate: CERTIFICATE.repeat(2) },
    [
      "update kubernetes_config_map_v1.watch_ca: data.ca.pem",
      "update kubernetes_stateful_set_v1.watch_pods: spec.template.metadata.annotations.tenant-vault/ca",
    ],
  ],
  [
    "UnsealWatchProps.login",
    {},
    { login: WatchLogin.jwt("operator-cluster", "other") },
    [
      "update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.volume.#.projected.#.sources.#.service_account_token.audience",
      "update vault_jwt_auth_backend_role.watch_role: bound_audiences.#",
    ],
  ],
  [
    "UnsealWatchProps.maintenanceEvery",
    {},
    { maintenanceEvery: Duration.days(1) },
    [
      "update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.args.#, spec.template.spec.container.#.args.#",
      "update vault_jwt_auth_backend_role.watch_role: token_policies.#",
    ],
  ],
  [
    "UnsealWatchProps.shareGroup",
    {},
    { shareGroup: "a" },
    [
      "update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.args.#, spec.template.spec.container.#.args.#, spec.template.spec.container.#.env.#.value",
      "update vault_jwt_auth_backend_role.watch_role: role_name, token_policies.#",
    ],
  ],
  [
    "UnsealWatchProps.image",
    {},
    { image: { repository: "registry.example/tenant-vault", tag: "2.0.0" } },
    ["update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.image"],
  ],
  [
    "UnsealWatchProps.namespace",
    {},
    { namespace: "other" },
    [
      "replace kubernetes_namespace_v1.watch: metadata.name",
      "update vault_jwt_auth_backend_role.watch_role: bound_subject",
    ],
  ],
  [
    "UnsealWatchProps.shards",
    {},
    { shards: 2 },
    ["update kubernetes_stateful_set_v1.watch_pods: spec.replicas, spec.template.spec.container.#.args.#"],
  ],
  [
    "UnsealWatchProps.monitoringNamespace",
    {},
    { monitoringNamespace: "monitoring" },
    ["update kubernetes_network_policy_v1.watch_policy: spec.ingress.#"],
  ],
  [
    "UnsealWatchProps.egress",
    {},
    { egress: [{ port: 8200, to: NetworkPeer.cidr("10.0.0.0/8") }] },
    ["update kubernetes_network_policy_v1.watch_policy: spec.egress.#.ports, spec.egress.#.to, spec.egress.#"],
  ],
  [
    "UnsealWatchProps.webhook",
    {},
    { webhook },
    ["update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.env.#"],
  ],
  [
    "WebhookSecret.secret",
    { webhook },
    { webhook: { ...webhook, secret: "other" } },
    [
      "update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.env.#.value_from.secret_key_ref.name",
    ],
  ],
  [
    "WebhookSecret.key",
    { webhook },
    { webhook: { ...webhook, key: "other" } },
    [
      "update kubernetes_stateful_set_v1.watch_pods: spec.template.spec.container.#.env.#.value_from.secret_key_ref.key",
    ],
  ],
  [
    "UnsealWatchProps.provider",
    {},
    { provider: "kubernetes.other" },
    [
      "provider kubernetes_namespace_v1.watch",
      "provider kubernetes_network_policy_v1.watch_policy",
      "provider kubernetes_pod_disruption_budget_v1.watch_budget",
      "provider kubernetes_service_account_v1.watch_account",
      "provider kubernetes_service_v1.watch_service",
      "provider kubernetes_stateful_set_v1.watch_pods",
    ],
  ],
  [
    "UnsealWatchProps.centralProvider",
    {},
    { centralProvider: "vault.other" },
    ["provider vault_jwt_auth_backend_role.watch_role"],
  ],
];
