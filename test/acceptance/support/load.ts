import { setTimeout as sleep } from "node:timers/promises";
import type { VaultClient } from "../../../src/vault/client";

/** Milliseconds between requests, and within which an answer has to come. */
const PAUSE = 50;
const PATIENCE = 1_000;

/** What a load saw. */
export interface LoadReport {
  readonly writes: number;
  readonly failures: number;
  /** Longest time, in milliseconds, in which no write and read succeeded. */
  readonly outage: number;
  /** Numbers of writes that were confirmed and cannot be read. */
  readonly lost: readonly number[];
}

/** A client that writes a secret and reads it back, again and again, as those of a tenant do. */
export class Load {
  private readonly confirmed: number[] = [];
  private failures = 0;
  private outage = 0;
  private running = true;
  private readonly ended: Promise<void>;

  /**
   * @param client Of the Service of the active replica.
   * @param mount KV version 2 mount.
   */
  constructor(
    private readonly client: VaultClient,
    private readonly mount: string,
  ) {
    this.ended = this.run();
  }

  /** Ends it, and reads everything that was confirmed once more. */
  async end(): Promise<LoadReport> {
    this.running = false;
    await this.ended;
    const lost: number[] = [];
    for (const number of this.confirmed) if ((await this.read(number)) !== number) lost.push(number);
    await this.client.close();
    return { writes: this.confirmed.length, failures: this.failures, outage: this.outage, lost };
  }

  private async run(): Promise<void> {
    let lastSuccess = Date.now();
    for (let number = 0; this.running; number++) {
      try {
        await this.write(number);
        this.confirmed.push(number);
        if ((await this.read(number)) !== number) throw new Error("another value was read");
        this.outage = Math.max(this.outage, Date.now() - lastSuccess);
        lastSuccess = Date.now();
      } catch {
        this.failures++;
      }
      await sleep(PAUSE);
    }
    this.outage = Math.max(this.outage, Date.now() - lastSuccess - PAUSE);
  }

  private async write(number: number): Promise<void> {
    await this.client.send("POST", this.path(number), { body: { data: { number } }, timeout: PATIENCE });
  }

  private async read(number: number): Promise<unknown> {
    const { body } = await this.client.send("GET", this.path(number), { timeout: PATIENCE });
    return (body.data as { data: { number: unknown } }).data.number;
  }

  private path(number: number): string {
    return `${this.mount}/data/${number}`;
  }
}
