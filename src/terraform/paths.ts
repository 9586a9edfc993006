import { join, relative, resolve } from "node:path";
import { App, type TerraformStack } from "cdktf";

/**
 * Returns a path relative to the folder in which Terraform runs for a stack. The synthesized JSON is then the same in every
 * checkout.
 */
export function fromStackFolder(stack: TerraformStack, target: string): string {
  const stackFolder = join(resolve(App.of(stack).outdir), "stacks", stack.node.id);
  return relative(stackFolder, resolve(target)).replaceAll("\\", "/");
}
