import { setting } from "../../core/environment";

const APPLICATION_CREDENTIAL = "OS_APPLICATION_CREDENTIAL_ID";
const APPLICATION_CREDENTIAL_NAME = "OS_APPLICATION_CREDENTIAL_NAME";
const APPLICATION_CREDENTIAL_SECRET = "OS_APPLICATION_CREDENTIAL_SECRET";

/**
 * Variables that Kubespray's volumes and load balancers need and the environment does not have. Kubespray itself finds them
 * missing only after it has installed Kubernetes.
 */
export function missingCloudVariables(environment: NodeJS.ProcessEnv): string[] {
  const has = (...names: string[]): boolean => names.some((name) => setting(environment, name) !== undefined);
  const without = (needed: readonly string[][]): string[] =>
    needed.filter((names) => !has(...names)).map(([name = ""]) => name);

  const everywhere = without([["OS_AUTH_URL"], ["OS_REGION_NAME"]]);
  if (has("OS_USERNAME") && !has(APPLICATION_CREDENTIAL, APPLICATION_CREDENTIAL_NAME)) {
    return [
      ...everywhere,
      ...without([
        ["OS_PASSWORD"],
        ["OS_PROJECT_NAME", "OS_PROJECT_ID", "OS_TENANT_NAME", "OS_TENANT_ID"],
        ["OS_USER_DOMAIN_NAME", "OS_USER_DOMAIN_ID"],
      ]),
    ];
  }
  return [...everywhere, ...without([[APPLICATION_CREDENTIAL], [APPLICATION_CREDENTIAL_SECRET]])];
}

/** What is wrong with a URL to which the cloud's credentials would be sent in clear. The URL may contain some of them. */
export function unsecuredCloud(url: string): string {
  const host = URL.canParse(url) ? new URL(url).host : "nowhere";
  return `OS_AUTH_URL names a cloud that is not reached by TLS, or a user in its address (${host}); set it to an https address without a user in it.`;
}

/**
 * The environment for Kubespray. Its own check asks for the name of an application credential. The clients in the cluster log in
 * by the ID if they have one, and ignore the name.
 */
export function withCredentialName(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const id = setting(environment, APPLICATION_CREDENTIAL);
  if (id === undefined || setting(environment, APPLICATION_CREDENTIAL_NAME) !== undefined) return environment;
  return { ...environment, [APPLICATION_CREDENTIAL_NAME]: id };
}
