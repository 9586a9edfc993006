import { join } from "node:path";
import { LocalBackend, type TerraformBackend, type TerraformStack } from "cdktf";
import { fromStackFolder } from "./paths";

/**
 * Creates the backend of a stack. Any backend class of cdktf works:
 *
 * ```ts
 * (stack) => new S3Backend(stack, { bucket: "states", key: `${stack.node.id}.tfstate`, region: "eu-central-1" })
 * ```
 */
export type BackendFactory = (stack: TerraformStack) => TerraformBackend;

/**
 * Stores the state of each stack in a file in a folder of the project.
 *
 * @param folder Relative to the folder in which `cdktf` runs.
 */
export function localBackend(folder: string): BackendFactory {
  return (stack) =>
    // cdktf's own default is an absolute path, which would differ on every machine.
    new LocalBackend(stack, { path: fromStackFolder(stack, join(folder, `${stack.node.id}.tfstate`)) });
}
