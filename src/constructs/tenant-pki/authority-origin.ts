import { createHash } from "node:crypto";
import type { Construct } from "constructs";
import { RecordedValue } from "../../terraform/recorded-value";
import type { AuthorityProps } from "./authority-props";
import type { PkiMount } from "./pki-mount";

/** Records when an authority is made, and in which mount. Each later plan compares both. */
export function recordOrigin(
  scope: Construct,
  { mount, deletionProtection }: Pick<AuthorityProps, "mount" | "deletionProtection">,
): RecordedValue {
  return new RecordedValue(scope, "Origin", {
    values: { accessor: mount.accessor, time: "${plantimestamp()}" },
    preventDestroy: deletionProtection,
  });
}

/** Fails a plan after the mount was created again, because the key of the authority went with the former one. */
export function inSameMount(origin: RecordedValue, mount: PkiMount, errorMessage: string) {
  return { condition: `\${${origin.expressionOf("accessor")} == ${mount.accessorExpression}}`, errorMessage };
}

/** Whether less time has passed since a record. */
export function isBefore(origin: RecordedValue, seconds: number): string {
  return `\${timecmp(plantimestamp(), timeadd(${origin.expressionOf("time")}, "${seconds}s")) < 0}`;
}

/**
 * A digest of what an authority contains: short enough to read, and long enough that two contents of a tenant differ.
 *
 * @param issuer Who signs it.
 */
export function digestOf({ mountPath, ...props }: AuthorityProps, issuer: string): string {
  const { commonName, organization = "", permittedDomains = [], lifetime, generation, content: parts } = props;
  const isOrdinary = props.keyType === "ec" && props.keyBits === 384;
  const further = { ...parts, ...(isOrdinary ? {} : { keyType: props.keyType, keyBits: props.keyBits }) };
  const content = [
    mountPath,
    issuer,
    commonName,
    organization,
    lifetime.toSeconds(),
    generation,
    permittedDomains,
    // What an intermediate of before has none of leaves its address as it is.
    ...(Object.keys(further).length === 0 ? [] : [further]),
  ];
  return shortDigest(content);
}

/** A digest of values in their order. */
export function shortDigest(content: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 8);
}
