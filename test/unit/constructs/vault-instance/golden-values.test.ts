import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  DevelopmentDeployment,
  HighAvailabilityDeployment,
  StandaloneDeployment,
  type Product,
} from "../../../../src/index";
import type { IDeployment } from "../../../../src/spi";
import { SEALS, STORED, synthesizeInstance, valuesOf } from "../../../support/instance";

const MODES: Readonly<Record<string, IDeployment>> = {
  dev: new DevelopmentDeployment(STORED),
  standalone: new StandaloneDeployment(STORED),
  ha: new HighAvailabilityDeployment(STORED),
  custom: new HighAvailabilityDeployment({
    ...STORED,
    values: { server: { ha: { replicas: 3, disruptionBudget: { maxUnavailable: 0 } }, logLevel: "debug" } },
  }),
};
const PRODUCTS: readonly Product[] = ["vault", "openbao"];

const CASES = Object.keys(MODES).flatMap((mode) =>
  PRODUCTS.flatMap((product) =>
    (Object.keys(SEALS) as (keyof typeof SEALS)[])
      .filter((seal) => seal !== "static" || product === "openbao")
      .map((seal) => ({ mode, product, seal, file: `${mode}-${product}-${seal}.yaml` })),
  ),
);

describe("the values of the Helm release", () => {
  test.each(CASES)("$mode $product $seal", async ({ mode, product, seal, file }) => {
    const deployment = MODES[mode];
    if (deployment === undefined) throw new Error(mode);
    await expect(valuesOf(synthesizeInstance(deployment, { product, seal: SEALS[seal] }))).toMatchFileSnapshot(
      join("golden", file),
    );
  });

  test("are all looked at", () => {
    expect(readdirSync(join(__dirname, "golden")).sort()).toEqual(CASES.map(({ file }) => file).sort());
  });
});
