import { PASSWORD_REVISION, type DatabasePassword } from "../../contract/database-passwords";
import { placeText } from "../../contract/description";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import type { Content, ContentRequests } from "../../vault/content";
import { ReplicaError } from "../../vault/errors";
import type { ContentContext } from "../context";
import { runAsApply } from "../identities/run-as-apply";
import { reasonOf, type Outcome } from "../loop";
import { decidePassword, type PasswordStep } from "./password-decision";

/** What the log says of each step. */
const EVENTS = {
  write: "wrote the password of a database connection",
  verify: "verified a database connection",
} as const;

/** The answer of Cassandra's client if it reaches the host, and then no server at the address that the cluster reports. */
const NO_CONNECTION = "no connections were made when creating the session";
const ITS_CAUSE =
  "the IP addresses that the cluster reports are not reachable, or not in the servers' certificates: then set tlsServerName";

/** A step that does something. */
type Change = keyof typeof EVENTS;

/** Result of a run. */
export interface PasswordReport {
  readonly mount: string;
  readonly connection: string;
  /** What this run did, in order. */
  readonly steps: readonly Change[];
}

/** The connection; undefined if there is none. */
type Seen = Content | undefined;

/**
 * Writes the administrator's password of a database into its connection, as the identity `apply`, and verifies the connection. All
 * else of the connection is Terraform's, unless the description has it: the server keeps what a request leaves out.
 *
 * @param readPassword Reads it from the central Vault; undefined if nothing is there.
 */
export function writePassword(
  context: ContentContext,
  described: DatabasePassword,
  readPassword: () => Promise<Secret | undefined>,
): Promise<PasswordReport> {
  return new PasswordRun(context, described, readPassword).run();
}

class PasswordRun {
  private readonly steps: Change[] = [];

  constructor(
    private readonly context: ContentContext,
    private readonly described: DatabasePassword,
    private readonly readPassword: () => Promise<Secret | undefined>,
  ) {}

  run(): Promise<PasswordReport> {
    return runAsApply<Seen, PasswordStep, PasswordReport>(this.context, {
      observe: (api) => this.observe(api),
      // Each step that did something has also logged in, if it was to.
      decide: (connection) => decidePassword(this.described, connection, this.steps.length > 0),
      perform: (step, _, api) => this.perform(step, api),
      missing: `The connection ${this.place} does not have its password yet`,
    });
  }

  private async observe(api: ContentRequests): Promise<Seen> {
    const connection = await api.read(this.path);
    if (connection !== undefined || this.described.settings !== undefined) return connection;
    const [tenant = ""] = this.context.store.path.split("/");
    throw new OperationError(
      "database-missing",
      `The instance has no connection ${this.place}; deploy the stack ${tenant}-config, which makes it.`,
    );
  }

  private async perform(step: PasswordStep, api: ContentRequests): Promise<Outcome<PasswordReport>> {
    const { mount, connection, revision, verify, settings } = this.described;
    if (step === "nothing") return { done: { mount, connection, steps: this.steps } };
    const written = step === "verify" ? {} : { password: await this.password(), [PASSWORD_REVISION]: revision };
    try {
      await api.write(this.path, { ...settings, ...written, verify_connection: verify });
    } catch (error) {
      throw this.explained(error);
    }
    this.steps.push(step);
    this.context.log.info(EVENTS[step], { mount, connection });
    return undefined;
  }

  private async password(): Promise<string> {
    const password = await this.readPassword();
    if (password !== undefined) return password.reveal();
    throw new OperationError(
      "database-password",
      `The password of the connection ${this.place} is missing in ${this.secret}; write it there, and deploy again.`,
    );
  }

  /** The server keeps the former password if the database refuses the new one. */
  private explained(error: unknown): unknown {
    if (!(error instanceof ReplicaError) || error.failure !== "refused" || error.retryable) return error;
    const reason = reasonOf(error).replace(NO_CONNECTION, `$&, because ${ITS_CAUSE}`);
    return new OperationError(
      "database-refused",
      `The instance cannot log in to the database of ${this.place} (${reason}); correct its fields in the tenant file, or write its password to ${this.secret} and raise revision, and deploy again.`,
      { cause: error },
    );
  }

  private get path(): string {
    return `${this.described.mount}/config/${this.described.connection}`;
  }

  private get place(): string {
    return `${this.path} of ${this.context.store.path}`;
  }

  private get secret(): string {
    return `the field ${placeText(this.described.password)}`;
  }
}
