import { describe } from "vitest";
import { SNAPSHOTS_CHANGES, synthesizeSnapshots } from "../../support/changes/raft-snapshots";
import { testChanges } from "../../support/changes/test-changes";

describe("scheduled snapshots", () => testChanges(synthesizeSnapshots, SNAPSHOTS_CHANGES));
