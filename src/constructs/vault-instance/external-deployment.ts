import { readFileSync } from "node:fs";
import type { Construct } from "constructs";
import { ValidationError } from "../../core/errors";
import type { Replica } from "../../contract/instance";
import { parseServerAddress } from "../../terraform/server-address";
import type { Deployed, IDeployment } from "./deployment";

/** Properties of an {@link ExternalDeployment}. */
export interface ExternalDeploymentProps {
  /** URL of each replica by itself, never of a load balancer. */
  readonly addresses: readonly string[];
  /**
   * PEM file of the CA that the replicas' TLS certificates chain to, relative to the project.
   *
   * @default - the certificates that Node.js trusts
   */
  readonly caCertificateFile?: string;
}

/** Servers that already run somewhere: only the hook, and what comes after it, applies. */
export class ExternalDeployment implements IDeployment {
  private readonly replicas: readonly Replica[];

  constructor(private readonly props: ExternalDeploymentProps) {
    checkAddresses(props.addresses);
    this.replicas = props.addresses.map((address) => ({ name: parseServerAddress(address).host, address }));
  }

  bind(_scope: Construct): Deployed {
    const { caCertificateFile } = this.props;
    return {
      replicas: this.replicas,
      ...(caCertificateFile === undefined ? {} : { caCertificate: readFileSync(caCertificateFile, "utf8") }),
    };
  }
}

/** @throws ValidationError unless each replica has one address of its own. */
export function checkAddresses(addresses: readonly string[]): readonly string[] {
  if (addresses.length === 0) {
    throw new ValidationError(
      "replica-addresses",
      "An external instance needs at least one address; name each replica's own URL.",
    );
  }
  if (new Set(addresses.map((address) => parseServerAddress(address).host)).size < addresses.length) {
    throw new ValidationError(
      "replica-addresses",
      "Two replicas of an external instance have the same address; name each replica's own URL once.",
    );
  }
  return addresses;
}
