import { chownSync } from "node:fs";
import { userInfo } from "node:os";
import { run } from "../run";
import { writePrivate } from "./private-file";

/** Account for servers that refuse to run as root. */
export interface Account {
  readonly name: string;
  /** Undefined for the user of this program. */
  readonly ids?: { readonly uid: number; readonly gid: number };
}

/** Returns the user of this program, or `daemon` if the user is root. */
export async function unprivilegedAccount(): Promise<Account> {
  const { uid, username } = userInfo();
  if (uid !== 0) return { name: username };
  const id = async (flag: string): Promise<number> => Number((await run("id", [flag, "daemon"])).stdout);
  return { name: "daemon", ids: { uid: await id("-u"), gid: await id("-g") } };
}

/** Gives a file or folder to the account. */
export function giveTo(account: Account, path: string): void {
  if (account.ids !== undefined) chownSync(path, account.ids.uid, account.ids.gid);
}

/** Writes a file that only the account can read. @returns Its path. */
export function writeFor(account: Account, path: string, content: string): string {
  writePrivate(path, content);
  giveTo(account, path);
  return path;
}
