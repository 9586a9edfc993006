import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/**
 * The environment, output and time reach the rest of src as values, so that tests can replace them. Synthesis reads the variables that
 * it refuses, because an app of a platform team does not pass them.
 */
const WITH_PROCESS = ["src/cli/**", "src/watch/**", "src/core/clock.ts", "src/core/vault-variables.ts"];

const USE_CLOCK = "Take a Clock as a parameter instead.";
const USE_VALUE = "Take the value as a parameter instead; src/cli reads it.";
const PROCESS_PROPERTY = "/^(env|stdout|stderr)$/";

/** Rules against reading the environment and the time, and against writing output. */
const WITHOUT_PROCESS = {
  "no-restricted-globals": [
    "error",
    { name: "console", message: USE_VALUE },
    ...["performance", "setTimeout", "setInterval", "setImmediate"].map((name) => ({ name, message: USE_CLOCK })),
  ],
  "no-restricted-imports": [
    "error",
    {
      paths: ["timers", "timers/promises", "perf_hooks"]
        .flatMap((name) => [name, `node:${name}`])
        .map((name) => ({ name, message: USE_CLOCK }))
        .concat(
          ["process", "node:process"].map((name) => ({
            name,
            importNames: ["env", "stdout", "stderr", "hrtime"],
            message: USE_VALUE,
          })),
        ),
    },
  ],
  "no-restricted-syntax": [
    "error",
    { selector: `MemberExpression[object.name="process"][property.name=${PROCESS_PROPERTY}]`, message: USE_VALUE },
    {
      selector: `MemberExpression[object.property.name="process"][property.name=${PROCESS_PROPERTY}]`,
      message: USE_VALUE,
    },
    {
      selector: `VariableDeclarator[init.name="process"] > ObjectPattern > Property[key.name=${PROCESS_PROPERTY}]`,
      message: USE_VALUE,
    },
    {
      selector: 'CallExpression[callee.object.property.name="node"][callee.property.name="addDependency"]',
      message: "cdktf renders no depends_on for it; use dependsOn of the resource, or addDependency of the stack.",
    },
    { selector: 'MemberExpression[object.name="process"][property.name="hrtime"]', message: USE_CLOCK },
    { selector: 'MemberExpression[object.name="Date"][property.name="now"]', message: USE_CLOCK },
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: USE_CLOCK },
    { selector: 'CallExpression[callee.name="Date"]', message: USE_CLOCK },
  ],
};

// oxlint has the rules about types, see .oxlintrc.json.
export default tseslint.config(
  { ignores: ["**/lib/", "**/generated/", "**/cdktf.out/", ".cache/", ".lab/", "docs/"] },
  { files: ["**/*.{cjs,mjs}"], extends: [tseslint.configs.strict, tseslint.configs.stylistic] },
  {
    files: ["src/**/*.ts"],
    languageOptions: { parser: tseslint.parser },
    plugins: { jsdoc },
    rules: {
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: { ClassDeclaration: true, FunctionDeclaration: true },
          contexts: ["TSInterfaceDeclaration", "TSTypeAliasDeclaration"],
        },
      ],
      "jsdoc/check-tag-names": ["error", { definedTags: ["default", "changes"] }],
    },
  },
  { files: ["src/**/*.ts"], ignores: WITH_PROCESS, rules: WITHOUT_PROCESS },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/terraform/literal-text.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...["jsonencode", "yamlencode", "rawString"].map((property) => ({
          object: "Fn",
          property,
          message: "It does not escape texts; use jsonencode or yamlencode of src/terraform/literal-text.ts.",
        })),
      ],
    },
  },
);
