import { describe } from "vitest";
import { testChanges } from "../../support/changes/test-changes";
import { synthesizeWatch, WATCH_CHANGES } from "../../support/changes/unseal-watch";

describe("watchers in Kubernetes", () => testChanges(synthesizeWatch, WATCH_CHANGES));
