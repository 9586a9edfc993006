import { centralEndpoint, findToken } from "../central/login";
import { CentralError } from "../central/client";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import {
  disableUser,
  enableUser,
  inviteUser,
  listUsers,
  removeUser,
  resetUser,
} from "../operations/users/manage-users";
import { VaultClient } from "../vault/client";
import { UserApi } from "../vault/users";
import type { CommandHost, CommandResult } from "./command";

/** Options of `user`. */
export interface UserOptions {
  /** Path of the login by password, without `auth/`. */
  readonly login: string;
}

/** Options of the commands that hand a login over. */
export interface InviteOptions extends UserOptions {
  /** Seconds. */
  readonly valid: number;
}

/** `tenant-vault user list`. */
export function list(host: CommandHost, options: UserOptions): Promise<CommandResult> {
  return withUsers(host, options, async (api) => {
    const users = await listUsers(api);
    const text = users.map(({ name, disabled, lockedOut }) => {
      const states = [...(disabled ? ["disabled"] : []), ...(lockedOut ? ["locked out"] : [])];
      return `${name}${states.length === 0 ? "" : `: ${states.join(", ")}`}\n`;
    });
    return { text: text.join(""), json: users };
  });
}

const INVITATIONS = { add: inviteUser, rotate: inviteUser, reset: resetUser } as const;

/** `tenant-vault user add`, `rotate` and `reset`: hand a login over. */
export function invite(
  host: CommandHost,
  command: keyof typeof INVITATIONS,
  user: string,
  options: InviteOptions,
): Promise<CommandResult> {
  return withUsers(host, options, async (api) => {
    const { token, expires } = await INVITATIONS[command](api, user, options.valid);
    host.log.info("hand the token on standard output to the user, who unwraps it and chooses a password", { user });
    return {
      text: `${token.reveal()}\n`,
      json: { user, wrappingToken: token.reveal(), expires: expires.toISOString() },
    };
  });
}

const CHANGES = {
  disable: { change: disableUser, result: "disabled, and its tokens are revoked" },
  enable: { change: enableUser, result: "enabled" },
  remove: {
    change: removeUser,
    result: "disabled and has no password; remove it from the tenant file and deploy",
  },
} as const;

/** `tenant-vault user disable`, `enable` and `remove`. */
export function change(
  host: CommandHost,
  command: keyof typeof CHANGES,
  user: string,
  options: UserOptions,
): Promise<CommandResult> {
  return withUsers(host, options, async (api) => {
    const report = await CHANGES[command].change(api, user);
    return { text: `${user} is ${CHANGES[command].result}\n`, json: report };
  });
}

/** Connects to the instance as the person who runs the command, whose token decides what it may do. */
async function withUsers(
  { environment, signal }: CommandHost,
  { login }: UserOptions,
  work: (api: UserApi) => Promise<CommandResult>,
): Promise<CommandResult> {
  const client = openInstance(environment, signal);
  try {
    return await work(new UserApi(client, login));
  } finally {
    await client.close();
  }
}

function openInstance(environment: NodeJS.ProcessEnv, signal: AbortSignal): VaultClient {
  try {
    const client = new VaultClient({
      ...centralEndpoint(environment, undefined, "instance"),
      namespace: setting(environment, "VAULT_NAMESPACE"),
      signal,
    });
    return client.withToken(findToken(client, environment, "instance"));
  } catch (error) {
    // Nothing of this is about the central Vault.
    throw error instanceof CentralError ? new OperationError("usage", error.message) : error;
  }
}
