// Policies: their evaluator beside a real server, and the time of a diff: node --import tsx test/bench/policies.ts [pairs]
import { performance } from "node:perf_hooks";
import { accessDiff } from "../../src/policy/access-diff";
import { Acl } from "../../src/policy/acl";
import { statementEffects } from "../../src/policy/statement-effects";
import { TestBed } from "../integration/support/test-bed";
import { largeTenant } from "../support/large-tenants";
import { differences, differentialClient } from "../support/policy-differential";

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function measure(name: string, work: () => number): void {
  const begun = performance.now();
  const rows = work();
  print(`${name}: ${(performance.now() - begun).toFixed(0)} ms, ${rows} rows`);
}

function computations(): void {
  const [one, other] = [largeTenant("acme", 200), largeTenant("umbrella", 200)];
  measure("diff of two tenants, 200 policies each", () => accessDiff(new Acl(one), new Acl(other)).added.length);
  const fewer = one.slice(0, -10);
  measure("diff of one tenant, one policy less", () => accessDiff(new Acl(one), new Acl(fewer)).removed.length);
  measure(
    "effects of all statements of 200 policies",
    () => statementEffects(one).filter((each) => each.isDead).length,
  );
}

async function main(): Promise<void> {
  computations();
  const pairs = Number(process.argv[2] ?? 100_000);
  const seed = Number(process.env.POLICY_SEED ?? Date.now() % 1_000_000);
  const bed = await TestBed.start({ prepared: false });
  try {
    const client = await differentialClient(bed.central.client, bed.central.server.product);
    const begun = performance.now();
    const { asked, allowed, differences: found } = await differences(client, { seed, pairs });
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    print(`POLICY_SEED=${seed}: ${asked} pairs, ${allowed} allowed, ${found.length} differences, ${seconds} s`);
    if (found.length > 0) throw new Error(JSON.stringify(found[0], undefined, 2));
  } finally {
    await bed.stop();
  }
}

void main();
