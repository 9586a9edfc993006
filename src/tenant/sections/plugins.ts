import type { ExternalPlugin } from "../../constructs/server-config/external-plugin";
import { PLUGIN_TYPES } from "../../contract/identities";
import { choice, list, text } from "../builders";
import { shape } from "../in-file";

/** External plugins of an instance's servers. */
export const plugins = list(
  shape<ExternalPlugin>()({
    type: choice(...PLUGIN_TYPES),
    name: text(/^\w[\w.-]*$/, "name of a plugin", 'letters, digits and hyphens, such as "aws"'),
    command: text(
      /^\w[\w.-]*$/,
      "name of a program",
      'the name of a file in the plugin folder, such as "openbao-plugin-secrets-aws"',
    ),
    version: text(/^v\d+\.\d+\.\d+\S*$/, "version", 'v and three numbers, such as "v0.1.0"'),
    sha256sum: text(/^[0-9a-f]{64}$/, "SHA-256", "64 hexadecimal digits, as sha256sum prints them"),
  }),
  '{ type: "secret", name: "aws", ... }',
);
