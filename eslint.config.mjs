import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["**/lib/", "**/generated/", "**/cdktf.out/", ".cache/", ".lab/", "docs/"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Constructs are made for what they add to their scope; a class of factories is the CDK's way to an open set.
      "@typescript-eslint/no-extraneous-class": "off",
      // The alternative that it asks for is forbidden by another rule.
      "@typescript-eslint/non-nullable-type-assertion-style": "off",
      // The Kubernetes client takes plain objects where its types name classes.
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
      "jsdoc/check-tag-names": ["error", { definedTags: ["default"] }],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["@cdktf/provider-*"], message: "Import provider classes through src/terraform/providers." },
          ],
        },
      ],
    },
  },
  // The matchers of the test runner are of type any.
  { files: ["test/**/*.ts"], rules: { "@typescript-eslint/no-unsafe-assignment": "off" } },
  { files: ["src/terraform/providers/*.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["**/*.mjs", "**/*.cjs"], ...tseslint.configs.disableTypeChecked },
);
