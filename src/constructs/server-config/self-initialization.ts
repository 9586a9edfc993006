import { ACCESS_FIELDS, BOOTSTRAP_ROLE, IDENTITY_LOGIN, identityPolicyName } from "../../contract/identities";
import { Duration } from "../../core/duration";
import { ValidationError } from "../../core/errors";
import { attributes, block, type HclValue } from "../../core/hcl";
import type { ValueType } from "../../core/value-type";
import { identityPolicy } from "../../policy/identity-policies";

/** One request that OpenBao makes to itself, once. */
export interface SelfInitializationRequest {
  /**
   * Name of the request: letters, digits, `_` and `-`, beginning with a letter or `_`.
   *
   * @changes rolling restart by the hook, and no more: servers that are initialised ignore it
   */
  readonly name: string;
  /**
   * Operation of the request.
   *
   * @changes rolling restart by the hook, and no more: servers that are initialised ignore it
   */
  readonly operation: "create" | "read" | "update" | "delete" | "list" | "patch";
  /**
   * Path of the API, without `/v1`.
   *
   * @changes rolling restart by the hook, and no more: servers that are initialised ignore it
   */
  readonly path: string;
  /**
   * Data of the request. Never write a secret here. Name a variable of the environment instead:
   * `{ eval_type: "string", eval_source: "env", env_var: "NAME" }`.
   *
   * @default - none
   * @changes rolling restart by the hook, and no more: servers that are initialised ignore it
   */
  readonly data?: Readonly<Record<string, HclValue>>;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Longest lifetime of the first credential. The hook deletes it as soon as the identities work. */
const BOOTSTRAP_TTL = Duration.days(30);

/** Name of the Secret with the first credential of a release. */
export function bootstrapSecretName(release: string): string {
  return `${release}-bootstrap`;
}

/**
 * Requests that OpenBao makes when it first starts, instead of being initialised by the hook. There are no recovery keys, and
 * OpenBao revokes the root token at once. Before these requests come those that let the hook make the identities. The seal must
 * unseal by itself; https://openbao.org/docs/configuration/self-init
 */
export class SelfInitialization {
  private readonly requests: readonly SelfInitializationRequest[];

  /**
   * @param requests Besides those of the identities. @default - none
   * @throws ValidationError unless each has its own name.
   */
  constructor(requests: readonly SelfInitializationRequest[] = []) {
    const names = requests.map(({ name }) => name);
    const wrong = names.find((name, index) => !NAME.test(name) || names.indexOf(name) < index);
    if (wrong !== undefined) {
      throw new ValidationError(
        "self-initialization",
        `The request "${wrong}" of a self-initialisation has no valid, unique name; use letters, digits, _ and -, and each name once.`,
      );
    }
    this.requests = requests;
    Object.freeze(this);
  }

  /**
   * The stanzas of the server's configuration. OpenBao carries them out in their order.
   *
   * @param bootstrapFolder Folder in which the servers find the first credential.
   */
  stanzas(bootstrapFolder: string): string[] {
    const stanzas = [stanza("identities", bootstrapRequests(bootstrapFolder))];
    return this.requests.length === 0 ? stanzas : [...stanzas, stanza("tenant_vault", this.requests)];
  }
}

/** A self-initialisation, for checks at run time. */
export const SELF_INITIALIZATION: ValueType = {
  name: "SelfInitialization",
  member: "stanzas",
  example: "new SelfInitialization()",
};

function stanza(name: string, requests: readonly SelfInitializationRequest[]): string {
  return block(
    `initialize "${name}"`,
    requests.map((request) => {
      const { operation, path, data } = request;
      return block(`request "${request.name}"`, attributes({ operation, path, data }));
    }),
  );
}

/**
 * A login with the rights of `apply` for the hook, which makes the identities with it. They do not depend on the tenant file: a
 * configuration that changed restarts the servers.
 */
function bootstrapRequests(folder: string): SelfInitializationRequest[] {
  const policy = identityPolicyName("apply");
  const role = `auth/${IDENTITY_LOGIN}/role/${BOOTSTRAP_ROLE}`;
  const file = (name: string): HclValue => ({ eval_type: "string", eval_source: "file", path: `${folder}/${name}` });
  const update = (name: string, path: string, data: SelfInitializationRequest["data"]): SelfInitializationRequest => ({
    name,
    operation: "update",
    path,
    data,
  });
  return [
    update("login", `sys/auth/${IDENTITY_LOGIN}`, { type: "approle" }),
    update("policy", `sys/policies/acl/${policy}`, {
      policy: identityPolicy("apply", { product: "openbao", mounts: [], logins: [] }),
    }),
    update("role", role, {
      role_id: file(ACCESS_FIELDS.roleId),
      secret_id_ttl: BOOTSTRAP_TTL.toSeconds(),
      token_policies: [policy],
      token_no_default_policy: true,
      token_ttl: Duration.hours(1).toSeconds(),
      token_max_ttl: Duration.hours(1).toSeconds(),
    }),
    update("credential", `${role}/custom-secret-id`, { secret_id: file(ACCESS_FIELDS.secretId) }),
  ];
}
