import { isDeepStrictEqual } from "node:util";
import { capabilitiesOf, capabilityBit, effectiveBits, isOfLists, type Acl, type AclRule } from "./acl";
import type { Constraints } from "./constraints";
import { pathClasses, type PathClass } from "./path-automaton";
import { compare } from "./policy-document";
import type { Capability } from "./statement";

/** A capability on paths that one set of policies gives and the other does not, or gives under other constraints. */
export interface AccessChange {
  /** The pattern that gives it: of the policies after the change, or before it if it was removed. */
  readonly pattern: string;
  readonly capability: Capability;
  /** A shortest path on which it differs. */
  readonly witness: string;
  /** The pattern that decided there before. @default - none matched */
  readonly before?: string;
  /** The pattern that decides there after. @default - none matches */
  readonly after?: string;
}

/** A capability that stays, under other constraints on parameters, wrapping or other attributes. */
export interface ConstraintChange extends AccessChange {
  readonly constraintsBefore: Constraints;
  readonly constraintsAfter: Constraints;
}

/** What a change of policies adds and removes: one row per pattern and capability, sorted. */
export interface AccessDiff {
  readonly added: readonly AccessChange[];
  readonly removed: readonly AccessChange[];
  readonly changed: readonly ConstraintChange[];
}

/**
 * Compares what two sets of policies allow, on all paths. It is exact: empty lists mean that no request is answered differently.
 *
 * @throws ValidationError if the policies are too complex.
 */
export function accessDiff(before: Acl, after: Acl): AccessDiff {
  const rows = {
    added: new Rows<AccessChange>(),
    removed: new Rows<AccessChange>(),
    changed: new Rows<ConstraintChange>(),
  };
  const classes = pathClasses([before, after], { isOfInterest: ([one, other]) => !isSame(one, other) });
  for (const each of classes) compareClass(each, rows);
  return { added: rows.added.sorted(), removed: rows.removed.sorted(), changed: rows.changed.sorted() };
}

/** Whether the diff has no row. */
export function isSameAccess({ added, removed, changed }: AccessDiff): boolean {
  return added.length + removed.length + changed.length === 0;
}

function isSame(one: AclRule | undefined, other: AclRule | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.pattern.text === other.pattern.text &&
    one.capabilities === other.capabilities &&
    isDeepStrictEqual(one.constraints, other.constraints)
  );
}

interface AllRows {
  readonly added: Rows<AccessChange>;
  readonly removed: Rows<AccessChange>;
  readonly changed: Rows<ConstraintChange>;
}

function compareClass({ path: witness, own, ofLists }: PathClass, rows: AllRows): void {
  const bits = [0, 1].map((acl) => effectiveBits(own[acl], ofLists[acl]));
  const [had = 0, has = 0] = bits;
  for (const capability of capabilitiesOf(had | has)) {
    const [before, after] = isOfLists(capability) ? ofLists : own;
    const [did = false, does = false] = bits.map((each) => (each & capabilityBit(capability)) !== 0);
    const change = {
      ...{ pattern: (does ? after : before)?.pattern.text ?? "", capability, witness },
      ...(before === undefined ? {} : { before: before.pattern.text }),
      ...(after === undefined ? {} : { after: after.pattern.text }),
    };
    const constraintsBefore = before?.constraints ?? {};
    const constraintsAfter = after?.constraints ?? {};
    if (did !== does) rows[does ? "added" : "removed"].add(change);
    else if (!isDeepStrictEqual(constraintsBefore, constraintsAfter))
      rows.changed.add({ ...change, constraintsBefore, constraintsAfter });
  }
}

/** Keeps the first row per pattern and capability, whose witness is the shortest. */
class Rows<Row extends AccessChange> {
  private readonly rows = new Map<string, Row>();

  add(row: Row): void {
    const key = `${row.capability} ${row.pattern}`;
    if (!this.rows.has(key)) this.rows.set(key, row);
  }

  sorted(): Row[] {
    return [...this.rows.values()].sort((a, b) => compare(a.pattern, b.pattern) || compare(a.capability, b.capability));
  }
}
