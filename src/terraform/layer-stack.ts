import { TerraformElement, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import { ValidationError } from "../core/errors";
import type { BackendFactory } from "./backend";
import { logicalId } from "./logical-id";
import { applyProviderRanges } from "./provider-ranges";
import { findLiteralSecrets } from "./secret-guard";

/** First release of Terraform, and of OpenTofu, with ephemeral values and write-only arguments. */
const TERRAFORM_RANGE = ">= 1.11";

/**
 * A stack with a readable plan: addresses are the construct paths without a hash, providers have version ranges, and a
 * secret in plain text fails the synthesis.
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
        `${node.path} and ${taken} have the same Terraform address ${id}; change the ID of one construct.`,
      );
    }
    this.paths.set(id, node.path);
    this.ids.set(node, id);
    return id;
  }

  override toTerraform(): object {
    applyProviderRanges(this);
    const { terraform, ...blocks } = super.toTerraform() as Record<string, object>;
    const json = { ...blocks, terraform: { required_version: TERRAFORM_RANGE, ...terraform } };
    const [leak] = findLiteralSecrets(json);
    if (leak !== undefined) {
      throw new ValidationError(
        "literal-secret",
        `${leak} contains a secret in plain text; pass a SecretRef, or set it in the environment, so that neither the plan nor the state contains it.`,
        this,
      );
    }
    return json;
  }
}
