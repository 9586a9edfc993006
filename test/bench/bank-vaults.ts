import { setTimeout as sleep } from "node:timers/promises";
import { begin, type Command } from "../../lab/run";
import type { VaultServer } from "../../lab/servers/vault-server";
import type { TestBed } from "../integration/support/test-bed";

/** Path in the central Vault at which it keeps the keys, as it wants it. */
const STORE = "secrets/data/bank-vaults";

/** Another program that unseals, with the keys in the same central Vault. */
export class BankVaults {
  /**
   * @param program Path of the binary.
   * @param keys Unseal keys of the server.
   * @param period Time between two looks, as Go writes it. @default - its own
   */
  static async start(
    bed: TestBed,
    program: string,
    {
      server,
      keys,
      period,
    }: { readonly server: VaultServer; readonly keys: readonly string[]; readonly period?: string },
  ): Promise<BankVaults> {
    await Promise.all(keys.map((key, index) => keep(bed, `vault-unseal-${index}`, key)));
    const store = ["--mode", "vault", "--vault-addr", bed.central.server.address, "--vault-unseal-keys-path", STORE];
    const command = begin(program, ["unseal", ...store], {
      env: {
        VAULT_ADDR: server.address,
        VAULT_CACERT: bed.caFile,
        BANK_VAULTS_VAULT_TOKEN: bed.central.rootToken,
        ...(period === undefined ? {} : { BANK_VAULTS_UNSEAL_PERIOD: period }),
      },
    });
    const early = await Promise.race([command.ended, sleep(3_000)]);
    if (early !== undefined) throw new Error(`Bank-Vaults does not run: ${early.stderr}`);
    return new BankVaults(command);
  }

  private constructor(private readonly command: Command) {}

  async stop(): Promise<void> {
    this.command.kill("SIGTERM");
    await this.command.ended;
  }
}

/** Writes a key as the program does: bytes, which its client encodes. */
async function keep(bed: TestBed, name: string, key: string): Promise<void> {
  const body = { data: { [name]: Buffer.from(key).toString("base64") } };
  await bed.central.client.send("POST", `${STORE}/${name}`, { body });
}
