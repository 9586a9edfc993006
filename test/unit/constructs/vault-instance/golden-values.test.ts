import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  DevelopmentDeployment,
  HighAvailabilityDeployment,
  StandaloneDeployment,
  type Product,
} from "../../../../src/index";
import type { IDeployment } from "../../../../src/spi";
import { all } from "../../../support/all";
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

const GOLDEN = join(__dirname, "golden");
const SEAL_NAMES = Object.keys(SEALS) as (keyof typeof SEALS)[];

/** Each mode with the default seal, and each seal in the default mode. */
const CASES = PRODUCTS.flatMap((product) =>
  [
    ...Object.keys(MODES).map((mode) => ({ mode, seal: "shamir" as const })),
    ...sealsOf(product)
      .filter((seal) => seal !== "shamir")
      .map((seal) => ({ mode: "ha", seal })),
  ].map(({ mode, seal }) => ({ mode, product, seal, file: fileOf(mode, product, seal) })),
);

function fileOf(mode: string, product: Product, seal: keyof typeof SEALS): string {
  return `${mode}-${product}-${seal}.yaml`;
}

function sealsOf(product: Product): (keyof typeof SEALS)[] {
  return SEAL_NAMES.filter((seal) => seal !== "static" || product === "openbao");
}

function valuesIn(mode: string, product: Product, seal: keyof typeof SEALS): string {
  const deployment = MODES[mode];
  if (deployment === undefined) throw new Error(mode);
  return valuesOf(synthesizeInstance(deployment, { product, seal: SEALS[seal] }));
}

function golden(mode: string, product: Product, seal: keyof typeof SEALS): string {
  return readFileSync(join(GOLDEN, fileOf(mode, product, seal)), "utf8");
}

/** Lines that go, and lines that come. */
function changes(before: string, after: string): [string[], string[]] {
  return [surplus(before, after), surplus(after, before)];
}

/** Lines of one text that another does not have. */
function surplus(text: string, other: string): string[] {
  const rest = other.split("\n");
  return text.split("\n").filter((line) => {
    const index = rest.indexOf(line);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

describe("the values of the Helm release", () => {
  test.each(CASES)("$mode $product $seal", async ({ mode, product, seal, file }) => {
    await expect(valuesIn(mode, product, seal)).toMatchFileSnapshot(join(GOLDEN, file));
  });

  test("have no golden file without a case", () => {
    expect(readdirSync(GOLDEN).sort()).toEqual(CASES.map(({ file }) => file).sort());
  });

  test.each(PRODUCTS)("a seal of %s changes the same lines whatever the mode", (product) => {
    for (const seal of all(sealsOf(product).filter((name) => name !== "shamir"))) {
      const expected = changes(golden("ha", product, "shamir"), golden("ha", product, seal));
      expect(expected.flat().length, seal).toBeGreaterThan(0);
      expect(changes(golden("dev", product, "shamir"), valuesIn("dev", product, seal)), seal).toEqual(expected);
    }
  });
});
