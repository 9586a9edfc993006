import type { RecordStore } from "../../central/record-store";
import { AccessApi } from "../../vault/access";
import { decodeToken } from "../../vault/ceremony";
import type { VaultClient } from "../../vault/client";
import { shareGroups } from "../../vault/shares";
import { keysRefused, sendKeys } from "../ceremonies/own-ceremony";
import type { SnapshotKeys } from "../snapshot/snapshot-keys";
import { RECOVERY_TOKEN } from "./throw-away-server";

/** Where OpenBao and Vault keep the audit devices of all servers, and of one. */
const TABLES = ["core/audit", "core/local-audit"];

/**
 * Deletes the audit devices from the storage of a server in recovery mode. A server starts only if it can write to one of them, and this
 * machine rarely has their folders. If it has, the instance is on it, and its log is not the drill's to write to.
 *
 * @throws OperationError `keys-refused` if the keys do not open the storage.
 */
export async function removeAuditDevices(
  client: VaultClient,
  { keys, threshold }: Pick<SnapshotKeys, "keys" | "threshold">,
  store: Pick<RecordStore, "path">,
): Promise<void> {
  const api = new AccessApi(client);
  const [attempt, update] = [`${RECOVERY_TOKEN}/attempt`, `${RECOVERY_TOKEN}/update`];
  for (const group of shareGroups(keys, threshold)) {
    const { nonce = "", otp } = (await api.beginCeremony(attempt, {})) ?? {};
    const answer = await sendKeys({ api }, update, nonce, group);
    if (answer !== "refused" && answer.encodedToken !== undefined && otp !== undefined) {
      const storage = client.withToken(decodeToken(answer.encodedToken, otp));
      for (const table of TABLES) await storage.send("DELETE", `sys/raw/${table}`);
      return;
    }
    await api.cancelCeremony(attempt);
  }
  throw keysRefused(store);
}
