import type { PasswordRule } from "../../core/password-rules";
import { list, name, whole } from "../builders";
import { shape, type InFile } from "../in-file";

/** Characters that generated passwords contain. */
export type PasswordRuleSpec = InFile<PasswordRule>;

/** Rules of generated passwords. */
export const passwordRuleList = list(
  shape<PasswordRuleSpec>()({
    charset: name("abcdefghijklmnopqrstuvwxyz"),
    minChars: whole("number of characters", 0).optional(),
  }),
  '{ charset: "0123456789" }',
);
