import type { Command } from "commander";
import { define, parseSeconds, type CommonOptions, type Execute } from "./define";
import type { InviteOptions, UserOptions } from "./users";

/** Seconds for which a first login, or a second factor, can be unwrapped. */
const INVITATION = 259_200;

/** Adds the commands for the people of an instance. */
export function defineUserCommands(program: Command, execute: Execute): void {
  const group = program
    .command("user")
    .description("look after the people of an instance; VAULT_ADDR and VAULT_TOKEN are the instance's own");
  ofLogin(define(group, "list", "show the users, who is disabled, and who is locked out")).action(
    (options: CommonOptions & UserOptions) =>
      execute(options, async (host) => (await import("./users.js")).list(host, options)),
  );
  for (const [name, description] of [
    ["add", "hand over a login at which a user of the tenant file chooses the first password, once"],
    ["rotate", "hand over a login at which a user chooses another password; the present one works until then"],
    ["reset", "take password and tokens away from a user, and hand over a login at which it chooses another password"],
    ["mfa", "hand over another second factor for the authenticator app of a user, once; a former one is void"],
  ] as const)
    ofLogin(define(group, name, description))
      .argument("<user>")
      .option(
        "--valid <seconds>",
        name === "mfa"
          ? "how long the second factor can be unwrapped"
          : "how long the login can be used; a shorter firstLoginTtl of the tenant file ends it sooner",
        parseSeconds,
        INVITATION,
      )
      .action((user: string, options: CommonOptions & InviteOptions) =>
        execute(options, async (host) => (await import("./users.js")).invite(host, name, user, options)),
      );
  for (const [name, description] of [
    ["disable", "refuse a user from now on, and revoke its tokens; the password stays"],
    ["enable", "let a user log in again, also after failed logins"],
    ["remove", "disable a user and take the password away, before the tenant file drops it"],
  ] as const)
    ofLogin(define(group, name, description))
      .argument("<user>")
      .action((user: string, options: CommonOptions & UserOptions) =>
        execute(options, async (host) => (await import("./users.js")).change(host, name, user, options)),
      );
}

function ofLogin(command: Command): Command {
  return command.option("--login <path>", "path of the login by password, without auth/", "userpass");
}
