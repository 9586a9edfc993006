import type { Construct } from "constructs";
import type { TerraformProvider } from "cdktf";
import { z } from "zod";
import { checkPolicyName } from "../../constructs/access/access-role";
import { checkServiceAccount, type IKubernetesLogin } from "../../constructs/login/kubernetes-login";
import { parseIpAddress } from "../../constructs/tenant-pki/authority-content";
import type { IWorkloadDelivery, WorkloadServer } from "../../constructs/workload/delivery";
import type {
  RestartTarget,
  RolloutRestart,
  VaultSecretsOperatorProps,
} from "../../constructs/workload/vault-secrets-operator";
import { Workload } from "../../constructs/workload/workload";
import { WorkloadDelivery } from "../../constructs/workload/workload-delivery";
import { checkWorkloadName } from "../../constructs/workload/workload-names";
import type { WorkloadProps } from "../../constructs/workload/workload-props";
import {
  checkRenewal,
  WorkloadSecret,
  type CertificateContent,
  type WorkloadSecretProps,
} from "../../constructs/workload/workload-secret";
import { parseDomain } from "../../core/domains";
import { toYaml } from "../../core/yaml";
import { boolean, choice, list, name, only, parsedBy, validatedBy } from "../builders";
import type { Engines } from "../engines";
import { cidrs, duration, label, path } from "../fields";
import { shape, type InFile } from "../in-file";
import type { Outputs } from "./engine";

/** A secret that people or programs write. All its keys become keys of the Secret. */
export interface WorkloadKeyValueSpec extends InFile<WorkloadSecretProps> {
  /** @changes in place: as a removed secret and a new one */
  readonly type: "key-value";
  /**
   * Path of the secret, as `<mount>/<path>`.
   *
   * @changes in place: the Secret gets the content of the other secret at its next refresh
   */
  readonly path: string;
}

/** Credentials of a database: the keys `username` and `password`. */
export interface WorkloadDatabaseSpec extends InFile<WorkloadSecretProps> {
  /** @changes in place: as a removed secret and a new one */
  readonly type: "database";
  /**
   * Role or static role, as `<database>/<role>`.
   *
   * @changes in place: the Secret gets other credentials
   */
  readonly role: string;
}

/** A certificate with its key, in a Secret of the type `kubernetes.io/tls`. */
export interface WorkloadCertificateSpec extends InFile<WorkloadSecretProps & CertificateContent> {
  /** @changes in place: as a removed secret and a new one */
  readonly type: "certificate";
  /**
   * Name of the PKI role that issues it.
   *
   * @changes in place: a new certificate is issued
   */
  readonly role: string;
}

/** A secret of the instance. */
export type WorkloadSecretSpec = WorkloadKeyValueSpec | WorkloadDatabaseSpec | WorkloadCertificateSpec;

/** Secrets in Kubernetes, by Vault Secrets Operator. */
export interface VaultSecretsOperatorSpec extends InFile<VaultSecretsOperatorProps> {
  /** @changes in place: objects of the former delivery are removed, and those of the other one created; the Secrets are absent in between */
  readonly type: "vault-secrets-operator";
}

/** Secrets in Kubernetes, by External Secrets Operator. */
export interface ExternalSecretsSpec {
  /** @changes in place: objects of the former delivery are removed, and those of the other one created; the Secrets are absent in between */
  readonly type: "external-secrets";
}

/** Files in the pods, by the agent injector. An output has what the template of the pods needs. */
export interface AgentInjectorSpec {
  /** @changes in place: objects of the former delivery are removed, and those of the other one created; the Secrets are absent in between */
  readonly type: "agent-injector";
}

/** A way in which a workload gets its secrets. Its operator must be in the cluster. */
export type WorkloadDeliverySpec = VaultSecretsOperatorSpec | ExternalSecretsSpec | AgentInjectorSpec;

/** A workload in Kubernetes. It gets what is listed here, and may do nothing else. */
export interface WorkloadSpec extends InFile<
  Omit<WorkloadProps, "login" | "server" | "delivery" | "secrets" | "provider">
> {
  /**
   * The way in which it gets its secrets.
   *
   * @changes in place: objects of the former delivery are removed, and those of the other one created; the Secrets are absent in between
   */
  readonly delivery: WorkloadDeliverySpec;
  /**
   * What it gets.
   *
   * @changes in place: the Secret of a removed one is removed
   */
  readonly secrets: readonly WorkloadSecretSpec[];
}

const secretName = validatedBy(label, (value) => checkWorkloadName("a Secret", value));
const domain = parsedBy(name("web.customer10.internal"), parseDomain);

const secret = z.discriminatedUnion("type", [
  shape<WorkloadKeyValueSpec>()({ type: only("key-value"), name: secretName, path }),
  shape<WorkloadDatabaseSpec>()({ type: only("database"), name: secretName, role: path }),
  validatedBy(
    shape<WorkloadCertificateSpec>()({
      type: only("certificate"),
      name: secretName,
      role: name("web"),
      commonName: domain,
      altNames: list(domain, '"web.customer10.internal"').optional(),
      ipSans: list(parsedBy(name("198.51.100.2"), parseIpAddress), '"198.51.100.2"').optional(),
      ttl: duration,
      renewBefore: duration.optional(),
    }),
    (spec) => checkRenewal(spec),
  ),
]);

const delivery = z.discriminatedUnion("type", [
  shape<VaultSecretsOperatorSpec>()({
    type: only("vault-secrets-operator"),
    restart: shape<InFile<RolloutRestart>>()({
      environment: name("dev"),
      targets: list(
        shape<InFile<RestartTarget>>()({ kind: choice("Deployment", "DaemonSet", "StatefulSet"), name: label }),
        '{ kind: "Deployment", name: "web" }',
      ),
      inProduction: boolean.optional(),
    }).optional(),
  }),
  shape<ExternalSecretsSpec>()({ type: only("external-secrets") }),
  shape<AgentInjectorSpec>()({ type: only("agent-injector") }),
]);

/** The section of the workloads. */
export const workloads = list(
  validatedBy(
    shape<WorkloadSpec>()({
      name: validatedBy(label, (value) => {
        checkWorkloadName("a workload", value);
        checkPolicyName(value);
      }),
      namespace: label,
      serviceAccount: name("web"),
      audience: name("vault").optional(),
      delivery,
      secrets: list(secret, '{ type: "key-value", ... }'),
      refreshInterval: duration.optional(),
      tokenPeriod: duration.optional(),
      boundCidrs: cidrs.optional(),
    }),
    ({ namespace, serviceAccount, audience = "vault" }) => checkServiceAccount({ namespace, serviceAccount, audience }),
  ),
  '{ name: "...", ... }',
);

type ParsedWorkload = z.output<typeof workloads>[number];

/** What workloads need of their instance. */
export interface WorkloadContext {
  readonly engines: Engines;
  readonly login: IKubernetesLogin;
  readonly server: WorkloadServer;
  readonly provider: TerraformProvider;
}

/** Creates the workloads of an instance. @returns What people need to know of them, by names of outputs. */
export function createWorkloads(
  scope: Construct,
  specs: readonly ParsedWorkload[],
  { engines, ...context }: WorkloadContext,
): Outputs {
  const outputs = specs.flatMap((spec) => {
    const { pod } = new Workload(scope, `Workload-${spec.name}`, {
      ...spec,
      ...context,
      delivery: deliveryOf(spec.delivery),
      secrets: spec.secrets.flatMap((each) => secretOf(each, engines)),
    });
    return pod === undefined ? [] : [[`workload_${spec.name}`, podTemplate(spec, pod)] as const];
  });
  return Object.fromEntries(outputs);
}

/** The part of a pod's template, for people who write the pod. */
function podTemplate({ serviceAccount }: ParsedWorkload, pod: NonNullable<Workload["pod"]>): string {
  const { annotations, volumes } = pod;
  return toYaml({ metadata: { annotations }, spec: { serviceAccountName: serviceAccount, volumes } });
}

function deliveryOf(spec: ParsedWorkload["delivery"]): IWorkloadDelivery {
  if (spec.type === "vault-secrets-operator") return WorkloadDelivery.vaultSecretsOperator(spec);
  return spec.type === "external-secrets" ? WorkloadDelivery.externalSecrets() : WorkloadDelivery.agentInjector();
}

/** A secret of an engine. The checks of the file have refused one that no engine has. */
function secretOf(
  spec: ParsedWorkload["secrets"][number],
  { keyValue = [], databases, pki }: Engines,
): WorkloadSecret[] {
  switch (spec.type) {
    case "key-value":
      return keyValue
        .filter(({ mount }) => spec.path.startsWith(`${mount}/`))
        .map((tree) => {
          const below = spec.path.slice(tree.mount.length + 1);
          return WorkloadSecret.keyValue({ name: spec.name, keyValue: tree, path: below });
        });
    case "database": {
      const [name = "", role = ""] = spec.role.split("/");
      const database = databases?.get(name);
      return database === undefined ? [] : [WorkloadSecret.database({ name: spec.name, database, role })];
    }
    case "certificate":
      return pki === undefined ? [] : [WorkloadSecret.certificate({ ...spec, role: pki.role(spec.role) })];
  }
}
