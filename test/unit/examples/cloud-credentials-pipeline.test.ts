import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";

const FILE = resolve(__dirname, "..", "..", "..", "examples", "gitlab", "cloud-credentials.gitlab-ci.yml");

interface Job {
  readonly rules: readonly { readonly if: string }[];
  readonly id_tokens: Readonly<Record<string, { readonly aud: string }>>;
  readonly script: readonly string[];
}

const { deploy } = parse(readFileSync(FILE, "utf8")) as { readonly deploy: Job };

/** Notes its arguments, its token and its standard input, and answers like the server. */
const VAULT = `#!/bin/sh
echo "vault $* token=$VAULT_TOKEN" >> calls
case "$1" in
  write) cat >> calls; echo >> calls; echo job-token ;;
  read) echo '{"data":{"access_key":"AKIA","secret_key":"s/e+c","security_token":"session"}}' ;;
esac
`;

const TERRAFORM = `#!/bin/sh
echo "terraform $1 $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN jwt=$VAULT_ID_TOKEN" >> calls
[ "$1" != "$FAILS" ]
`;

/** The part of jq that the job uses. */
const JQ = `#!${process.execPath}
const data = JSON.parse(require("fs").readFileSync(0, "utf8")).data;
console.log(data[process.argv[3].match(/[.]data[.](\\w+)/)[1]]);
`;

describe("the job with credentials of a cloud", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tenant-vault-cloud-job-"));
    for (const [name, content] of Object.entries({ vault: VAULT, terraform: TERRAFORM, jq: JQ })) {
      writeFileSync(join(folder, name), content);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the script as a GitLab runner does. @param fails Command of Terraform that fails. */
  function run(fails = ""): { status: number | null; calls: string[] } {
    const script = ["set -eo pipefail", ...deploy.script].join("\n");
    const env = {
      ...process.env,
      PATH: `${folder}${delimiter}${process.env.PATH ?? ""}`,
      VAULT_ID_TOKEN: "signed-by-gitlab",
      VAULT_TOKEN: "",
      FAILS: fails,
    };
    const { status } = spawnSync("bash", ["-c", script], { cwd: folder, env });
    return { status, calls: readFileSync(join(folder, "calls"), "utf8").trim().split("\n") };
  }

  const CALLS = [
    "vault write -field=token auth/gitlab/login role=deploy jwt=- token=",
    "signed-by-gitlab",
    "vault read -format=json aws/creds/deploy token=job-token",
    "terraform init AKIA s/e+c session jwt=",
    "terraform apply AKIA s/e+c session jwt=",
    "vault token revoke -self token=job-token",
  ];

  test("logs in, requests credentials, deploys with them, and revokes them", () => {
    expect(run()).toEqual({ status: 0, calls: CALLS });
  });

  test("revokes them if the deployment fails, and the job fails", () => {
    expect(run("apply")).toEqual({ status: 1, calls: CALLS });
  });

  test("only the protected branch gets a token", () => {
    expect(deploy.rules.map((rule) => rule.if)).toEqual([
      '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"',
    ]);
    expect(Object.keys(deploy.id_tokens)).toEqual(["VAULT_ID_TOKEN"]);
  });
});
