import { join, relative, resolve } from "node:path";
import { App, type TerraformStack } from "cdktf";

/**
 * A path relative to the folder in which Terraform runs for a stack, so that the synthesized JSON is the same
 * wherever the project is checked out.
 */
export function fromStackFolder(stack: TerraformStack, target: string): string {
  const stackFolder = join(resolve(App.of(stack).outdir), "stacks", stack.node.id);
  return relative(stackFolder, resolve(target)).replaceAll("\\", "/");
}
