import { Construct } from "constructs";
import { PLACEHOLDERS_VARIABLE, type PlaceholdersDescription } from "../../contract/placeholders";
import { checkValues } from "../../core/value-type";
import { CENTRAL_ACCESS, createHook, type CentralVaultAccess } from "../../terraform/hook";
import type { KeyValue } from "./key-value";

/** Properties of a {@link PlaceholderHook}. */
export interface PlaceholderHookProps {
  /**
   * Name of the tenant.
   *
   * @changes new instance: the hook writes the placeholders there
   */
  readonly tenant: string;
  /**
   * Name of the instance.
   *
   * @changes new instance: the hook writes the placeholders there
   */
  readonly name: string;
  /**
   * The mounts whose placeholders are written.
   *
   * @changes in place: secrets of a removed mount's placeholders are left alone
   */
  readonly keyValues: readonly KeyValue[];
  /**
   * How the hook reaches the central Vault, which has the credentials of the identity `apply`.
   *
   * @changes in place: the hook uses it from its next run on
   */
  readonly central: CentralVaultAccess;
}

/**
 * Runs `tenant-vault placeholders` once the mounts exist, and again if a placeholder changes or a mount was created again. No
 * secret is in Terraform's state.
 */
export class PlaceholderHook extends Construct {
  constructor(scope: Construct, id: string, props: PlaceholderHookProps) {
    super(scope, id);
    checkValues(props, ["central"], CENTRAL_ACCESS, this);
    const { tenant, name, keyValues, central } = props;
    const placeholders = keyValues.flatMap((each) => each.placeholders);
    const description: PlaceholdersDescription = { tenant, name, placeholders };
    createHook(this, "Resource", {
      command: `placeholders ${tenant}/${name}`,
      central,
      variable: PLACEHOLDERS_VARIABLE,
      description,
      // A mount that is created again is empty.
      revision: keyValues.map(({ accessor }) => accessor).join(" "),
      dependsOn: keyValues.map(({ configured }) => configured),
    });
  }
}
