import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type AuthorityBed, CONFIG } from "./authority-bed";

interface State {
  readonly resources: readonly {
    readonly type: string;
    readonly instances: readonly { readonly attributes: Record<string, unknown> }[];
  }[];
}

/** Arguments that another version of the provider may not have had, or may have stored otherwise. The provider replaces for each. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  vault_pki_secret_backend_root_cert: ["format", "private_key_format", "max_path_length", "key_bits"],
  vault_pki_secret_backend_intermediate_cert_request: ["format", "private_key_format", "key_type", "key_bits"],
  vault_pki_secret_backend_root_sign_intermediate: ["format", "exclude_cn_from_sans", "use_csr_values"],
  vault_ssh_secret_backend_ca: ["generate_signing_key", "key_type", "key_bits"],
};

/** No version of the provider makes another CA. */
export function testProviderUpgrade(bed: AuthorityBed): void {
  test("a state of a provider that knew other arguments plans no other CA", async () => {
    const changed = new Set<string>();
    for (const stack of ["central", CONFIG]) {
      const file = join(bed.lab.deployFolder, "state", `${stack}.tfstate`);
      const before = readFileSync(file, "utf8");
      const state = JSON.parse(before) as State;
      for (const { type, instances } of state.resources)
        for (const { attributes } of instances)
          for (const argument of ARGUMENTS[type] ?? []) {
            if (attributes[argument] === undefined || attributes[argument] === null) continue;
            Reflect.deleteProperty(attributes, argument);
            changed.add(`${type}.${argument}`);
          }
      writeFileSync(file, JSON.stringify(state));
      try {
        expect(await bed.lab.cdktf.terraform(stack, "plan", "-input=false")).toContain("No changes");
      } finally {
        writeFileSync(file, before);
      }
    }
    expect([...changed].sort()).toEqual(
      Object.entries(ARGUMENTS)
        .flatMap(([type, names]) => names.map((name) => `${type}.${name}`))
        .sort(),
    );
  });
}
