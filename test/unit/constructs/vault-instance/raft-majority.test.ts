import { describe, expect, test } from "vitest";
import { DevelopmentDeployment, HighAvailabilityDeployment, StandaloneDeployment } from "../../../../src/index";
import type { IDeployment } from "../../../../src/spi";
import { planOf } from "../../../support/changes/plan";
import { HELM_PROPS, STORED, synthesizeInstance } from "../../../support/instance";
import { only } from "../../../support/synth";

const DEVELOPMENT = new DevelopmentDeployment(HELM_PROPS);

function deployed(replicas: number): IDeployment {
  return replicas === 1 ? new StandaloneDeployment(STORED) : new HighAvailabilityDeployment({ ...STORED, replicas });
}

/** Lines of the plan that refuse it. */
function refusals(before: IDeployment, after: IDeployment): string[] {
  return planOf(synthesizeInstance(before), synthesizeInstance(after)).filter((line) => line.startsWith("refuse "));
}

describe("HighAvailabilityDeploymentProps.replicas", () => {
  const numbers = [1, 3, 5, 7];
  const pairs = numbers.flatMap((before) => numbers.map((after) => [before, after] as const));

  test.each(pairs)("that goes from %i to %i is refused if raft would lose its majority", (before, after) => {
    const isMajority = after > before / 2;
    const lines = refusals(deployed(before), deployed(after));
    expect(lines).toHaveLength(isMajority ? 0 : 1);
    if (!isMajority) expect(lines[0]).toContain(`data-customer10-main-${2 * after - 1}`);
  });

  test("is looked up by one claim in the namespace of the instance", () => {
    const { data = {} } = synthesizeInstance(deployed(3));
    expect(only(data, "kubernetes_resources")).toMatchObject({
      api_version: "v1",
      kind: "PersistentVolumeClaim",
      namespace: "customer10-main",
      field_selector: "metadata.name=data-customer10-main-5",
    });
  });

  test.each<[string, IDeployment]>([
    ["five replicas, which are a majority of any number", deployed(5)],
    ["a server without a volume", DEVELOPMENT],
  ])("is not looked up for %s", (_, deployment) => {
    expect(synthesizeInstance(deployment).data?.kubernetes_resources).toBeUndefined();
  });

  test.each([
    [
      1,
      "cannot go to 1 replica, because .* data-customer10-main-1; keep 3 replicas, or first remove the two other members as docs/operating/scale.md says",
    ],
    [3, "cannot go to 3 replicas, because .* data-customer10-main-5; deploy 5 replicas first."],
  ])("%i is refused with what to do", (replicas, message) => {
    const { lifecycle } = only(synthesizeInstance(deployed(replicas)).data ?? {}, "kubernetes_resources") as {
      lifecycle?: { postcondition: { error_message: string }[] };
    };
    expect(lifecycle?.postcondition[0]?.error_message).toMatch(new RegExp(`^The instance customer10/main ${message}`));
  });
});

test("a retired instance looks nothing up", () => {
  expect(synthesizeInstance(deployed(3), { retired: true }).data?.kubernetes_resources).toBeUndefined();
});
