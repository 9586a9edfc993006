import { Secret } from "../../src/core/secret";
import type { Content, ContentRequests } from "../../src/vault/content";
import { namesIn } from "./memory-content";

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
      remove: (path) => effects.affect(reached(() => void Reflect.deleteProperty(this.objects, path))),
      makeToken: () => effects.affect(reached(() => new Secret("temporary"))),
      renewToken: () => effects.look(reached(() => undefined)),
      isReady: () => effects.look(reached(() => true)),
    };
  }

  private write(path: string, body: object): undefined {
    this.objects[path] = { ...body };
    const [, mounts, mount] = /^(sys\/mounts)\/(.+)$/.exec(path) ?? [];
    if (mounts === undefined) return;
    const entry = { config: {}, options: null, accessor: `accessor-${mount}`, ...body };
    this.objects[mounts] = { ...this.objects[mounts], [`${mount}/`]: entry };
  }
}
