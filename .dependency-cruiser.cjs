// Which part of the project may import which.
const RUN_TIME = "^src/(central|vault|kubernetes|operations|watch|guide|cli)/";
const SYNTHESIS = "^src/(terraform|constructs|tenant|fleet)/";
const ENTRIES = "^src/(index|tenant|spi)[.]ts$";

/** The folders of src that each folder may import, besides itself. */
const ALLOWED = {
  core: [],
  contract: ["core"],
  policy: ["core", "contract"],
  terraform: ["core", "contract"],
  constructs: ["core", "contract", "policy", "terraform"],
  tenant: ["core", "contract", "policy", "terraform", "constructs"],
  vault: ["core"],
  kubernetes: ["core"],
  central: ["core", "contract", "vault"],
  operations: ["core", "contract", "policy", "vault", "kubernetes", "central"],
  watch: ["core", "contract", "vault", "kubernetes", "central", "operations"],
  guide: ["core", "contract"],
  review: ["core", "policy"],
  fleet: ["core", "contract", "tenant"],
  cli: [
    "core",
    "contract",
    "vault",
    "kubernetes",
    "central",
    "operations",
    "watch",
    "guide",
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
      name: "folder-without-rule",
      comment: "A new folder of src needs a line in ALLOWED.",
      severity: "error",
      from: { path: "^src/[^/]+/", pathNot: `^src/(${Object.keys(ALLOWED).join("|")})/` },
      to: {},
    },
    {
      name: "entries-without-run-time",
      comment: "A project that imports the package must not load the command.",
      severity: "error",
      from: { path: ENTRIES },
      to: { path: RUN_TIME },
    },
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
      name: "synthesis-without-network",
      comment: "Synthesis opens no connection and starts no process.",
      severity: "error",
      from: { path: SYNTHESIS },
      to: {
        path: [
          "^(node:)?(net|http|http2|https|tls|dgram|dns|child_process)(/|$)",
          "^node_modules/(undici|ws|https-proxy-agent)/",
        ],
      },
    },
    {
      name: "stacks-use-the-package",
      comment: "stacks/, tenants/ and examples/ can be copied into a project that installs the package.",
      severity: "error",
      from: { path: "^(stacks|tenants|examples)/" },
      to: { path: ["^src/", "^(lab|test|providers)/"], pathNot: ENTRIES },
    },
    {
      name: "src-alone",
      comment: "The package must not need what it does not publish.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|lab|stacks|tenants|examples)/" },
    },
    {
      name: "resolvable",
      comment: "The rules above match resolved files, so an import that is not resolved would escape them.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
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
