import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** Types of resources that mount something; the roles and configurations of mounts have other ones. */
const MOUNTS = {
  login: /^vault_(\w+_)?auth_backend$/,
  engine: /^vault_(mount|\w+_secrets_mount|\w+_secret_backend)$/,
} as const;

/** The resources below the scope that mount a secrets engine or a login method. */
export function mountsBelow(scope: IConstruct): TerraformResource[] {
  return scope.node
    .findAll()
    .filter((node) => TerraformResource.isTerraformResource(node))
    .filter(({ terraformResourceType }) => Object.values(MOUNTS).some((types) => types.test(terraformResourceType)));
}

/** The path of a mount as the resource below the scope tells it that makes the mount; undefined if there is none. */
export function mountBelow(scope: IConstruct, kind: keyof typeof MOUNTS, path: string): string | undefined {
  const found = scope.node
    .findAll()
    .find(
      (node): node is TerraformResource & { readonly path: string } =>
        TerraformResource.isTerraformResource(node) &&
        MOUNTS[kind].test(node.terraformResourceType) &&
        "pathInput" in node &&
        node.pathInput === path,
    );
  return found?.path;
}
