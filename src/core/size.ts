import { ValidationError } from "./errors";
import { checkValues } from "./value-type";

/** A size as text, in the units of Kubernetes: `"10Gi"`. */
export type SizeText = `${number}${"Gi" | "Ti"}`;

/** An amount of storage, in whole gibibytes, which is what Cinder allocates. */
export class Size {
  private constructor(private readonly amount: number) {
    Object.freeze(this);
  }

  static gibibytes(amount: number): Size {
    if (!Number.isSafeInteger(amount) || amount < 1) {
      throw new ValidationError("size", `A size of ${amount} GiB is not possible; write a whole number from 1.`);
    }
    return new Size(amount);
  }

  /** Parses a text such as `"10Gi"` or `"1Ti"`. @throws ValidationError if it is not valid. */
  static parse(text: string): Size {
    const match = /^(\d+)(Gi|Ti)$/.exec(text);
    if (match === null) {
      throw new ValidationError(
        "size",
        `"${text}" is not a valid size; write a whole number and Gi or Ti, such as "10Gi".`,
      );
    }
    return Size.gibibytes(Number(match[1]) * (match[2] === "Ti" ? 1024 : 1));
  }

  toGibibytes(): number {
    return this.amount;
  }

  /** As a Kubernetes quantity. */
  toString(): SizeText {
    return `${this.amount}Gi`;
  }
}

const SIZE = { name: "Size", member: "toGibibytes", example: "Size.gibibytes(10)", code: "size" };

/**
 * Checks props that take a Size, because the compiler does not check JavaScript programs.
 *
 * @throws ValidationError if a prop is anything else, such as the text `"10Gi"`.
 */
export function checkSizes<Name extends string>(
  props: Readonly<Partial<Record<Name, Size>>>,
  names: readonly Name[],
  scope?: ConstructorParameters<typeof ValidationError>[2],
): void {
  checkValues(props, names, SIZE, scope);
}
