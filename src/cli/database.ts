import { readField } from "../central/key-value";
import { DATABASE_VARIABLE, parseDatabasePassword } from "../contract/database-passwords";
import { writePassword } from "../operations/databases/write-password";
import type { CommandHost, CommandResult } from "./command";
import { hookDescription } from "./hook-description";
import { withInstance, type InstanceOptions } from "./instance";

/** `tenant-vault database`: the hook of the config layer that writes the password of a database connection. */
export function database(host: CommandHost, target: string, options: InstanceOptions): Promise<CommandResult> {
  const described = hookDescription(host.environment, target, {
    variable: DATABASE_VARIABLE,
    what: "the database",
    parse: parseDatabasePassword,
  });
  return withInstance(host, target, { ...options, supplies: false }, async (context, central) => {
    const { mount, path, field } = described.password;
    const report = await writePassword(context, described, () => readField(central, mount, path, field));
    const did = report.steps.length === 0 ? "nothing to do" : report.steps.join(", ");
    return {
      text: `${target}: the connection ${report.mount}/config/${report.connection} has its password (${did})\n`,
      json: { instance: target, ...report },
    };
  });
}
