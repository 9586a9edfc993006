import { ValidationError } from "../../core/errors";
import { attributes, block, type HclValue } from "../../core/hcl";

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

/**
 * Requests that OpenBao makes when it first starts, instead of being initialised by the hook. There are no recovery keys, and
 * OpenBao revokes the root token at once. So the requests must create the login of the people who configure the instance. The
 * seal must unseal by itself; https://openbao.org/docs/configuration/self-init
 */
export class SelfInitialization {
  private readonly requests: readonly SelfInitializationRequest[];

  /** @throws ValidationError unless there are requests, each with its own name. */
  constructor(requests: readonly SelfInitializationRequest[]) {
    if (requests.length === 0) {
      throw new ValidationError(
        "self-initialization",
        "A self-initialisation without requests allows no login, because OpenBao revokes the root token; add the requests that create a login.",
      );
    }
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

  /** The stanzas of the server's configuration. */
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
