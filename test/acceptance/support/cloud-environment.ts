import { readFileSync } from "node:fs";
import { parse } from "yaml";

interface Cloud {
  readonly auth: Readonly<Record<string, string>>;
  readonly region_name?: string;
}

/** The OS_ variables of the cloud that OS_CLOUD names in clouds.yaml. */
export function cloudEnvironment({ OS_CLIENT_CONFIG_FILE = "clouds.yaml", OS_CLOUD = "" } = process.env) {
  const { clouds } = parse(readFileSync(OS_CLIENT_CONFIG_FILE, "utf8")) as { clouds: Record<string, Cloud> };
  const { auth = {}, region_name: region } = clouds[OS_CLOUD] ?? {};
  return {
    OS_AUTH_URL: auth.auth_url,
    OS_USERNAME: auth.username,
    OS_PASSWORD: auth.password,
    OS_PROJECT_NAME: auth.project_name,
    OS_USER_DOMAIN_NAME: auth.user_domain_name,
    OS_PROJECT_DOMAIN_NAME: auth.project_domain_name,
    OS_REGION_NAME: region,
  };
}
