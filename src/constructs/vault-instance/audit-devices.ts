import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { checkValueLists } from "../../core/value-type";
import { allAuditDevices, AUDIT_DEVICE, type AuditDevice } from "../server-config/audit-device";
import { mountPaths } from "../server-config/server-config";
import { checkProviders } from "../../terraform/provider-value";
import { Audit } from "../../terraform/providers/vault";

/** Properties of {@link AuditDevices}. */
export interface AuditDevicesProps {
  /** Additional audit devices; the file on the audit volume always exists. @default - none */
  readonly auditDevices?: readonly AuditDevice[];
  /** The provider of the instance. */
  readonly provider: TerraformProvider;
}

/**
 * Audit devices of a Vault that a Helm chart deploys. Vault creates them only over its API, then for all servers. OpenBao has them
 * in its configuration.
 */
export class AuditDevices extends Construct {
  constructor(scope: Construct, id: string, props: AuditDevicesProps) {
    super(scope, id);
    checkProviders(props, this);
    checkValueLists(props, ["auditDevices"], AUDIT_DEVICE, this);
    const { auditDevices = [], provider } = props;
    for (const { type, path, options } of allAuditDevices(mountPaths("vault").audit, auditDevices)) {
      new Audit(this, path, { type, path, options: { ...options }, provider });
    }
  }
}
