import { PASSWORD_REVISION, type DatabasePassword } from "../../contract/database-passwords";
import type { Content } from "../../vault/content";

/** What is to be done about the password of a connection. */
export type PasswordStep = "write" | "verify" | "nothing";

/**
 * What is to be done. A password that was written once is not written again, because the instance may have replaced it since.
 *
 * @param found The connection as the instance shows it; undefined if there is none.
 * @param isVerified Whether this run has logged in to the database, and written the settings that it has.
 */
export function decidePassword(
  { revision, verify, settings }: Pick<DatabasePassword, "revision" | "verify" | "settings">,
  found: Content | undefined,
  isVerified: boolean,
): PasswordStep {
  const details = (found?.connection_details ?? {}) as Content;
  if (details[PASSWORD_REVISION] !== revision) return "write";
  return (verify || settings !== undefined) && !isVerified ? "verify" : "nothing";
}
