import { inspect } from "node:util";

const REDACTED = "[secret]";

/**
 * A secret in memory. Wherever it is shown by mistake (a log line, an error, a debugger's print-out) it shows as `[secret]`, and it is
 * not a value that a log accepts.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  /** The value, for the one place that it is meant for. */
  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }

  /** @throws TypeError always: a placeholder must never be stored where a key belongs. */
  toJSON(): never {
    throw new TypeError("A secret is not serialised by itself; reveal it where it is meant to go.");
  }
}
