import { signingKeyOf, type DescribedObject } from "./described";

/** What a stack describes and an instance has. */
export interface ManagedObject extends Pick<DescribedObject, "path" | "to"> {
  /** ID by which Terraform adopts it; undefined if it cannot. */
  readonly id: string | undefined;
}

/** Types of resources that the provider writes over what exists, because it cannot adopt them. */
const NOT_ADOPTED = /^vault_(generic_endpoint|cert_auth_backend_role)\./;

/** What the provider leaves out of the path of an object. */
const BESIDE_ID = new RegExp(`^sys/(mounts|auth|audit|policies/acl|quotas/[a-z-]+)/|${signingKeyOf("")}$`, "g");

/** ID of an object whose path tells it; undefined if Terraform cannot adopt it. */
export function importId({ path, to }: Pick<DescribedObject, "path" | "to">): string | undefined {
  return to === undefined || NOT_ADOPTED.test(to) ? undefined : path.replaceAll(BESIDE_ID, "");
}

/** Blocks by which Terraform adopts what exists already. */
export function importBlocks(objects: readonly ManagedObject[]): string {
  return objects
    .flatMap(({ to, id }) =>
      to === undefined || id === undefined ? [] : [`import {\n  to = ${to}\n  id = ${JSON.stringify(id)}\n}\n`],
    )
    .join("\n");
}
