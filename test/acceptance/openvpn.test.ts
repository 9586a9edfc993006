import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Command } from "../../lab/run";
import { waitUntil } from "../../lab/wait";
import { openVpnGateway } from "../../src/constructs/tenant-cluster/openvpn";
import { lackingForMachines, Machine } from "./support/machine";

const CLUSTER = "20.0.0.0/24";
const NODE = "20.0.0.10";
const GATEWAY = { outside: "198.51.100.1", inside: "20.0.0.5", tunnel: "10.255.0.1" };
/** Something that the gateway reaches, and its users must not. */
const ELSEWHERE = "192.0.2.1";

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string; readonly permissions: string }[];
}

/** Answers with the address that the other side comes from. */
const ECHO = "require('net').createServer((s) => s.end(s.remoteAddress)).listen(+process.argv[1], '0.0.0.0')";

/** Prints what a server answers; fails when there is none within two seconds. */
const ASK = `
  const socket = require('net').connect({ host: process.argv[1], port: +process.argv[2] });
  socket.setTimeout(2000, () => process.exit(1));
  socket.on('error', () => process.exit(1)).pipe(process.stdout);
`;

const lacking = lackingForMachines(["openvpn", "openssl", "nft"]);
if (lacking.length > 0) console.info(`The OpenVPN gateway is not tested: this machine lacks ${lacking.join(", ")}.`);

// Three machines within this one, each with a network of its own: a user's, the gateway, and a node of the cluster.
describe.skipIf(lacking.length > 0)("an OpenVPN gateway, made by its cloud-init configuration", () => {
  let user: Machine, gateway: Machine, node: Machine;
  const running: Command[] = [];
  let serverLog = "";

  beforeAll(async () => {
    [user, gateway, node] = await Promise.all([Machine.start(), Machine.start(), Machine.start()]);
    await user.connect("outside", "198.51.100.2/24", gateway, `${GATEWAY.outside}/24`);
    await gateway.connect("inside", `${GATEWAY.inside}/24`, node, `${NODE}/24`);
    await node.run("ip", "address", "add", `${ELSEWHERE}/32`, "dev", "lo");
    await gateway.run("ip", "route", "add", ELSEWHERE, "via", NODE);
    running.push(node.begin(ignore, process.execPath, "-e", ECHO, "6443"));
    running.push(gateway.begin(ignore, process.execPath, "-e", ECHO, "22"));

    const config = parse(openVpnGateway(CLUSTER, {}).replaceAll("$${", () => "${")) as CloudConfig;
    for (const { path, content, permissions } of config.write_files)
      await gateway.writeFile(path, content, permissions);
    // What its runcmd does, but for systemd, and for this machine's own kernel parameters.
    await gateway.run("sysctl", "--load", "/etc/sysctl.d/60-tenant-vpn.conf");
    await gateway.run("tenant-vpn-keys");
    await gateway.run("nft", "--file", "/etc/nftables.conf");
    const server = ["--cd", "/etc/openvpn/server", "--config", "tenant.conf"];
    running.push(gateway.begin((text) => (serverLog += text), "openvpn", ...server));
    await waitUntil("the OpenVPN server is up", () =>
      Promise.resolve(serverLog.includes("Initialization Sequence Completed")),
    );
  });
  afterAll(async () => {
    for (const command of running) command.kill("SIGKILL");
    await Promise.all(running.map(({ ended }) => ended));
    for (const machine of [user, gateway, node]) machine.stop();
  });

  /** Connects with a profile. @returns What OpenVPN says, once it is connected or has given up. */
  async function connect(profile: string): Promise<{ log: string; stop: () => Promise<unknown> }> {
    await user.writeFile("/etc/user.ovpn", profile);
    let log = "";
    const once = ["--connect-retry-max", "1", "--connect-timeout", "5", "--hand-window", "5"];
    const client = user.begin((text) => (log += text), "openvpn", "--config", "/etc/user.ovpn", ...once);
    running.push(client);
    const stop = (): Promise<unknown> => (client.kill("SIGTERM"), client.ended);
    await Promise.race([
      client.ended,
      waitUntil("the user is connected", () => Promise.resolve(log.includes("Initialization Sequence Completed"))),
    ]);
    return { log, stop };
  }

  const ask = async (host: string, port: number): Promise<string | undefined> => {
    const { code, stdout } = await user.tryRun(process.execPath, "-e", ASK, host, String(port));
    return code === 0 ? stdout : undefined;
  };

  test("keeps its keys when the script runs again, and shows them to nobody", async () => {
    const files = (): Promise<string> =>
      gateway.run("sh", "-c", "cd /etc/openvpn/tenant-vault && stat -c '%n %a %U' * && sha256sum $(find . -type f)");
    const before = await files();
    await gateway.run("tenant-vpn-keys");
    expect(await files()).toBe(before);
    const open = before.split("\n").filter((line) => / (644|755) /.test(line));
    expect(open).toEqual(["crl.pem 644 root"]);
  });

  test("gives a user the cluster's network under its own address, and nothing else", async () => {
    const { log, stop } = await connect(await gateway.run("tenant-vpn-profile", "alice", GATEWAY.outside));
    expect(log).toContain("Initialization Sequence Completed");
    expect(log).not.toMatch(/WARNING|DEPRECATED/);
    expect(await user.run("ip", "-brief", "address", "show", "dev", "tun0")).toMatch(/10\.255\.0\.\d+\/24/);
    expect(await ask(NODE, 6443)).toBe(GATEWAY.inside);

    // A user may route what they like into the tunnel.
    await user.run("ip", "route", "add", ELSEWHERE, "dev", "tun0");
    expect(await ask(ELSEWHERE, 6443)).toBeUndefined();
    expect(await ask(GATEWAY.tunnel, 22)).toBeUndefined();
    expect(await ask(GATEWAY.inside, 22)).toBeUndefined();
    await stop();
  });

  test("makes one profile a name, and takes it back", async () => {
    const profile = await gateway.run("tenant-vpn-profile", "bob", GATEWAY.outside);
    const again = await gateway.tryRun("tenant-vpn-profile", "bob", GATEWAY.outside);
    expect([again.code, again.stdout, again.stderr]).toEqual([
      65,
      "",
      "bob has a profile; take it back with tenant-vpn-revoke bob first\n",
    ]);
    const connected = await connect(profile);
    expect(connected.log).toContain("Initialization Sequence Completed");
    await connected.stop();

    await gateway.run("tenant-vpn-revoke", "bob");
    expect((await connect(profile)).log).not.toContain("Initialization Sequence Completed");
    expect(serverLog).toMatch(/certificate revoked/);
    const next = await connect(await gateway.run("tenant-vpn-profile", "bob", GATEWAY.outside));
    expect(next.log).toContain("Initialization Sequence Completed");
    await next.stop();
  });

  test.each([[[]], [["bob"]], [["../bob", "198.51.100.1"]], [["bob", "198.51.100.1; reboot"]]])(
    "refuses %j as name and address",
    async (args) => {
      const { code, stderr, stdout } = await gateway.tryRun("tenant-vpn-profile", ...args);
      expect([code, stdout]).toEqual([64, ""]);
      expect(stderr).toMatch(/^usage: tenant-vpn-profile NAME/);
    },
  );
});

function ignore(): void {
  // Nobody reads it.
}
