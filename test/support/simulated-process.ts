import { Crash, type FaultSource, type Peer } from "./simulated-faults";

/** Calls after which a process counts as one that never ends. */
const TOO_MANY = 200_000;

/** What is outside all processes, as far as their calls need it. */
export interface SimulatedWorld {
  now: number;
  effects: number;
  lossExcused: boolean;
  readonly living: Set<number>;
  /** Former answers, by question. */
  readonly seen: Map<string, unknown>;
  onEffect: () => void;
  /** Lets other processes run in between. */
  turn: (pid: number, why: "call" | "sleep") => Promise<void>;
}

/** A program that runs: each of its calls may fail, be cut off, or be its last. */
export class SimulatedProcess {
  readonly interruption = new AbortController();
  /** What would be lost if it ended now. */
  readonly holds = new Set<string>();
  private calls = 0;
  /** Those that it has changed something at: they answer it from then on with what is newest. */
  private readonly changed = new Set<string>();
  private peer: Peer | undefined;
  private request = "";
  private args: readonly unknown[] = [];

  constructor(
    readonly pid: number,
    private readonly world: SimulatedWorld,
    private readonly faults: FaultSource,
    readonly deadline: number,
  ) {}

  /** Names the calls of an API, so that a fault can be told. */
  named<Api extends object>(peer: Peer, api: Api): Api {
    return new Proxy(api, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown => {
          this.name(peer, String(key), args);
          return member.apply(target, args) as unknown;
        };
      },
    });
  }

  /** Says what the next call is. */
  name(peer: Peer, request: string, args: readonly unknown[] = []): void {
    this.peer = peer;
    this.request = request;
    this.args = args;
  }

  /** Reads something. */
  look<Result>(value: () => Result): Promise<Result> {
    return this.call(false, value);
  }

  /** Changes something. */
  affect<Result>(change: () => Result): Promise<Result> {
    return this.call(true, change);
  }

  /** Changes a file. @param failure What the disk says if it is full or read-only. */
  touch<Result>(name: string, change: () => Result, failure: () => Error): Result {
    this.check();
    const fault = this.faults({ pid: this.pid, name: `journal.${name}`, writes: true, mayBeStale: false });
    if (fault === "crash-before") this.die();
    if (fault === "cut-before" || fault === "cut-after" || fault === "unavailable") throw failure();
    const result = change();
    this.affected();
    if (fault === "crash-after") this.die();
    this.endTime(fault);
    return result;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.world.turn(this.pid, "sleep");
    this.check();
    if (signal?.aborted !== true) this.world.now += milliseconds;
  }

  /** @throws Crash if the process was killed. */
  check(): void {
    if (!this.world.living.has(this.pid)) throw new Crash();
  }

  /** Whether time is up or the user interrupted the run, so that its requests are aborted. */
  get isOver(): boolean {
    return this.interruption.signal.aborted || this.world.now > this.deadline;
  }

  private async call<Result>(writes: boolean, work: () => Result): Promise<Result> {
    const { peer, request, args, world, pid } = this;
    if (peer === undefined) throw new Error("nobody is asked");
    const name = `${peer.name}.${request}`;
    const isCopied = !writes && peer.copies(request);
    const question = isCopied ? questionOf(name, args) : "";
    await world.turn(pid, "call");
    this.check();
    if (++this.calls > TOO_MANY) throw new Error(`it hangs at ${name}`);
    const mayBeStale = isCopied && !this.changed.has(peer.name);
    const fault = this.faults({ pid, name, writes, mayBeStale });
    if (fault === "crash-before") this.die();
    if (fault === "cut-before" || (this.isOver && peer.isPatient !== true)) throw peer.cut();
    if (fault === "unavailable") throw peer.unavailable();
    if (fault === "stale" && world.seen.has(question)) return world.seen.get(question) as Result;
    const result = work();
    if (writes) this.changed.add(peer.name);
    if (writes) this.affected();
    else if (isCopied) world.seen.set(question, result);
    if (fault === "crash-after") this.die();
    this.endTime(fault);
    if (fault === "cut-after" || (this.isOver && peer.isPatient !== true)) throw peer.cut();
    return result;
  }

  private affected(): void {
    this.world.effects++;
    this.world.onEffect();
  }

  private endTime(fault: ReturnType<FaultSource>): void {
    if (fault === "deadline") this.world.now = Math.max(this.world.now, this.deadline + 1);
    if (fault === "interrupt") this.interruption.abort();
  }

  /** What only this process knows is lost then, which nobody can prevent. */
  private die(): never {
    this.world.living.delete(this.pid);
    if (this.holds.size > 0) this.world.lossExcused = true;
    throw new Crash();
  }
}

/** What tells a question from others of its name. */
function questionOf(name: string, args: readonly unknown[]): string {
  return `${name}(${args.filter((each) => typeof each !== "object").join()})`;
}
