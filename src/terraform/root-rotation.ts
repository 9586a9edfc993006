import type { ITerraformDependable, TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { GenericEndpoint } from "./providers/vault";

/** How an engine replaces the root credential that it was given. */
interface RootRotationProps {
  /** Of the engine's endpoint, as an expression that needs the mount. */
  readonly path: string;
  /** Addresses of what changes whenever Terraform writes a root credential. */
  readonly written: readonly string[];
  readonly dependsOn?: ITerraformDependable[];
  readonly provider: TerraformProvider | undefined;
}

/**
 * Replaces a root credential by one that nobody knows, once Terraform has written it. Terraform's state says that it was done. If it is
 * lost, the next deployment replaces the root credential again, which does no harm.
 */
export function rotateRoot(scope: Construct, { path, written, dependsOn, provider }: RootRotationProps): void {
  new GenericEndpoint(scope, "RootRotation", {
    path,
    dataJson: "{}",
    disableRead: true,
    disableDelete: true,
    dependsOn,
    lifecycle: { replaceTriggeredBy: [...written] },
    provider,
  });
}
