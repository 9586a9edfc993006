import { inspect } from "node:util";

const REDACTED = "[secret]";

/**
 * A secret in memory. Log lines, errors and debuggers print it as `[secret]`, and the log does not accept it as a field.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    Object.freeze(this);
  }

  /** Returns the value, for the one place that needs it. */
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
    throw new TypeError("A secret cannot be serialised; call reveal() at the place that needs the value.");
  }
}
