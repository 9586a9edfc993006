// Which folder of src may import which; docs/architecture.md says why.
const RUN_TIME = "^src/(central|vault|kubernetes|operations|watch|cli)/";
const SYNTHESIS = "^src/(terraform|constructs|tenant|fleet)/";

/** What each folder may import besides itself. */
const ALLOWED = {
  core: [],
  contract: ["core"],
  policy: ["core"],
  terraform: ["core", "contract"],
  constructs: ["core", "contract", "policy", "terraform"],
  tenant: ["core", "contract", "policy", "terraform", "constructs"],
  vault: ["core"],
  kubernetes: ["core"],
  central: ["core", "contract", "vault"],
  operations: ["core", "contract", "vault", "kubernetes", "central"],
  watch: ["core", "contract", "vault", "kubernetes", "central", "operations"],
  review: ["core", "policy"],
  fleet: ["core", "contract", "policy", "terraform", "constructs", "tenant"],
  cli: [
    "core",
    "contract",
    "policy",
    "vault",
    "kubernetes",
    "central",
    "operations",
    "watch",
    "review",
    "fleet",
    "tenant",
  ],
};

module.exports = {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    ...Object.entries(ALLOWED).map(([folder, allowed]) => ({
      name: `${folder}-imports`,
      comment: `src/${folder} may import ${allowed.join(", ") || "nothing else of src"}.`,
      severity: "error",
      from: { path: `^src/${folder}/` },
      to: { path: "^src/", pathNot: `^src/(${[folder, ...allowed].join("|")})/` },
    })),
    {
      name: "run-time-without-cdktf",
      comment: "The command must start without the synthesis side.",
      severity: "error",
      from: { path: [RUN_TIME, "^src/(core|contract|policy|review)/"] },
      to: { path: ["^node_modules/(cdktf|constructs|@cdktf)/", "^providers/"] },
    },
    {
      name: "one-folder-names-providers",
      comment: "Provider classes come through src/terraform/providers.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/terraform/providers/" },
      to: { path: ["^node_modules/@cdktf/provider-", "^providers/"] },
    },
    {
      name: "synthesis-is-pure",
      comment: "Synthesis opens no connection.",
      severity: "error",
      from: { path: SYNTHESIS },
      to: { path: ["^(node:)?(net|http|https|tls|dgram|child_process)$", "^node_modules/(undici|ws)/"] },
    },
    {
      name: "stacks-use-the-package",
      comment: "stacks/ can be copied into a project that installs the package.",
      severity: "error",
      from: { path: "^stacks/" },
      to: { path: "^src/", pathNot: "^src/(index|tenant|spi)\\.ts$" },
    },
    {
      name: "no-orphan-of-tests",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|lab|stacks|tenants)/" },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: ["node_modules", "^providers/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
