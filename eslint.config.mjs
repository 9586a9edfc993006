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

export default tseslint.config(
  { ignores: ["**/lib/", "**/generated/", "**/cdktf.out/", ".cache/", ".lab/", "docs/"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A construct adds resources to its scope; a class of static factories is an open set of values.
      "@typescript-eslint/no-extraneous-class": "off",
      // Another rule forbids the alternative that it suggests.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      // cdktf and Node.js declare interfaces where they pass instances of classes, so casts are needed.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["src/**/*.ts"],
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
  {
    files: ["src/**/*.ts"],
    ignores: WITH_PROCESS,
    rules: WITHOUT_PROCESS,
  },
  // The matchers of the test runner have the type any.
  { files: ["test/**/*.ts"], rules: { "@typescript-eslint/no-unsafe-assignment": "off" } },
  { files: ["**/*.{cjs,mjs}"], ...tseslint.configs.disableTypeChecked },
);
