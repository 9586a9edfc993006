import { describe, expect, test } from "vitest";
import {
  missingCloudVariables,
  unsecuredCloud,
  withCredentialName,
} from "../../../../src/operations/kubespray/cloud-credentials";

const CLOUD = { OS_AUTH_URL: "https://cloud", OS_REGION_NAME: "RegionOne" };
const CREDENTIAL = { OS_APPLICATION_CREDENTIAL_ID: "0a1b", OS_APPLICATION_CREDENTIAL_SECRET: "SECRET" };
const PASSWORD = {
  OS_USERNAME: "deployer",
  OS_PASSWORD: "SECRET",
  OS_PROJECT_NAME: "customer10",
  OS_USER_DOMAIN_NAME: "Default",
};

describe("O1: what Kubespray would find missing after Kubernetes is installed", () => {
  test.each<[string, Record<string, string>, string[]]>([
    ["an application credential by its ID", { ...CLOUD, ...CREDENTIAL }, []],
    ["a password", { ...CLOUD, ...PASSWORD }, []],
    ["a password, with the former names", { ...CLOUD, ...PASSWORD, OS_PROJECT_NAME: "", OS_TENANT_ID: "1" }, []],
    [
      "nothing",
      {},
      ["OS_AUTH_URL", "OS_REGION_NAME", "OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_SECRET"],
    ],
    ["no region", { ...CREDENTIAL, OS_AUTH_URL: "https://cloud", OS_REGION_NAME: " " }, ["OS_REGION_NAME"]],
    ["no secret", { ...CLOUD, OS_APPLICATION_CREDENTIAL_ID: "0a1b" }, ["OS_APPLICATION_CREDENTIAL_SECRET"]],
    [
      "the name of an application credential only",
      { ...CLOUD, OS_APPLICATION_CREDENTIAL_NAME: "deploy", OS_APPLICATION_CREDENTIAL_SECRET: "SECRET" },
      ["OS_APPLICATION_CREDENTIAL_ID"],
    ],
    [
      "a user name only",
      { ...CLOUD, OS_USERNAME: "deployer" },
      ["OS_PASSWORD", "OS_PROJECT_NAME", "OS_USER_DOMAIN_NAME"],
    ],
  ])("with %s", (_what, environment, missing) => {
    expect(missingCloudVariables(environment)).toEqual(missing);
  });
});

test("O1: the name of a credential is its ID unless there is one", () => {
  expect(withCredentialName(CREDENTIAL)).toEqual({ ...CREDENTIAL, OS_APPLICATION_CREDENTIAL_NAME: "0a1b" });
  const named = { ...CREDENTIAL, OS_APPLICATION_CREDENTIAL_NAME: "deploy" };
  expect(withCredentialName(named)).toEqual(named);
  expect(withCredentialName(PASSWORD)).toEqual(PASSWORD);
});

test("H12: an address in clear is named by its host alone, because it may contain a password", () => {
  expect(unsecuredCloud("http://ops:SECRET@cloud:5000/v3")).toMatch(
    /in its address \(cloud:5000\); set it to an https/,
  );
  expect(unsecuredCloud("SECRET")).not.toContain("SECRET");
});
