import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { signalGroup, startChild } from "../../../lab/children";
import { begin, run, tryRun, type Command, type RunResult } from "../../../lab/run";
import { findProgram } from "../../../lab/tools/path";
import { waitUntil } from "../../../lab/wait";

/** What this machine lacks for machines within it; empty where there is nothing. */
export function lackingForMachines(programs: readonly string[]): string[] {
  return [
    ...(process.getuid?.() === 0 ? [] : ["root"]),
    ...(existsSync("/dev/net/tun") ? [] : ["/dev/net/tun"]),
    ...["unshare", "nsenter", "ip", ...programs].filter(
      (name) => findProgram(name, ["/usr/sbin", "/sbin"]) === undefined,
    ),
  ];
}

/** A machine within this one: a network of its own, and files that nobody else sees. Nothing of it is left when it stops. */
export class Machine {
  private constructor(private readonly holder: ChildProcess) {}

  static async start(): Promise<Machine> {
    const namespaces = ["--net", "--mount", "--propagation", "private"];
    const holder = startChild("unshare", [...namespaces, "sleep", "infinity"], { stdio: "ignore" }, "SIGKILL");
    const machine = new Machine(holder);
    await waitUntil("the machine is there", () => Promise.resolve(nameOf(holder) === "sleep"));
    await machine.run("ip", "link", "set", "lo", "up");
    // What is written below these folders is kept in memory, over what the real ones hold.
    await machine.run("mount", "-t", "tmpfs", "tmpfs", "/mnt");
    for (const folder of ["/etc", "/usr/local"]) {
      const [upper, work] = ["upper", "work"].map((kind) => `/mnt/${kind}${folder}`);
      await machine.run("mkdir", "-p", String(upper), String(work));
      const options = `lowerdir=${folder},upperdir=${upper},workdir=${work}`;
      await machine.run("mount", "-t", "overlay", "overlay", "-o", options, folder);
    }
    return machine;
  }

  /** Ties two machines together. @param mine Address and prefix length on this side. @param theirs On the other. */
  async connect(name: string, mine: string, other: Machine, theirs: string): Promise<void> {
    await this.run("ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", String(other.holder.pid));
    await this.setUp(name, mine);
    await other.setUp(name, theirs);
  }

  async writeFile(path: string, content: string, permissions = "0600"): Promise<void> {
    await this.run("mkdir", "-p", dirname(path));
    await run("nsenter", this.inside("tee", path), { input: content });
    await this.run("chmod", permissions, path);
  }

  async run(command: string, ...args: string[]): Promise<string> {
    return (await run("nsenter", this.inside(command, ...args))).stdout;
  }

  tryRun(command: string, ...args: string[]): Promise<RunResult> {
    return tryRun("nsenter", this.inside(command, ...args));
  }

  /** Starts a program that goes on. */
  begin(onOutput: (text: string) => void, command: string, ...args: string[]): Command {
    return begin("nsenter", this.inside(command, ...args), { onOutput });
  }

  stop(): void {
    signalGroup(this.holder, "SIGKILL");
  }

  private async setUp(name: string, address: string): Promise<void> {
    await this.run("ip", "address", "add", address, "dev", name);
    await this.run("ip", "link", "set", name, "up");
  }

  private inside(command: string, ...args: string[]): string[] {
    return ["--target", String(this.holder.pid), "--net", "--mount", "--", command, ...args];
  }
}

function nameOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
}
