import { expect, test } from "vitest";
import type { AuthorityBed } from "./authority-bed";

/** What is left of authorities that a tenant file no longer describes. */
export function testRemoval(bed: AuthorityBed): void {
  test("S1: InstanceSpec.pki and InstanceSpec.ssh, removed: mounts and keys are kept where they are protected", async () => {
    const keys = async (): Promise<unknown[]> => [
      await bed.read("ssh-logins/config/ca"),
      await bed.read("ssh-logins-2/config/ca"),
    ];
    const before = await keys();
    bed.change('name: "trust",\n  deletionProtection: false,', 'name: "trust",');
    bed.write(
      bed.text
        .replace(/ {6}pki: \{[^]*(?= {6}keyValue:)/, "")
        .replace(/certificates: \["web"\],\s+ssh: \[[^\]]*\],/, ""),
    );
    await bed.deploy();
    expect(await keys()).toEqual(before);
    expect((await bed.operator.send("GET", "certificates/config/issuers")).status).toBe(200);
  });
}
