import { ValidationError } from "./errors";
import { checkValues } from "./value-type";

const SECONDS_PER_UNIT = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** A duration as text: a whole number and one of the units `s`, `m`, `h`, `d`, such as `"72h"`. */
export type DurationText = `${number}${keyof typeof SECONDS_PER_UNIT}`;

/** A length of time, in whole seconds. */
export class Duration {
  private constructor(private readonly seconds: number) {
    Object.freeze(this);
  }

  static seconds(amount: number): Duration {
    return Duration.of(amount, "s");
  }

  static minutes(amount: number): Duration {
    return Duration.of(amount, "m");
  }

  static hours(amount: number): Duration {
    return Duration.of(amount, "h");
  }

  static days(amount: number): Duration {
    return Duration.of(amount, "d");
  }

  /** Parses a text such as `"30m"`, `"72h"` or `"365d"`. @throws ValidationError if it is not valid. */
  static parse(text: string): Duration {
    const match = /^(\d+)([smhd])$/.exec(text);
    if (match === null) {
      throw new ValidationError(
        "duration",
        `"${text}" is not a valid duration; write a whole number and a unit (s, m, h, d), such as "72h".`,
      );
    }
    return Duration.of(Number(match[1]), match[2] as keyof typeof SECONDS_PER_UNIT);
  }

  private static of(amount: number, unit: keyof typeof SECONDS_PER_UNIT): Duration {
    if (!Number.isSafeInteger(amount) || amount < 1) {
      throw new ValidationError(
        "duration",
        `A duration of ${amount}${unit} is not possible; write a whole number from 1, because Vault reads 0 as no limit.`,
      );
    }
    return new Duration(amount * SECONDS_PER_UNIT[unit]);
  }

  toSeconds(): number {
    return this.seconds;
  }

  isLongerThan(other: Duration): boolean {
    return this.seconds > other.seconds;
  }

  /** Text for {@link Duration.parse} and for Vault, in the largest whole unit up to hours. */
  toString(): DurationText {
    if (this.seconds % 3600 === 0) return `${this.seconds / 3600}h`;
    if (this.seconds % 60 === 0) return `${this.seconds / 60}m`;
    return `${this.seconds}s`;
  }
}

/** The longer of two. */
export function longer(one: Duration, other: Duration): Duration {
  return one.isLongerThan(other) ? one : other;
}

/** The shorter of two. */
export function shorter(one: Duration, other: Duration): Duration {
  return one.isLongerThan(other) ? other : one;
}

/**
 * A lifetime and its maximum, with defaults: that of the lifetime is no longer than a given maximum, and that of the maximum no shorter
 * than a given lifetime.
 */
export function lifetimes(
  given: { readonly ttl: Duration | undefined; readonly maxTtl: Duration | undefined },
  defaults: { readonly ttl: Duration; readonly maxTtl: Duration },
): { readonly ttl: Duration; readonly maxTtl: Duration } {
  const maxTtl = given.maxTtl ?? longer(given.ttl ?? defaults.ttl, defaults.maxTtl);
  return { ttl: given.ttl ?? shorter(defaults.ttl, maxTtl), maxTtl };
}

const DURATION = { name: "Duration", member: "toSeconds", example: "Duration.hours(72)", code: "duration" };

/**
 * Checks props that take a Duration, because the compiler does not check JavaScript programs.
 *
 * @throws ValidationError if a prop is anything else, such as the text `"72h"`.
 */
export function checkDurations<Name extends string>(
  props: Readonly<Partial<Record<Name, Duration>>>,
  names: readonly Name[],
  scope?: ConstructorParameters<typeof ValidationError>[2],
): void {
  checkValues(props, names, DURATION, scope);
}
