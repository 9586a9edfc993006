import { centralEndpoint, findToken } from "../central/login";
import { CentralError } from "../central/client";
import { setting } from "../core/environment";
import { OperationError } from "../core/errors";
import {
  disableUser,
  enableUser,
  giveSecondFactor,
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

/** Options of the commands that hand a login or a second factor over. */
export interface InviteOptions extends UserOptions {
  /** Seconds. */
  readonly valid: number;
}

/** `tenant-vault user list`. */
export function list(host: CommandHost, options: UserOptions): Promise<CommandResult> {
  return withUsers(host, options, async (api) => {
    const users = await listUsers(api);
    const text = users.map(({ name, disabled, lockedOut, needsSecondFactor }) => {
      const states = [
        ...(disabled ? ["disabled"] : []),
        ...(lockedOut ? ["locked out"] : []),
        ...(needsSecondFactor ? ["needs a second factor"] : []),
      ];
      return `${name}${states.length === 0 ? "" : `: ${states.join(", ")}`}\n`;
    });
    return { text: text.join(""), json: users };
  });
}

const CHOOSES = "unwraps it and chooses a password";
const INVITATIONS = {
  add: { give: inviteUser, then: CHOOSES },
  rotate: { give: inviteUser, then: CHOOSES },
  reset: { give: resetUser, then: CHOOSES },
  mfa: { give: giveSecondFactor, then: "unwraps it and adds it to an authenticator app" },
} as const;

/** `tenant-vault user add`, `rotate`, `reset` and `mfa`: hand a login or a second factor over. */
export function invite(
  host: CommandHost,
  command: keyof typeof INVITATIONS,
  user: string,
  options: InviteOptions,
): Promise<CommandResult> {
  return withUsers(host, options, async (api) => {
    const { give, then } = INVITATIONS[command];
    const { token, expires } = await give(api, user, options.valid);
    host.log.info(`hand the token on standard output to the user, who ${then}`, { user });
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
