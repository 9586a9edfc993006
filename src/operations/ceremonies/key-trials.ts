import type { Secret } from "../../core/secret";
import { shareGroups } from "../../vault/shares";

/**
 * Groups of keys that a server has not refused yet, per set of keys. If a key is damaged and none is to spare, only the server can
 * tell which group is right.
 */
export class KeyTrials<Name extends string> {
  private readonly left = new Map<Name, Groups>();

  /** Sets of which the server has refused every group. */
  get refused(): readonly Name[] {
    return [...this.left].flatMap(([name, { groups }]) => (groups.length === 0 ? [name] : []));
  }

  /**
   * The group to show next; no key if every group was refused, or there are too few keys.
   *
   * @param threshold What the server wants. It changes if another set of keys has come to use.
   */
  next(name: Name, keys: readonly Secret[], threshold: number): readonly Secret[] {
    const known = this.left.get(name);
    const current = known?.threshold === threshold ? known : { threshold, groups: groupsOf(keys, threshold) };
    this.left.set(name, current);
    return current.groups[0] ?? [];
  }

  /** The server has refused what {@link next} returned. */
  refuse(name: Name): void {
    this.left.get(name)?.groups.shift();
  }

  /** The set has other keys now. */
  forget(name: Name): void {
    this.left.delete(name);
  }

  /** Every set may have other keys now. */
  forgetAll(): void {
    this.left.clear();
  }
}

interface Groups {
  readonly threshold: number;
  readonly groups: (readonly Secret[])[];
}

/** A server that gets fewer keys than it wants waits for more, and never refuses them. */
function groupsOf(keys: readonly Secret[], threshold: number): (readonly Secret[])[] {
  return shareGroups(keys, threshold).filter(({ length }) => length >= threshold);
}
