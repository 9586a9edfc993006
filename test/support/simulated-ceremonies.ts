import { Secret } from "../../src/core/secret";
import type { BegunCeremony, Ceremony, CeremonyProgress } from "../../src/vault/ceremony";

/** Keys of a simulated instance, and how many of them are needed together. */
export interface SimulatedKeys {
  readonly keys: readonly Secret[];
  readonly threshold: number;
}

/** Where a simulated instance keeps the keys that open its data. */
export interface KeysInUse {
  get(): SimulatedKeys;
  set(keys: SimulatedKeys): void;
}

interface State {
  readonly nonce: string;
  readonly otp: string;
  readonly shares: number;
  readonly threshold: number;
  readonly sent: Set<string>;
  made?: SimulatedKeys;
  verification?: string;
  readonly verified: Set<string>;
}

/** Ceremonies of an active server, which has them in memory. */
export class SimulatedCeremonies {
  private readonly states = new Map<string, State>();
  private made = 0;
  /** Root tokens that ceremonies have made. */
  readonly rootTokens = new Set<string>();
  /** Whether the server keeps new keys from use until they are verified. */
  verifies = true;
  /** Rotations that took effect. */
  rotations = 0;

  /** @param begun Paths of ceremonies that somebody has begun. */
  constructor(
    private readonly begun: Set<string>,
    private readonly inUse: KeysInUse,
  ) {}

  /** Forgets everything, as a server does that is not active any more. */
  forget(): void {
    this.begun.clear();
    this.states.clear();
  }

  find(path: string): Ceremony | undefined {
    if (!this.begun.has(path)) return undefined;
    const state = this.states.get(path);
    const required = this.inUse.get().threshold;
    if (state === undefined) return { nonce: "theirs", progress: 0, required, verification: undefined };
    return {
      nonce: state.nonce,
      progress: state.sent.size,
      required,
      verification: state.verification,
      verifies: this.verifies,
    };
  }

  begin(path: string, settings: object): BegunCeremony | undefined {
    if (this.begun.has(path)) return undefined;
    const { secret_shares: shares = 1, secret_threshold: threshold = 1 } = settings as Record<string, number>;
    const nonce = `nonce-${++this.made}`;
    const otp = path.endsWith("/attempt") ? "0123456789abcdef" : "";
    this.begun.add(path);
    this.states.set(path, { nonce, otp, shares, threshold, sent: new Set(), verified: new Set() });
    return { nonce, otp: otp === "" ? undefined : new Secret(otp) };
  }

  /** @param path That of the ceremony, or of its verification, whose keys are forgotten then. */
  cancel(path: string): void {
    if (path.endsWith("/verify")) {
      const state = this.states.get(path.replace(/verify$/, "init"));
      if (state !== undefined) this.restartVerification(state);
      return;
    }
    this.begun.delete(path);
    this.states.delete(path);
  }

  send(path: string, nonce: string, key: string): CeremonyProgress | "refused" {
    const begun = path.replace(/(update|verify)$/, path.startsWith("sys/generate") ? "attempt" : "init");
    const state = this.states.get(begun);
    if (state === undefined || !this.begun.has(begun)) return "refused";
    if (path.endsWith("/verify")) return this.verify(begun, state, nonce, key);
    const { keys, threshold } = this.inUse.get();
    if (state.nonce !== nonce || state.made !== undefined || state.sent.has(key)) return "refused";
    state.sent.add(key);
    if (state.sent.size < threshold) return progressOf(false);
    const right = areAmong(keys, state.sent);
    state.sent.clear();
    if (!right) return "refused";
    return begun.endsWith("/attempt") ? this.makeToken(begun, state) : this.makeKeys(state);
  }

  private makeKeys(state: State): CeremonyProgress {
    const rotation = ++this.made;
    const keys = Array.from({ length: state.shares }, (_, index) => new Secret(`rotated-${rotation}-${index}`));
    state.made = { keys, threshold: state.threshold };
    state.verification = `verification-${++this.made}`;
    return { ...progressOf(true), keys };
  }

  private makeToken(path: string, { otp }: State): CeremonyProgress {
    const token = `root-made-${String(++this.made).padStart(6, "0")}`;
    this.rootTokens.add(token);
    this.cancel(path);
    const bytes = Buffer.from(token).map((byte, index) => byte ^ otp.charCodeAt(index));
    return { ...progressOf(true), encodedToken: new Secret(Buffer.from(bytes).toString("base64")) };
  }

  private verify(path: string, state: State, nonce: string, key: string): CeremonyProgress | "refused" {
    const { made } = state;
    if (made === undefined || nonce !== state.verification) return "refused";
    if (state.verified.has(key)) {
      this.restartVerification(state);
      return "refused";
    }
    state.verified.add(key);
    if (state.verified.size < made.threshold) return progressOf(false);
    if (!areAmong(made.keys, state.verified)) {
      this.restartVerification(state);
      return "refused";
    }
    this.inUse.set(made);
    this.rotations++;
    this.cancel(path);
    return progressOf(true);
  }

  private restartVerification(state: State): void {
    state.verified.clear();
    state.verification = `verification-${++this.made}`;
  }
}

function areAmong(keys: readonly Secret[], sent: ReadonlySet<string>): boolean {
  const known = keys.map((key) => key.reveal());
  return [...sent].every((key) => known.includes(key));
}

function progressOf(complete: boolean): CeremonyProgress {
  return { complete, keys: undefined, encodedToken: undefined };
}
