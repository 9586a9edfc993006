import { describe } from "vitest";
import {
  CLAIM_CHANGES,
  HELM_CHANGES,
  SEAL_CHANGES,
  SELF_INITIALIZATION_CHANGES,
  selfInitialized,
  synthesizeSetting,
} from "../../support/changes/helm";
import { testChanges } from "../../support/changes/test-changes";

describe("servers in Kubernetes", () => testChanges(synthesizeSetting, HELM_CHANGES));
describe("the claims of servers in Kubernetes", () => testChanges(synthesizeSetting, CLAIM_CHANGES));
describe("seals", () => testChanges(synthesizeSetting, SEAL_CHANGES));
describe("self-initialisation", () => testChanges(selfInitialized, SELF_INITIALIZATION_CHANGES));
