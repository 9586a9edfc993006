import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import type { Replica } from "../../contract/instance";
import { readCertificateFile } from "../../terraform/certificate-file";
import { escapeExpressions } from "../../terraform/literal-text";
import { parseServerAddress } from "../../terraform/server-address";
import type { Deployed, DeploymentContext, IDeployment } from "./deployment";
import { lastingStorage } from "./lasting-settings";

/** Properties of an {@link ExternalDeployment}. */
export interface ExternalDeploymentProps {
  /**
   * URL of each replica, never of a load balancer.
   *
   * @changes in place: an empty server joins; the hook stops with foreign-peers for one that is removed, until raft forgets it
   */
  readonly addresses: readonly string[];
  /**
   * PEM file of the CA that signed the TLS certificates of the replicas, relative to the project.
   *
   * @default - the certificates that Node.js trusts
   * @changes in place: the hook trusts it from then on
   */
  readonly caCertificateFile?: string;
}

/** Servers that run already; only the hook and the configuration apply. */
export class ExternalDeployment implements IDeployment {
  private readonly replicas: readonly Replica[];

  constructor(private readonly props: ExternalDeploymentProps) {
    checkAddresses(props.addresses);
    this.replicas = props.addresses.map((address) => ({ name: parseServerAddress(address).host, address }));
  }

  bind(scope: Construct, context: DeploymentContext): Deployed {
    const { caCertificateFile: file } = this.props;
    const deployed = {
      replicas: this.replicas,
      lasting: [lastingStorage(context, "servers that are deployed elsewhere")],
    };
    if (file === undefined) return deployed;
    const content = readCertificateFile(file, "caCertificateFile", scope);
    return { ...deployed, caCertificate: escapeExpressions(content) };
  }
}

/** @throws ValidationError unless each replica has its own address. */
export function checkAddresses(addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0) {
    throw new ValidationError(
      "replica-addresses",
      "An external instance needs at least one address; add the URL of each replica.",
    );
  }
  if (new Set(addresses.map((address) => parseServerAddress(address).host)).size < addresses.length) {
    throw new ValidationError(
      "replica-addresses",
      "Two replicas of an external instance have the same address; write the URL of each replica once.",
    );
  }
  return addresses;
}
