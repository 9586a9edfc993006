import { archiveOf, snapshotFiles } from "./archive";
import type { SimulatedAccess } from "./simulated-access";
import type { SimulatedKeys } from "./simulated-ceremonies";

/** What a snapshot of a simulated instance contains. */
export interface SimulatedData {
  /** Initialisation that created the data. */
  readonly data: number;
  readonly keys: SimulatedKeys;
  readonly access: SimulatedAccess;
}

/** Snapshots of a simulated instance, in the format of real ones. */
export class SimulatedSnapshots {
  private readonly taken: SimulatedData[] = [];

  take(contents: SimulatedData): Buffer {
    const id = this.taken.push({ ...contents, access: contents.access.copy() }) - 1;
    return archiveOf(snapshotFiles(Buffer.from(`snapshot ${id} ${"x".repeat(5000)}`)));
  }

  /** @returns Undefined if the bytes are not a whole snapshot. */
  open(bytes: Buffer): SimulatedData | undefined {
    return this.taken.find((_, id) =>
      archiveOf(snapshotFiles(Buffer.from(`snapshot ${id} ${"x".repeat(5000)}`))).equals(bytes),
    );
  }
}
