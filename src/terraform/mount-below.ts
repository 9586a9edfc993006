import { TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";

/** Types of resources that mount something; the roles and configurations of mounts have other ones. */
const MOUNTS = {
  login: /^vault_(\w+_)?auth_backend$/,
  engine: /^vault_(mount|\w+_secrets_mount|\w+_secret_backend)$/,
} as const;

/** The resources below the scope that mount something. @param kind What they mount. @default - secrets engines and login methods */
export function mountsBelow(scope: IConstruct, kind?: keyof typeof MOUNTS): TerraformResource[] {
  const types = kind === undefined ? Object.values(MOUNTS) : [MOUNTS[kind]];
  return scope.node
    .findAll()
    .filter((node) => TerraformResource.isTerraformResource(node))
    .filter(({ terraformResourceType }) => types.some((each) => each.test(terraformResourceType)));
}

/** The path of a mount as the resource below the scope tells it that makes the mount; undefined if there is none. */
export function mountBelow(scope: IConstruct, kind: keyof typeof MOUNTS, path: string): string | undefined {
  const found = mountsBelow(scope, kind).find(
    (node): node is TerraformResource & { readonly path: string } => "pathInput" in node && node.pathInput === path,
  );
  return found?.path;
}
