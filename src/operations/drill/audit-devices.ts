import type { RecordStore } from "../../central/record-store";
import { AccessApi } from "../../vault/access";
import { decodeToken } from "../../vault/ceremony";
import type { VaultClient } from "../../vault/client";
import { shareGroups } from "../../vault/shares";
import { keysRefused, sendKeys } from "../ceremonies/own-ceremony";
import type { SnapshotKeys } from "../snapshot/snapshot-keys";

/** Makes a token for the storage. Only a server in recovery mode has it; a server outside of it answers 404. */
const TOKEN = "sys/generate-recovery-token";
/** Where a server in recovery mode can be asked whether it has started. */
export const RECOVERY_PROBE = `${TOKEN}/attempt`;

/** Where OpenBao and Vault keep the audit devices of all servers, and of one. */
const TABLES = ["core/audit", "core/local-audit"];

/**
 * Deletes the audit devices from the storage of a server in recovery mode. A server starts only if it can write to one of them, and this
 * machine rarely has their folders. If it has, the instance is on it, and its log is not the drill's to write to.
 * https://openbao.org/docs/concepts/recovery-mode/
 *
 * @throws OperationError `keys-refused` if the keys do not open the storage.
 */
export async function removeAuditDevices(
  client: VaultClient,
  { keys, threshold }: Pick<SnapshotKeys, "keys" | "threshold">,
  store: Pick<RecordStore, "path">,
): Promise<void> {
  const api = new AccessApi(client);
  for (const group of shareGroups(keys, threshold)) {
    const { nonce = "", otp } = (await api.beginCeremony(RECOVERY_PROBE, {})) ?? {};
    const answer = await sendKeys({ api }, `${TOKEN}/update`, nonce, group);
    if (answer !== "refused" && answer.encodedToken !== undefined && otp !== undefined) {
      const storage = client.withToken(decodeToken(answer.encodedToken, otp));
      for (const table of TABLES) await storage.send("DELETE", `sys/raw/${table}`);
      return;
    }
    await api.cancelCeremony(RECOVERY_PROBE);
  }
  throw keysRefused(store);
}
