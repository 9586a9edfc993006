import { describe } from "vitest";
import { Duration, PkiAuthority, SecretRef, TenantPKI, type PkiHookProps } from "../../../src/index";
import { testChanges, type FieldChange } from "../../support/changes/test-changes";
import { synthesizeInVault, type Synthesized } from "../../support/synth";

interface Setting {
  readonly hook?: Partial<PkiHookProps>;
  /** Whether the CA is a root of the instance alone. @default false */
  readonly isInternal?: boolean;
}

const HOOK = "terraform_data.pki_imported_authority_d8a84e4d_hook";
const BUNDLE = { mount: "operator", path: "ca", field: "bundle" };

/** An imported CA, whose name is the same for each connection. */
function pki({ hook, isInternal = false }: Setting): Synthesized {
  return synthesizeInVault((stack, { provider }) => {
    const bundle = SecretRef.centralVault(BUNDLE);
    new TenantPKI(stack, "Pki", {
      commonName: "CA",
      address: "https://vault.customer10.example:8200",
      authority: isInternal ? PkiAuthority.internal() : PkiAuthority.imported({ bundle }),
      hook: { tenant: "customer10", name: "main", central: { address: "https://central:8200" }, ...hook },
      roles: [{ name: "web", allowedDomains: ["customer10.internal"], maxTtl: Duration.hours(72) }],
      provider,
    });
  });
}

const CHANGES: readonly FieldChange<Setting>[] = [
  [
    "PkiHookProps.tenant",
    {},
    { hook: { tenant: "customer11" } },
    [`command ${HOOK}: command`, `run ${HOOK}: description.tenant`],
  ],
  ["PkiHookProps.name", {}, { hook: { name: "other" } }, [`command ${HOOK}: command`, `run ${HOOK}: description.name`]],
  [
    "PkiHookProps.central",
    {},
    { hook: { central: { address: "https://other:8200" } } },
    [`command ${HOOK}: environment.VAULT_ADDR`],
  ],
  // Another authority has no hook.
  ["TenantPKIProps.hook", { isInternal: true }, { isInternal: true, hook: { name: "other" } }, []],
];

describe("the hook that brings a CA into its mount", () => testChanges(pki, CHANGES, false));
