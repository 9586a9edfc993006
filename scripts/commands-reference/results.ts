import { CENTRAL_RESULTS } from "./results/central-commands";
import { DATA_RESULTS } from "./results/data-commands";
import { ENGINE_RESULTS } from "./results/engine-commands";
import { FLEET_RESULTS } from "./results/fleet-commands";
import { INSTANCE_RESULTS } from "./results/instance-commands";
import { KEY_RESULTS } from "./results/key-commands";
import { SNAPSHOT_RESULTS } from "./results/snapshot-commands";
import { USER_RESULTS } from "./results/user-commands";
import type { Results } from "./results/result";

/** The outputs of all commands. Each file has those of the file in src/cli that has its name. */
export const RESULTS: Results = {
  ...INSTANCE_RESULTS,
  ...KEY_RESULTS,
  ...SNAPSHOT_RESULTS,
  ...DATA_RESULTS,
  ...ENGINE_RESULTS,
  ...FLEET_RESULTS,
  ...CENTRAL_RESULTS,
  ...USER_RESULTS,
};
