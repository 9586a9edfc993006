import { Secret } from "../../src/core/secret";
import { ReplicaError } from "../../src/vault/errors";
import type { Content, ContentRequests } from "../../src/vault/content";
import { answerOfAuthority } from "./simulated-authorities";
import { merged, namesIn } from "./memory-content";

/** How a simulated process reaches what is outside it. */
interface Effects {
  look<Result>(value: () => Result): Promise<Result>;
  affect<Result>(change: () => Result): Promise<Result>;
}

/** What a simulated instance has at its paths, for any token. */
export class SimulatedContent {
  readonly objects: Record<string, Content> = {};

  /** What a process asks. @param reach Fails if the server does not answer. */
  api(effects: Effects, reach: () => void): ContentRequests {
    const reached =
      <Result>(work: () => Result) =>
      (): Result => {
        reach();
        return work();
      };
    return {
      read: (path) => effects.look(reached(() => this.objects[path])),
      list: (path) => effects.look(reached(() => namesIn(this.objects, path))),
      write: (path, body) => effects.affect(reached(() => this.write(path, body))),
      patch: (path, changes) =>
        effects.affect(reached(() => void (this.objects[path] = merged(this.objects[path] ?? {}, changes)))),
      remove: (path) => effects.affect(reached(() => void Reflect.deleteProperty(this.objects, path))),
      makeToken: () => effects.affect(reached(() => new Secret("temporary"))),
      renewToken: () => effects.look(reached(() => undefined)),
      isReady: () => effects.look(reached(() => true)),
    };
  }

  private write(path: string, body: object): Content | undefined {
    const answer = answerOfAuthority(this.objects, path, body);
    if (answer === "refused") throw new ReplicaError("refused", `${path}: issuer name already in use`, 400);
    if (answer !== undefined) return answer;
    if ("options" in body) this.writeVersion(path);
    const { serial_number: serial } = body as { serial_number?: string };
    if (serial !== undefined) this.revoke(path.replace(/revoke$/, `cert/${serial}`));
    this.objects[path] = { ...body };
    const [, mounts, mount] = /^(sys\/mounts)\/(.+)$/.exec(path) ?? [];
    if (mounts === undefined) return undefined;
    const entry = { config: {}, options: null, accessor: `accessor-${mount}`, ...body };
    this.objects[mounts] = { ...this.objects[mounts], [`${mount}/`]: entry };
    return undefined;
  }

  private revoke(certificate: string): void {
    this.objects[certificate] = { ...this.objects[certificate], revocation_time: 1 };
  }

  /** A first version of a secret of KV version 2, for a token that may create it and may not update it. */
  private writeVersion(path: string): void {
    const metadata = path.replace("/data/", "/metadata/");
    if (this.objects[metadata] !== undefined) throw new ReplicaError("denied", `${path}: 403`, 403);
    this.objects[metadata] = { current_version: 1, versions: { 1: { deletion_time: "", destroyed: false } } };
  }
}
