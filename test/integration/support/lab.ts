import { rmSync } from "node:fs";
import type { Lab } from "../../../lab/lab";

/** Stops a lab, and removes what it deployed. @param lab Undefined if it did not start, which has left nothing then. */
export async function removeLab(lab: Lab | undefined): Promise<void> {
  await lab?.stop();
  if (lab !== undefined) rmSync(lab.deployFolder, { recursive: true });
}
