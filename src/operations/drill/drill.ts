import type { CredentialStore } from "../../central/credential-store";
import type { RecordStore } from "../../central/record-store";
import { IDENTITY_LOGIN } from "../../contract/identities";
import type { Replica } from "../../contract/instance";
import { OperationError } from "../../core/errors";
import type { Secret } from "../../core/secret";
import { AccessApi } from "../../vault/access";
import { ReplicaError } from "../../vault/errors";
import { ReplicaApi } from "../../vault/replica";
import { SnapshotApi } from "../../vault/snapshot";
import type { RunContext } from "../context";
import { recoverRetryable, runLoop, UnfinishedError } from "../loop";
import { credentialHistory } from "../snapshot/former-credentials";
import { openSnapshot } from "../snapshot/open-snapshot";
import { findSnapshotKeys, type SnapshotKeys } from "../snapshot/snapshot-keys";
import type { Manifest } from "../snapshot/manifest";
import type { SnapshotTarget } from "../snapshot/target";
import { unsealReplica } from "../unseal/unsealing";
import { removeAuditDevices } from "./audit-devices";
import { chainProblem } from "./ca-chain";
import { proofMetadata } from "./restore-proof";
import { ThrowAwayServer, type ServerCommand } from "./throw-away-server";

const POLL = 250;
const SERVER: Replica = { name: "the throw-away server", address: "http://localhost" };

/** What a drill uses. It does not touch the instance. */
export interface DrillContext extends RunContext {
  readonly store: Pick<RecordStore, "path" | "read" | "readVersion" | "readWithKeys" | "patchMetadata">;
  readonly credentials: Pick<CredentialStore, "read" | "readVersion">;
}

/** What to prove, and with which program. */
export interface DrillOptions extends ServerCommand {
  readonly manifest: Manifest;
  /** Private keys of age. */
  readonly identities: readonly Secret[];
}

/** What a drill proved. */
export interface DrillReport {
  readonly snapshot: string;
  /** Version of the server that restored it. */
  readonly version: string;
  /** Secrets engines that the restored server has. */
  readonly mounts: number;
  /** CA chains that were checked. */
  readonly caChains: number;
}

/**
 * Restores a snapshot into a throw-away server on this machine, opens it with the recorded keys, logs in and reads, checks the chains
 * of its CAs, destroys it, and writes the proof to the metadata of the record.
 *
 * @throws OperationError `drill-failed` or `keys-refused` if the snapshot would not help in an emergency.
 */
export async function drill(
  context: DrillContext,
  target: SnapshotTarget,
  { manifest, identities, ...command }: DrillOptions,
): Promise<DrillReport> {
  if (manifest.seal !== "shamir") {
    throw new OperationError(
      "drill-unsupported",
      `${manifest.name} has the seal "${manifest.seal}", whose key a throw-away server does not have; restore it into an instance with this seal to prove it.`,
    );
  }
  const keys = await findSnapshotKeys({ store: context.store, instance: { seal: "shamir" } }, manifest);
  const server = await ThrowAwayServer.start(command, context.clock, context.signal);
  let report: DrillReport;
  try {
    const run = new Drill(context, server, manifest, keys);
    await run.restore(openSnapshot(target, manifest, identities));
    await run.removeAuditDevices();
    report = await run.prove();
  } finally {
    await server.destroy();
  }
  const time = context.clock.date().toISOString();
  await context.store.patchMetadata(proofMetadata({ time, snapshot: report.snapshot, version: report.version }));
  return report;
}

class Drill {
  private readonly replica: ReplicaApi;

  constructor(
    private readonly context: DrillContext,
    private readonly server: ThrowAwayServer,
    private readonly manifest: Manifest,
    private readonly keys: SnapshotKeys,
  ) {
    this.replica = new ReplicaApi(server.client);
  }

  /** Initialises the server with keys of its own, because an empty server takes no snapshot. */
  async restore(snapshot: AsyncIterable<Uint8Array>): Promise<void> {
    const { shares, threshold } = this.manifest;
    const { keys, rootToken } = await this.replica.initialize("shamir", shares, threshold);
    await this.unseal(keys);
    await this.waitUntilActive();
    await SnapshotApi.as(this.server.client, rootToken).restore(snapshot, true);
    await this.until("it seals itself", async () => (await this.replica.status()).state === "sealed");
  }

  /** Those of the instance, whose folders and collectors this machine does not have. */
  async removeAuditDevices(): Promise<void> {
    await this.server.run("recovery");
    await removeAuditDevices(this.server.client, this.keys, this.context.store);
    await this.server.run("normal");
  }

  /** Opens the restored data with the recorded keys, and uses them. */
  async prove(): Promise<DrillReport> {
    await this.unseal(this.keys.keys);
    await this.waitUntilActive();
    const token = await this.logIn();
    const engines = await AccessApi.as(this.server.client, token).engines();
    let caChains = 0;
    for (const { path, type } of engines) {
      if (type === "pki" && (await this.checkChain(path))) caChains++;
    }
    const version = await SnapshotApi.as(this.server.client, token).serverVersion();
    return { snapshot: this.manifest.name, version, mounts: engines.length, caChains };
  }

  private async unseal(keys: readonly Secret[]): Promise<void> {
    const { clock, store } = this.context;
    const instance = { secretThreshold: this.manifest.threshold } as Parameters<typeof unsealReplica>[0]["instance"];
    const status = await this.replica.status();
    await unsealReplica({ instance, clock, store, replica: () => this.replica }, { ...SERVER, status }, keys);
  }

  /** A login that the data of the snapshot know: of the identity `plan`, or the root token of that time. */
  private async logIn(): Promise<Secret> {
    const { credentials } = this.context;
    const access = new AccessApi(this.server.client);
    for await (const credential of credentialHistory(credentials, "plan", await credentials.read("plan"))) {
      const token = await access.login(IDENTITY_LOGIN, credential);
      if (token !== undefined) return token;
    }
    const { rootToken } = this.keys;
    if (rootToken !== undefined && (await AccessApi.as(this.server.client, rootToken).isAllowed("sys/mounts")))
      return rootToken;
    throw this.failure("neither the identity plan nor the root token of its time can log in");
  }

  /** @returns Whether the engine has a CA. */
  private async checkChain(mount: string): Promise<boolean> {
    const { body } = await this.server.client.send("GET", `${mount}/cert/ca_chain`, { accept: [404] });
    const { certificate = "" } = (body.data ?? {}) as { certificate?: string };
    const chain = certificate.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    const problem = chainProblem(chain);
    if (problem !== undefined) throw this.failure(`the chain of ${mount} is broken: ${problem}`);
    return chain.length > 0;
  }

  private waitUntilActive(): Promise<true> {
    return this.until("it becomes active", async () => (await this.replica.leader())?.isSelf === true);
  }

  private until(what: string, check: () => Promise<boolean>): Promise<true> {
    return runLoop<boolean, boolean, true>(this.context, {
      observe: check,
      decide: (done) => done,
      perform: (done) => Promise.resolve(done ? { done: true } : { wait: `${SERVER.name}: ${what}` }),
      recover: (error) => (error instanceof ReplicaError ? { wait: error.message } : recoverRetryable(error)),
      unfinished: (code, last) =>
        new UnfinishedError(
          code,
          `The drill with ${this.manifest.name} is not finished (last: ${last ?? "nothing"}); its server is destroyed, and the instance was not touched: run this again.`,
        ),
      poll: POLL,
    });
  }

  private failure(reason: string): OperationError {
    return new OperationError(
      "drill-failed",
      `The snapshot ${this.manifest.name} was restored, but ${reason}; take another snapshot, and prove that one.`,
    );
  }
}
