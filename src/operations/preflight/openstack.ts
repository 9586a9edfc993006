import { request } from "undici";
import { setting } from "../../core/environment";
import { proxiesOf, type Proxies } from "../../core/proxies";
import { isSecureAddress } from "../../core/secure-address";
import { unsecuredCloud } from "../kubespray/cloud-credentials";
import { proxyTo } from "../network";

/** The cloud did not answer as expected. The message is one sentence and holds no secret. */
export class OpenStackError extends Error {}

/** What a network says of itself. */
export type Network = Readonly<Record<string, unknown>>;

/** A size of machines. */
export interface CloudFlavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  /** MiB of memory. */
  readonly ram: number;
}

/** How a subnet is connected to the outside. */
export interface Route {
  /** Whether the project owns the subnet. It does not see the routers of others. */
  readonly isOwn: boolean;
  /** Per router at the gateway of the subnet, the ID of the external network to which it leads. */
  readonly leadsTo: readonly (string | undefined)[];
}

/** The few questions to a cloud that a check asks. */
export interface OpenStack {
  /** Whether the cloud has an image of a name. */
  hasImage(name: string): Promise<boolean>;
  /** Whether the user has a key pair of a name. */
  hasKeyPair(name: string): Promise<boolean>;
  flavors(): Promise<readonly CloudFlavor[]>;
  /** Names of the types of volumes. */
  volumeTypes(): Promise<readonly string[]>;
  /** Routes of the subnets of a name. */
  routes(subnet: string): Promise<readonly Route[]>;
  /** Networks of a name that the project can see. */
  networks(name: string): Promise<readonly Network[]>;
  /** Whether the project has a machine of a name. */
  hasServer(name: string): Promise<boolean>;
  /** What is free of each quota, by the names of Neutron and of Nova; unlimited ones are missing. */
  free(): Promise<Readonly<Record<string, number>>>;
  /** What is free of each quota of volumes, by the names of Cinder; unlimited ones are missing. */
  freeVolumes(): Promise<Readonly<Record<string, number>>>;
}

/** Milliseconds. */
const PATIENCE = 20_000;

/**
 * Logs in to the cloud of the environment.
 *
 * @returns undefined if the environment has no credentials.
 * @throws OpenStackError if the cloud refuses them or does not answer.
 */
export async function openStackOf(environment: NodeJS.ProcessEnv): Promise<OpenStack | undefined> {
  const url = setting(environment, "OS_AUTH_URL")?.replace(/\/+$/, "");
  const identity = identityOf(environment);
  if (url === undefined || identity === undefined) return undefined;
  if (!isSecureAddress(url)) throw new OpenStackError(unsecuredCloud(url));
  const proxies = proxiesOf(environment);
  const { headers, body } = await ask("POST", `${url.endsWith("/v3") ? url : `${url}/v3`}/auth/tokens`, {
    body: { auth: identity },
    proxies,
  });
  const token = String(headers["x-subject-token"]);
  const { catalog = [], project } = body.token as Login;
  const region = setting(environment, "OS_REGION_NAME");
  const endpoint = (type: string, ...formerTypes: string[]): string => {
    const types = [type, ...formerTypes];
    const endpoints = catalog.find((service) => types.includes(service.type))?.endpoints ?? [];
    const found = endpoints.find(
      (each) => each.interface === "public" && (region === undefined || each.region_id === region),
    );
    if (found === undefined)
      throw new OpenStackError(
        `The cloud at ${url} has no service "${type}"${region === undefined ? "" : ` in the region ${region}`}; check OS_REGION_NAME.`,
      );
    if (!isSecureAddress(found.url))
      throw new OpenStackError(
        `The cloud's service "${type}" is at ${new URL(found.url).origin}, where the token would travel unencrypted; ask the cloud's people for an https endpoint.`,
      );
    return found.url.replace(/\/+$/, "");
  };
  const network = `${endpoint("network").replace(/\/v2\.0$/, "")}/v2.0`;
  return new Cloud({ token, proxies }, project.id, network, endpoint("compute"), endpoint);
}

interface Login {
  readonly project: { readonly id: string };
  readonly catalog?: readonly {
    readonly type: string;
    readonly endpoints: readonly { readonly interface: string; readonly region_id: string; readonly url: string }[];
  }[];
}

interface Subnet {
  readonly network_id: string;
  readonly project_id: string;
  readonly gateway_ip: string | null;
}

interface Router {
  readonly external_gateway_info: { readonly network_id: string } | null;
}

interface Limits {
  readonly absolute: Readonly<Record<string, number>>;
}

/** What is free, by the names of the limit and of what is used. A negative limit is unlimited. */
function freeOf(
  absolute: Limits["absolute"],
  names: Readonly<Record<string, readonly [string, string]>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([quota, [limit, used]]) => {
      const most = absolute[limit] ?? -1;
      return most < 0 ? [] : [[quota, most - (absolute[used] ?? 0)]];
    }),
  );
}

/** How requests reach the cloud, and in whose name. */
interface CloudAccess {
  readonly token: string;
  readonly proxies: Proxies;
}

class Cloud implements OpenStack {
  private readonly answers = new Map<string, Promise<Record<string, unknown>>>();

  constructor(
    private readonly access: CloudAccess,
    private readonly project: string,
    private readonly network: string,
    private readonly compute: string,
    /** Address of another service. @throws OpenStackError if the cloud has none of these types. */
    private readonly endpoint: (...types: [string, ...string[]]) => string,
  ) {}

  async hasImage(name: string): Promise<boolean> {
    const service = this.endpoint("image").replace(/\/v2$/, "");
    const { images } = await this.get(`${service}/v2/images?name=${encodeURIComponent(name)}`);
    return (images as unknown[]).length > 0;
  }

  async hasKeyPair(name: string): Promise<boolean> {
    const { keypairs } = await this.get(`${this.compute}/os-keypairs`);
    return (keypairs as { keypair: { name: string } }[]).some(({ keypair }) => keypair.name === name);
  }

  async flavors(): Promise<readonly CloudFlavor[]> {
    const { flavors } = await this.get(`${this.compute}/flavors/detail`);
    return flavors as CloudFlavor[];
  }

  async volumeTypes(): Promise<readonly string[]> {
    const { volume_types: types } = await this.get(`${this.volumes}/types`);
    return (types as { name: string }[]).map(({ name }) => name);
  }

  async routes(subnet: string): Promise<readonly Route[]> {
    const { subnets } = await this.get(`${this.network}/subnets?name=${encodeURIComponent(subnet)}`);
    return Promise.all((subnets as Subnet[]).map((each) => this.route(each)));
  }

  private async route({ network_id: network, gateway_ip: gateway, project_id: project }: Subnet): Promise<Route> {
    const isOwn = project === this.project;
    if (gateway === null) return { isOwn, leadsTo: [] };
    const filter = `network_id=${network}&fixed_ips=${encodeURIComponent(`ip_address=${gateway}`)}`;
    const { ports } = await this.get(`${this.network}/ports?${filter}`);
    const routers = (ports as { device_id: string }[]).map(async ({ device_id: id }) => {
      const found = (await this.get(`${this.network}/routers?id=${encodeURIComponent(id)}`)).routers as Router[];
      return found.map(({ external_gateway_info: external }) => external?.network_id);
    });
    return { isOwn, leadsTo: (await Promise.all(routers)).flat() };
  }

  async networks(name: string): Promise<readonly Network[]> {
    const { networks } = await this.get(`${this.network}/networks?name=${encodeURIComponent(name)}`);
    return networks as Network[];
  }

  async hasServer(name: string): Promise<boolean> {
    // Nova takes a regular expression.
    const { servers } = await this.get(`${this.compute}/servers?name=${encodeURIComponent(`^${name}$`)}`);
    return (servers as unknown[]).length > 0;
  }

  async free(): Promise<Record<string, number>> {
    const [{ quota }, { limits }] = await Promise.all([
      this.get(`${this.network}/quotas/${this.project}/details.json`),
      this.get(`${this.compute}/limits`),
    ]);
    const ofNetwork = Object.entries(quota as Record<string, { limit: number; used: number; reserved?: number }>)
      .filter(([, { limit }]) => limit >= 0)
      .map(([name, { limit, used, reserved = 0 }]): [string, number] => [name, limit - used - reserved]);
    const { absolute } = limits as Limits;
    return {
      ...Object.fromEntries(ofNetwork),
      ...freeOf(absolute, {
        instances: ["maxTotalInstances", "totalInstancesUsed"],
        cores: ["maxTotalCores", "totalCoresUsed"],
        ram: ["maxTotalRAMSize", "totalRAMUsed"],
      }),
    };
  }

  async freeVolumes(): Promise<Record<string, number>> {
    const { limits } = await this.get(`${this.volumes}/limits`);
    return freeOf((limits as Limits).absolute, {
      volumes: ["maxTotalVolumes", "totalVolumesUsed"],
      gigabytes: ["maxTotalVolumeGigabytes", "totalGigabytesUsed"],
    });
  }

  private get volumes(): string {
    return this.endpoint("block-storage", "volumev3");
  }

  /** Several checks need the same answer, so each question is asked once. */
  private get(url: string): Promise<Record<string, unknown>> {
    const asked = this.answers.get(url) ?? ask("GET", url, this.access).then(({ body }) => body);
    this.answers.set(url, asked);
    return asked;
  }
}

/** As Keystone takes it; https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management */
function identityOf(environment: NodeJS.ProcessEnv): object | undefined {
  const get = (name: string): string | undefined => setting(environment, name);
  const [id, secret] = [get("OS_APPLICATION_CREDENTIAL_ID"), get("OS_APPLICATION_CREDENTIAL_SECRET")];
  if (id !== undefined && secret !== undefined)
    return { identity: { methods: ["application_credential"], application_credential: { id, secret } } };
  const [name, password] = [get("OS_USERNAME"), get("OS_PASSWORD")];
  if (name === undefined || password === undefined) return undefined;
  const userDomain = named(get("OS_USER_DOMAIN_ID"), get("OS_USER_DOMAIN_NAME") ?? "Default");
  const projectDomain = named(get("OS_PROJECT_DOMAIN_ID"), get("OS_PROJECT_DOMAIN_NAME") ?? "Default");
  const [projectId, projectName] = [get("OS_PROJECT_ID"), get("OS_PROJECT_NAME")];
  return {
    identity: { methods: ["password"], password: { user: { name, password, domain: userDomain } } },
    scope: { project: projectId === undefined ? { name: projectName, domain: projectDomain } : { id: projectId } },
  };
}

function named(id: string | undefined, name: string): object {
  return id === undefined ? { name } : { id };
}

async function ask(
  method: "GET" | "POST",
  url: string,
  { token, body, proxies }: Partial<CloudAccess> & Pick<CloudAccess, "proxies"> & { readonly body?: object },
) {
  const address = new URL(url).origin;
  const dispatcher = proxyTo(url, proxies);
  try {
    const response = await request(url, {
      method,
      signal: AbortSignal.timeout(PATIENCE),
      headers: { "content-type": "application/json", ...(token === undefined ? {} : { "x-auth-token": token }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
    const text = await response.body.text();
    if (response.statusCode === 401 || response.statusCode === 403)
      throw new OpenStackError(
        `The cloud at ${address} refuses the credentials of the OS_ variables (${response.statusCode}); check them.`,
      );
    if (response.statusCode >= 300)
      throw new OpenStackError(
        `The cloud at ${address} answers ${response.statusCode} to ${new URL(url).pathname}; check OS_AUTH_URL and its services.`,
      );
    return { headers: response.headers, body: JSON.parse(text) as Record<string, unknown> };
  } catch (error) {
    if (error instanceof OpenStackError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new OpenStackError(
      `The cloud at ${address} does not answer (${code ?? message}); check OS_AUTH_URL and the route to it.`,
    );
  } finally {
    await dispatcher?.close();
  }
}
