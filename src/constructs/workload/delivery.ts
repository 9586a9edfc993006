import { Fn, Token } from "cdktf";
import { asFunctionArgument, unescapeExpressions } from "../../terraform/literal-text";
import type { Construct } from "constructs";
import type { Duration } from "../../core/duration";
import type { PolicyStatement } from "../../policy/policy-document";
import type { KubernetesObject } from "./object-release";
import type { WorkloadSecret } from "./workload-secret";

/** How pods and operators reach an instance. */
export interface WorkloadServer {
  /**
   * URL of the instance, as it is reached in the cluster of the workload.
   *
   * @changes in place
   */
  readonly address: string;
  /**
   * Namespace of the instance.
   *
   * @default - the root namespace
   * @changes in place: secrets come from the other namespace
   */
  readonly namespace?: string;
  /**
   * PEM certificate of the CA of the address, or an expression for it.
   *
   * @default - the certificates that the operator trusts
   * @changes in place
   */
  readonly caCertificate?: string;
}

/** A workload, as its delivery needs it. */
export interface DeliveredWorkload {
  readonly name: string;
  readonly serviceAccount: string;
  readonly audience: string;
  /** Path of the login, without `auth/`. */
  readonly loginPath: string;
  readonly server: WorkloadServer;
  readonly refreshInterval: Duration;
  readonly tokenPeriod: Duration;
  readonly secrets: readonly WorkloadSecret[];
}

/** What the template of a pod needs besides what it has. */
export interface PodAdditions {
  readonly annotations: Readonly<Record<string, string>>;
  readonly volumes: readonly object[];
}

/** What a delivery makes of a workload. */
export interface Delivery {
  /** Objects of the login. They are created before the secrets, and removed after them. */
  readonly login: readonly KubernetesObject[];
  /** Objects of the secrets. */
  readonly secrets: readonly KubernetesObject[];
  /** What the operator needs besides the secrets. */
  readonly statements: readonly PolicyStatement[];
  /** What the pods need. @default - nothing */
  readonly pod?: PodAdditions;
}

/**
 * A way in which a workload gets its secrets.
 *
 * @changes in place: objects of the former delivery are removed, and those of the other one created; the Secrets are absent in between
 */
export interface IWorkloadDelivery {
  /** Describes what the workload needs. @throws ValidationError if it cannot have its secrets by this delivery. */
  deliver(workload: DeliveredWorkload, scope: Construct): Delivery;
}

/** A text as objects hold it. An expression is encoded when Terraform runs. */
export function base64(text: string): string {
  return Token.isUnresolved(text)
    ? Fn.base64encode(asFunctionArgument(text))
    : Buffer.from(unescapeExpressions(text)).toString("base64");
}

/** Name of the Secret with the certificate of the CA. */
export function caSecretName(workload: string): string {
  return `${workload}-ca`;
}

/** The certificate of the CA. It is not secret, but operator and injector take it from a Secret. */
export function caSecret(workload: string, caCertificate: string): KubernetesObject {
  const data = { "ca.crt": base64(caCertificate) };
  return { apiVersion: "v1", kind: "Secret", metadata: { name: caSecretName(workload) }, data };
}
