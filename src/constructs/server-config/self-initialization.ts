import { ValidationError } from "../../core/errors";
import { attributes, block, type HclValue } from "../../core/hcl";

/** One request that OpenBao makes to itself, once. */
export interface SelfInitializationRequest {
  /** Letters, digits, `_` and `-`, beginning with a letter or `_`. */
  readonly name: string;
  readonly operation: "create" | "read" | "update" | "delete" | "list" | "patch";
  /** Path of the API, without `/v1`. */
  readonly path: string;
  /**
   * What is sent. A secret is never written here: name a variable of the environment instead, by
   * `{ eval_type: "string", eval_source: "env", env_var: "NAME" }`.
   *
   * @default - nothing
   */
  readonly data?: Readonly<Record<string, HclValue>>;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/**
 * What OpenBao does when it first starts, instead of being initialised by the hook: there are no recovery keys, and the root token
 * is revoked at once, so that the requests have to make the login of whoever configures the instance. It takes a seal that
 * unseals by itself; https://openbao.org/docs/configuration/self-init
 */
export class SelfInitialization {
  private readonly requests: readonly SelfInitializationRequest[];

  /** @throws ValidationError unless there are requests, each with a name of its own. */
  constructor(requests: readonly SelfInitializationRequest[]) {
    if (requests.length === 0) {
      throw new ValidationError(
        "self-initialization",
        "A self-initialisation without requests leaves nobody a way in, since its root token is revoked; add the requests that make a login.",
      );
    }
    const names = requests.map(({ name }) => name);
    const wrong = names.find((name, index) => !NAME.test(name) || names.indexOf(name) < index);
    if (wrong !== undefined) {
      throw new ValidationError(
        "self-initialization",
        `The request "${wrong}" of a self-initialisation has no name of its own; use letters, digits, _ and -, each name once.`,
      );
    }
    this.requests = requests;
    Object.freeze(this);
  }

  /** As stanzas of the server's configuration. */
  stanzas(): string[] {
    return [
      block(
        'initialize "tenant_vault"',
        this.requests.map(({ name, operation, path, data }) =>
          block(`request "${name}"`, attributes({ operation, path, data })),
        ),
      ),
    ];
  }
}
