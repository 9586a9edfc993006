import { TerraformElement, TerraformProvider, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import { ValidationError } from "../core/errors";
import type { BackendFactory } from "./backend";
import { logicalId } from "./logical-id";
import { withProviderRanges } from "./provider-ranges";
import { findLiteralSecrets } from "./secret-guard";

/**
 * A stack whose plan a stranger can read: addresses are the construct paths without a hash, providers have version
 * ranges, and a secret written out in an argument fails the synthesis.
 */
export class LayerStack extends TerraformStack {
  private readonly paths = new Map<string, string>();
  private readonly ids = new Map<Node, string>();

  constructor(scope: Construct, id: string, backend: BackendFactory) {
    super(scope, id);
    backend(this);
  }

  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const known = this.ids.get(node);
    if (known !== undefined) return known;
    const path = node.scopes.slice(node.scopes.indexOf(this) + 1).map((construct) => construct.node.id);
    const id = logicalId(path);
    const taken = this.paths.get(id);
    if (taken !== undefined && taken !== node.path) {
      throw new ValidationError(
        "address-clash",
        `The Terraform address ${id} of ${node.path} is that of ${taken} already; give one of the two constructs another id.`,
      );
    }
    this.paths.set(id, node.path);
    this.ids.set(node, id);
    return id;
  }

  override toTerraform(): object {
    const json = withProviderRanges(super.toTerraform() as Record<string, unknown>, this.pinnedVersions());
    const [leak] = findLiteralSecrets(json);
    if (leak !== undefined) {
      throw new ValidationError(
        "literal-secret",
        `${leak} is a secret written out; pass a SecretRef, or leave it to the environment, so that it reaches neither the plan nor the state.`,
        this,
      );
    }
    return json;
  }

  /** The versions that the bindings in use were made from, by the providers' names. */
  private pinnedVersions(): Record<string, string | undefined> {
    return Object.fromEntries(
      this.node
        .findAll()
        .filter((element) => TerraformProvider.isTerraformProvider(element))
        .map(({ terraformResourceType, terraformGeneratorMetadata: made }) => [
          terraformResourceType,
          made?.providerVersion ?? made?.providerVersionConstraint,
        ]),
    );
  }
}
