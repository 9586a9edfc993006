import { buildApp } from "../../stacks/app";
import { operator } from "../../stacks/operator";
import { plainApp } from "./plain/app";
import { makeTenants } from "./tenants";

// One synthesis in a process of its own: synth-once.ts library|plain COUNT. Prints what the process took.
const [kind, count] = process.argv.slice(2);
const app = kind === "plain" ? plainApp(Number(count)) : buildApp(operator, makeTenants(Number(count)));
app.synth();
const { user, system } = process.cpuUsage();
process.stdout.write(
  JSON.stringify({ seconds: (user + system) / 1e6, peakMiB: process.resourceUsage().maxRSS / 1024 }),
);
